/** `byok fingerprint`: names key material without showing it. Talks to no network. */
import { Command, Option } from 'commander';
import { ByokError } from '../errors';
import type { Material } from '../material/material';
import { type MaterialEncoding, materialEncodings } from '../schema/key-material';
import { Secret } from '../secret';
import type { Surroundings } from './surroundings';

const help = `
The material is read from standard input, a file or an environment variable, never from an argument: other users of
a machine see the arguments of a process.

Examples:
  $ byok fingerprint --material-file orders.key
  $ vault kv get -field=key secret/orders | byok fingerprint
  $ byok fingerprint --material-file signing.pem --material-encoding pem
  $ ORDERS_KEY=$(pass orders) byok fingerprint --material-env ORDERS_KEY --material-encoding hex

Put the result into the "fingerprint" attribute: apply then imports nothing else. Anyone who holds the material gets
the same line without this program:
  $ printf 'cdktf-byok fingerprint v1' | openssl dgst -sha256 -mac HMAC -macopt hexkey:$(base64 -d orders.key | xxd -p -c 64)`;

interface Flags {
  readonly materialFile?: string;
  readonly materialEnv?: string;
  readonly materialEncoding: MaterialEncoding;
  readonly materialPasswordEnv?: string;
  readonly json?: boolean;
}

export function fingerprintCommand(surroundings: Surroundings): Command {
  return new Command('fingerprint')
    .description('Compute the fingerprint of key material, offline.')
    .addOption(new Option('--material-file <FILE>', 'file that holds the material').conflicts('materialEnv'))
    .addOption(new Option('--material-env <NAME>', 'environment variable that holds the material'))
    .addOption(new Option('--material-encoding <ENCODING>', 'how the material is spelled').choices(materialEncodings).default('base64'))
    .addOption(new Option('--material-password-env <NAME>', 'environment variable that holds the password of an encrypted private key'))
    .option('--json', 'print a JSON object')
    .addHelpText('after', help)
    .action(async (flags: Flags) => {
      const material = await openFlags(flags, surroundings);
      try {
        if (!material.isPrivateKey) {
          // A line feed at the end of a raw file would give a fingerprint that no import can ever have.
          material.checkFits('AES_256');
        }
        const { fingerprint } = material;
        surroundings.print(flags.json === true ? `${JSON.stringify({ fingerprint })}\n` : `${fingerprint}\n`);
      } finally {
        material.wipe();
      }
    });
}

async function openFlags(flags: Flags, { env, readInput }: Surroundings): Promise<Material> {
  const { materialFile, materialEnv, materialEncoding: encoding, materialPasswordEnv } = flags;
  const passwordText = materialPasswordEnv === undefined ? undefined : env[materialPasswordEnv];
  const password = passwordText === undefined ? undefined : Secret.fromText(passwordText);
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
