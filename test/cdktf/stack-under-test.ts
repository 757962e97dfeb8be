/** A stack in an app whose folders are temporary, and what cdktf makes of it. */
import { TerraformStack, Testing } from 'cdktf';
import { ExternalKey, type ImportedKey } from 'cdktf-byok';
import type { IConstruct } from 'constructs';
import { scratchFolder } from '../support/scratch-folder';

export function stackUnderTest(context: Record<string, unknown> = {}): TerraformStack {
  return new TerraformStack(Testing.app({ outdir: scratchFolder(), context }), 'stack');
}

type Blocks = Record<string, Record<string, unknown>>;

export interface Configuration {
  readonly terraform: {
    readonly required_providers: Record<
      string,
      { readonly source: string; readonly version: string }
    >;
  };
  readonly provider: Record<string, Record<string, unknown>[]>;
  readonly resource: Record<string, Blocks>;
  readonly variable: Blocks;
  readonly import: Record<string, unknown>[];
  readonly output: Blocks;
}

/** As `cdk.tf.json`, validated, without comments. Writes no files. */
export function synthesized(stack: TerraformStack): Configuration {
  return JSON.parse(Testing.synth(stack, true));
}

/** The attributes of the only resource of this type. */
export function onlyResource(stack: TerraformStack, type: string): Record<string, unknown> {
  const resources = Object.values(synthesized(stack).resource[type] ?? {});
  const [only] = resources;
  if (only === undefined || resources.length > 1) {
    throw new Error(`there are ${resources.length} resources of the type ${type}`);
  }
  return only;
}

/** The key that an `ImportedKey` makes itself. */
export function madeKey({ key }: ImportedKey): ExternalKey {
  if (!(key instanceof ExternalKey)) {
    throw new Error('the key was given, not made');
  }
  return key;
}

/** Path, level and message of every annotation, without synthesizing anything. */
export function annotationsOf({ node }: IConstruct): [string, string, string][] {
  return node
    .findAll()
    .flatMap((construct) =>
      construct.node.metadata.map(({ type, data }): [string, string, string] => [
        construct.node.path,
        type,
        data,
      ]),
    )
    .filter(([, type]) => /^@cdktf\/(info|warn|error)$/.test(type));
}
