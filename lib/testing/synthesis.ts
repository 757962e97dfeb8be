/**
 * Synthesizes stacks in a test and reads back what they declare.
 * It leaves no files, runs no Terraform and reads no secret.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TerraformStack, Testing } from 'cdktf';
import { Construct, type IConstruct } from 'constructs';
import { ByokError } from '../errors';
import { refuseUnknownNames } from '../terms/known-names';
import { importsIn, keysIn } from './find-imports';
import { propertyNames } from './property-names';
import type { SynthesizedImport, SynthesizedKey } from './synthesized-import';

/** The blocks of `cdk.tf.json` that this package reads. Other blocks are there, too. */
export interface TerraformJson {
  /** By type and name. */
  readonly resource?: Readonly<
    Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>
  >;
  /** Blocks by the name of the provider. */
  readonly provider?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  /** By name. */
  readonly variable?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** By name. */
  readonly output?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly [block: string]: unknown;
}

/** What a stack declares. */
export interface Synthesis {
  /** The whole configuration, without comments. */
  readonly json: TerraformJson;
  /** Every external key. */
  readonly keys: readonly SynthesizedKey[];
  /** Every import of key material. */
  readonly imports: readonly SynthesizedImport[];
  /** Warnings of aspects and constructs, as `[path of the construct] message`. */
  readonly warnings: readonly string[];
  /**
   * Finds the import into the key with this alias.
   * @throws ByokError ERR_ARGUMENT when there is none, or more than one
   */
  findImport(alias: string): SynthesizedImport;
}

/** Options for the stack that `synth` creates for a function. */
export interface SynthOptions {
  /**
   * Context of the app, as in `cdktf.json`.
   * @default - none
   */
  readonly context?: Record<string, unknown>;
}

/**
 * Synthesizes a stack, with all aspects and validations.
 *
 * @param what the stack of a cdktf or cdktn app,
 * or a function that declares constructs in the stack that it receives
 * @throws Error when a validation fails or a construct is annotated
 * with an error, as `cdktf synth` does
 *
 * @example
 * const { imports } = synth((stack) => {
 *   const source = KeyMaterialSource.fromEnvironment('PAYMENTS_KEY');
 *   new ImportedKey(stack, 'payments', { alias: 'payments', source });
 * });
 */
export function synth(
  what: IConstruct | ((stack: Construct) => void),
  options: SynthOptions = {},
): Synthesis {
  refuseUnknownNames(options, propertyNames.SynthOptions, 'synth');
  if (typeof what !== 'function') {
    return synthesisOf(requireStack(what));
  }
  // The App creates this folder but writes nothing into it.
  const outdir = mkdtempSync(join(tmpdir(), 'byok-synth-'));
  try {
    const { context = {} } = options;
    const stack = new TerraformStack(Testing.app({ outdir, context }), 'stack');
    what(stack);
    return synthesisOf(stack);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** @throws Error when a validation fails or a construct is annotated with an error */
function synthesisOf(stack: TerraformStack): Synthesis {
  const json = Testing.synth(stack, true);
  const errors = annotationsOf(stack, '@cdktf/error');
  if (errors.length > 0) {
    throw new Error(`the stack has errors:\n${errors.map((error) => `  ${error}`).join('\n')}`);
  }
  return readSynthesis(json, annotationsOf(stack, '@cdktf/warn'));
}

/**
 * Reads a configuration that is already synthesized:
 * the content of `cdk.tf.json`, or what `Testing.synth` returns, as text or parsed.
 *
 * @throws ByokError ERR_ARGUMENT when it is not a configuration in JSON
 */
export function readSynthesis(json: string | object, warnings: readonly string[] = []): Synthesis {
  const parsed: TerraformJson = typeof json === 'string' ? parse(json) : (json as TerraformJson);
  const resources = parsed.resource ?? {};
  const keys = keysIn(resources);
  const imports = importsIn(resources, keys);
  return {
    json: parsed,
    keys,
    imports,
    warnings,
    findImport: (alias) => findImport(imports, alias),
  };
}

/** A stack of cdktn counts as a stack, although the types of the two libraries differ. */
function requireStack(construct: IConstruct): TerraformStack {
  if (TerraformStack.isStack(construct)) {
    return construct;
  }
  const found = Construct.isConstruct(construct)
    ? `the construct "${construct.node.path}"`
    : `of type ${typeof construct}`;
  throw new ByokError(
    'ERR_ARGUMENT',
    `the value to synthesize is ${found}; allowed is a stack, or a function that declares constructs in one`,
  );
}

function annotationsOf(stack: IConstruct, level: '@cdktf/warn' | '@cdktf/error'): string[] {
  return stack.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type === level)
        .map(({ data }) => `[${node.path}] ${data}`),
    );
}

function parse(text: string): TerraformJson {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw notConfiguration('text that is no JSON', cause);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw notConfiguration('JSON that is no object');
  }
  return parsed as TerraformJson;
}

function notConfiguration(what: string, cause?: unknown): ByokError {
  return new ByokError(
    'ERR_ARGUMENT',
    `the synthesized configuration is ${what}; allowed is the content of cdk.tf.json`,
    { cause },
  );
}

function findImport(imports: readonly SynthesizedImport[], alias: string): SynthesizedImport {
  const [found, another] = imports.filter(({ key }) => key?.attributes.alias === alias);
  if (found === undefined || another !== undefined) {
    const aliases = imports.map(({ key }) =>
      key?.attributes.alias === undefined ? 'a key of another stack' : `"${key.attributes.alias}"`,
    );
    throw new ByokError(
      'ERR_ARGUMENT',
      `${found === undefined ? 'no import goes' : 'more than one import goes'} into a key of ` +
        `the alias "${alias}"; there are imports into ${aliases.join(', ') || 'no key'}`,
    );
  }
  return found;
}
