/**
 * Key material as flags: a file, an environment variable or standard input, never an argument that
 * others on the machine could see.
 */
import { type Command, Option } from 'commander';
import { ByokError } from '../errors';
import { tryParseJson } from '../json';
import type { Material } from '../material/material';
import { maxContentBytes, openContent } from '../material/open-content';
import { type MaterialSource, openMaterial } from '../material/source';
import { Secret } from '../secret';
import {
  defaultMaterialEncoding,
  type MaterialEncoding,
  materialEncodings,
} from '../terms/material';
import type { Spelling } from '../terms/setting';
import type { Surroundings } from './surroundings';

export interface MaterialFlags {
  readonly materialFile?: string;
  readonly materialEnv?: string;
  readonly materialEncoding: MaterialEncoding;
  readonly materialPasswordEnv?: string;
  readonly materialCommand?: readonly string[];
  readonly wrapCommand?: readonly string[];
}

/** @param against flags, as commander calls them, of material that is wrapped already */
export function addMaterialFlags(command: Command, against: string[] = []): Command {
  return command
    .option('--material-file <FILE>', 'file that holds the material')
    .option('--material-env <NAME>', 'environment variable that holds the material')
    .addOption(
      new Option('--material-encoding <ENCODING>', 'how the material is encoded')
        .choices(materialEncodings)
        .default(defaultMaterialEncoding)
        .conflicts(against),
    )
    .addOption(
      new Option(
        '--material-password-env <NAME>',
        'environment variable that holds the password of an encrypted private key',
      ).conflicts(against),
    );
}

/** Programs that hand out or wrap the material, for commands that stand in for an apply. */
export function addCommandFlags(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--material-command <JSON>',
        'program and arguments that write the material to standard output, as a JSON list',
      ).argParser(parsed),
    )
    .addOption(
      new Option(
        '--wrap-command <JSON>',
        'program and arguments that wrap the material inside an HSM, as a JSON list',
      ).argParser(parsed),
    );
}

/** What is not JSON stays as it is, and the rules refuse it. */
function parsed(text: string): unknown {
  return tryParseJson(text) ?? text;
}

/** @throws ByokError ERR_MATERIAL_NOT_AT_HAND, ERR_MATERIAL_INVALID, ERR_INTERRUPTED */
export async function openMaterialFlags(
  flags: MaterialFlags,
  { env, readInput }: Surroundings,
  spelling: Spelling,
  signal: AbortSignal = new AbortController().signal,
): Promise<Material> {
  const { materialEncoding: encoding, materialPasswordEnv } = flags;
  const source = sourceOf(flags);
  const password =
    materialPasswordEnv === undefined ? undefined : readPassword(materialPasswordEnv, env);
  if (source === undefined) {
    const content = await readInput({ maxBytes: maxContentBytes, signal });
    // Cron and provisioners hand over an empty one.
    if (content === undefined || content.length === 0) {
      throw new ByokError(
        'ERR_MATERIAL_NOT_AT_HAND',
        `${content === undefined ? 'no key material is given' : 'the key material in standard input is empty'}: name a --material-file or a --material-env, or pipe it in`,
      );
    }
    return openContent(content, {
      encoding,
      password,
      attribute: undefined,
      spelling,
      source: 'standard input',
    });
  }
  const opened = await openMaterial(source, {
    encoding,
    password,
    env,
    signal,
    mayRunCommands: true,
    mayReadPipes: true,
    spelling,
  });
  if ('missing' in opened) {
    throw new ByokError('ERR_MATERIAL_NOT_AT_HAND', opened.missing);
  }
  return opened.material;
}

/** Undefined: standard input. */
function sourceOf({
  materialFile,
  materialEnv,
  materialCommand,
  wrapCommand,
}: MaterialFlags): MaterialSource | undefined {
  if (wrapCommand !== undefined) {
    return { setting: 'wrapCommand', argv: wrapCommand };
  }
  if (materialCommand !== undefined) {
    return { setting: 'materialCommand', argv: materialCommand };
  }
  if (materialFile !== undefined) {
    return { setting: 'materialFile', path: materialFile };
  }
  return materialEnv === undefined ? undefined : { setting: 'materialEnv', name: materialEnv };
}

function readPassword(name: string, env: Surroundings['env']): Secret {
  const value = env[name];
  if (value === undefined) {
    throw new ByokError(
      'ERR_MATERIAL_NOT_AT_HAND',
      `the environment variable "${name}" that holds the password is not set`,
    );
  }
  return Secret.fromText(value);
}
