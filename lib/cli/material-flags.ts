/** Key material as flags: a file, an environment variable or standard input, never an argument that others on the machine could see. */
import { type Command, Option } from 'commander';
import { ByokError } from '../errors';
import type { Material } from '../material/material';
import { defaultMaterialEncoding, type MaterialEncoding, materialEncodings } from '../schema/key-material';
import { Secret } from '../secret';
import type { Surroundings } from './surroundings';

export interface MaterialFlags {
  readonly materialFile?: string;
  readonly materialEnv?: string;
  readonly materialEncoding: MaterialEncoding;
  readonly materialPasswordEnv?: string;
}

/** @param against flags, as commander calls them, that give the material in another way */
export function addMaterialFlags(command: Command, against: string[] = []): Command {
  return command
    .addOption(new Option('--material-file <FILE>', 'file that holds the material').conflicts(['materialEnv', ...against]))
    .addOption(new Option('--material-env <NAME>', 'environment variable that holds the material').conflicts(against))
    .addOption(
      new Option('--material-encoding <ENCODING>', 'how the material is spelt')
        .choices(materialEncodings)
        .default(defaultMaterialEncoding)
        .conflicts(against),
    )
    .addOption(
      new Option('--material-password-env <NAME>', 'environment variable that holds the password of an encrypted private key').conflicts(
        against,
      ),
    );
}

/** @throws ByokError ERR_MATERIAL_NOT_AT_HAND, ERR_MATERIAL_INVALID */
export async function openMaterialFlags(flags: MaterialFlags, { env, readInput }: Surroundings): Promise<Material> {
  const { materialFile, materialEnv, materialEncoding: encoding, materialPasswordEnv } = flags;
  const password = materialPasswordEnv === undefined ? undefined : readPassword(materialPasswordEnv, env);
  if (materialFile === undefined && materialEnv === undefined) {
    const content = await readInput();
    if (content === undefined) {
      throw new ByokError(
        'ERR_MATERIAL_NOT_AT_HAND',
        'no key material is given: name a --material-file or a --material-env, or pipe it in',
      );
    }
    const { openContent } = require('../material/open-content') as typeof import('../material/open-content');
    return openContent(content, { encoding, password, attribute: undefined, source: 'standard input' });
  }
  const { openMaterial } = require('../material/source') as typeof import('../material/source');
  const source =
    materialFile === undefined
      ? ({ attribute: 'material_env', name: materialEnv ?? '' } as const)
      : ({ attribute: 'material_file', path: materialFile } as const);
  const opened = await openMaterial(source, { encoding, password, env, signal: new AbortController().signal, mayRunCommands: false });
  if ('missing' in opened) {
    throw new ByokError('ERR_MATERIAL_NOT_AT_HAND', opened.missing);
  }
  return opened.material;
}

function readPassword(name: string, env: Surroundings['env']): Secret {
  const value = env[name];
  if (value === undefined) {
    throw new ByokError('ERR_MATERIAL_NOT_AT_HAND', `the environment variable "${name}" that holds the password is not set`);
  }
  return Secret.fromText(value);
}
