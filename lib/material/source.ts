/**
 * Where material comes from, and how it becomes `Material`. Reading happens only when asked; commands run only where running them was
 * allowed, since a plan must not execute code.
 */
import { ByokError, isByokError } from '../errors';
import type { Secret } from '../secret';
import type { MaterialEncoding, MaterialSourceAttribute } from '../terms/material';
import { runCommand } from './command';
import { openHsmMaterial } from './hsm';
import type { Material } from './material';
import { readMaterialFile } from './material-file';
import { openContent } from './open-content';

/** Attribute names as in the Terraform schema, so that every message can point at its cause. */
export type MaterialSource =
  | { readonly attribute: 'material_wo'; readonly value: string }
  | { readonly attribute: 'material_file'; readonly path: string }
  | { readonly attribute: 'material_env'; readonly name: string }
  | { readonly attribute: 'material_command'; readonly argv: readonly string[] }
  | { readonly attribute: 'wrap_command'; readonly argv: readonly string[] };

export interface OpenOptions {
  readonly encoding: MaterialEncoding;
  /** Of an encrypted private key. */
  readonly password: Secret | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** False in a plan. */
  readonly mayRunCommands: boolean;
  /** True on a command line, where shells hand pipes over as files. @default false */
  readonly mayReadPipes?: boolean;
}

/** Material, or the reason why there is none right now: a missing file is no error until an import is due. */
export type MaterialAtHand =
  | { readonly material: Material }
  | { readonly missing: string; readonly attribute: MaterialSourceAttribute | undefined };

type Content = { readonly content: Buffer; readonly source: string } | { readonly missing: string };

/**
 * @param source undefined when the configuration names none
 * @throws ByokError ERR_MATERIAL_INVALID when there is content that cannot be used or a file that cannot be read, and
 *   ERR_MATERIAL_NOT_AT_HAND when a command fails
 */
export async function openMaterial(source: MaterialSource | undefined, options: OpenOptions): Promise<MaterialAtHand> {
  if (source === undefined) {
    return {
      missing: 'no source of the key material is configured: set material_file, material_env, material_wo or another source',
      attribute: undefined,
    };
  }
  const { attribute } = source;
  if ('argv' in source && !options.mayRunCommands) {
    return { missing: `${attribute} is run in apply only`, attribute };
  }
  if (attribute === 'wrap_command') {
    return { material: await openHsmMaterial(source.argv, options) };
  }
  const found = await readContent(source, options);
  return 'missing' in found
    ? { missing: found.missing, attribute }
    : { material: openContent(found.content, { ...options, attribute, source: found.source }) };
}

async function readContent(source: Exclude<MaterialSource, { attribute: 'wrap_command' }>, options: OpenOptions): Promise<Content> {
  const { env, signal } = options;
  switch (source.attribute) {
    case 'material_wo':
      return { content: Buffer.from(source.value, 'utf8'), source: 'material_wo' };
    case 'material_env':
      return readVariable(source.name, env);
    case 'material_file':
      return readKeyFile(source.path, options);
    case 'material_command':
      return {
        content: await runCommand(source.argv, { attribute: source.attribute, env, signal }),
        source: `the output of "${source.argv[0]}"`,
      };
  }
}

function readVariable(name: string, env: OpenOptions['env']): Content {
  const value = env[name];
  return value === undefined || value === ''
    ? { missing: `the environment variable "${name}" that holds the key material is not set` }
    : { content: Buffer.from(value, 'utf8'), source: `environment variable "${name}"` };
}

async function readKeyFile(path: string, { mayReadPipes = false }: OpenOptions): Promise<Content> {
  try {
    return { content: await readMaterialFile(path, { mayBePipe: mayReadPipes }), source: `file "${path}"` };
  } catch (cause) {
    if (isByokError(cause)) {
      throw cause;
    }
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      return { missing: `the file "${path}" that holds the key material does not exist` };
    }
    throw new ByokError(
      'ERR_MATERIAL_INVALID',
      `the file "${path}" that holds the key material cannot be read: ${(cause as Error).message}`,
      {
        attribute: 'material_file',
        cause,
      },
    );
  }
}
