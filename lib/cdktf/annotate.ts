/**
 * Annotations of cdktf, which cdktn reads too. The CLI prints them with the path of the construct,
 * and an error fails the synthesis.
 * We do not use `Annotations` of cdktf for two reasons:
 * it would add an annotation again when a tree is synthesized again,
 * and its stack trace would name folders of this machine in the manifest.
 */
import { AnnotationMetadataEntryType } from 'cdktf';
import type { IConstruct } from 'constructs';

export type AnnotationLevel = 'error' | 'warning';

const types: Readonly<Record<AnnotationLevel, AnnotationMetadataEntryType>> = {
  error: AnnotationMetadataEntryType.ERROR,
  warning: AnnotationMetadataEntryType.WARN,
};

export function annotate({ node }: IConstruct, level: AnnotationLevel, message: string): void {
  const type = types[level];
  if (!node.metadata.some((entry) => entry.type === type && entry.data === message)) {
    node.addMetadata(type, message);
  }
}
