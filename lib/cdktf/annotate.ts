/**
 * Annotations of cdktf, which cdktn reads too: the CLI prints them with the path of the construct, and synthesis fails by an error. Unlike
 * `Annotations` of cdktf, nothing is added twice when a tree is synthesized again, and no stack trace, so that the manifest names no folder
 * of this machine.
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
