/**
 * Where material comes from, and how it becomes `Material`. It is read only on request. Commands
 * run only if that is allowed, because a plan must not execute code.
 */
import { ByokError, isByokError } from '../errors';
import type { Secret } from '../secret';
import { isContent, mayBeSecret } from '../terms/given-content';
import type { MaterialEncoding } from '../terms/material';
import { plainSpelling, type Spelling } from '../terms/setting';
import { hidden } from '../terms/shown-value';
import { runCommand } from './command';
import { openHsmMaterial } from './hsm';
import type { Material } from './material';
import { readMaterialFile } from './material-file';
import { openContent } from './open-content';

/** By the setting that gives it, so that every message can name its cause. */
export type MaterialSource =
  | { readonly setting: 'material'; readonly value: string }
  | { readonly setting: 'materialFile'; readonly path: string }
  | { readonly setting: 'materialEnv'; readonly name: string }
  | { readonly setting: 'materialCommand'; readonly argv: readonly string[] }
  | { readonly setting: 'wrapCommand'; readonly argv: readonly string[] };

export interface OpenOptions {
  readonly encoding: MaterialEncoding;
  /** Of an encrypted private key. */
  readonly password: Secret | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** If they may not run, what to say after the name of the setting: `is run in apply only`. */
  readonly mayRunCommands: true | { readonly otherwise: string };
  /**
   * The names of settings in messages.
   * @default as in this code
   */
  readonly spelling?: Spelling | undefined;
  /**
   * True on a command line, where shells pass pipes as files.
   * @default false
   */
  readonly mayReadPipes?: boolean;
}

/**
 * Material, or the reason why there is none right now: a missing file is not an error until an
 * import is due.
 */
export type MaterialAtHand =
  | { readonly material: Material }
  | { readonly missing: string; readonly attribute: string | undefined };

type Content = { readonly content: Buffer; readonly source: string } | { readonly missing: string };

/**
 * @param source undefined if the configuration names none
 * @throws ByokError ERR_MATERIAL_INVALID if the content cannot be used or a file cannot be read,
 *   ERR_MATERIAL_NOT_AT_HAND if a command fails, and ERR_INTERRUPTED
 */
export async function openMaterial(
  source: MaterialSource | undefined,
  options: OpenOptions,
): Promise<MaterialAtHand> {
  const { name } = options.spelling ?? plainSpelling;
  if (source === undefined) {
    const [file, env, value] = (['materialFile', 'materialEnv', 'material'] as const).map(name);
    const missing = `no source of the key material is configured: set ${file}, ${env}, ${value} or another source`;
    return { missing, attribute: undefined };
  }
  const attribute = name(source.setting);
  if ('argv' in source && options.mayRunCommands !== true) {
    return { missing: `${attribute} ${options.mayRunCommands.otherwise}`, attribute };
  }
  if (source.setting === 'wrapCommand') {
    return { material: await openHsmMaterial(source.argv, { ...options, attribute }) };
  }
  const found = await readContent(source, options);
  return 'missing' in found
    ? { missing: found.missing, attribute }
    : { material: openContent(found.content, { ...options, attribute, source: found.source }) };
}

async function readContent(
  source: Exclude<MaterialSource, { setting: 'wrapCommand' }>,
  options: OpenOptions,
): Promise<Content> {
  const { env, signal, spelling = plainSpelling } = options;
  const attribute = spelling.name(source.setting);
  switch (source.setting) {
    case 'material':
      return { content: Buffer.from(source.value, 'utf8'), source: attribute };
    case 'materialEnv':
      return readVariable(source.name, env);
    case 'materialFile':
      return readKeyFile(source.path, options);
    case 'materialCommand':
      return {
        content: await runCommand(source.argv, { attribute, env, signal }),
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

async function readKeyFile(
  path: string,
  { mayReadPipes = false, spelling = plainSpelling, signal }: OpenOptions,
): Promise<Content> {
  try {
    return {
      content: await readMaterialFile(path, { mayBePipe: mayReadPipes, spelling, signal }),
      source: `file "${path}"`,
    };
  } catch (cause) {
    if (isByokError(cause)) {
      throw cause;
    }
    if (isContent(path)) {
      // Without the cause, whose message names the path as well.
      const attribute = spelling.name('materialFile');
      throw new ByokError(
        'ERR_MATERIAL_INVALID',
        `${attribute} is no path but a text of ${path.length} characters, which is not shown, since it may be the key material itself; give the path of the file that holds it`,
        { attribute },
      );
    }
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      return {
        missing: mayBeSecret(path)
          ? `the file that holds the key material does not exist; its path is ${hidden(path)}`
          : `the file "${path}" that holds the key material does not exist`,
      };
    }
    throw new ByokError(
      'ERR_MATERIAL_INVALID',
      `the file "${path}" that holds the key material cannot be read: ${(cause as Error).message}`,
      {
        attribute: spelling.name('materialFile'),
        cause,
      },
    );
  }
}
