/** `byok fingerprint`: names key material without showing it. Talks to no network. */
import { Command, Option } from 'commander';
import { ByokError } from '../errors';
import { type MaterialEncoding, materialEncodings } from '../schema/key-material';
import type { Secret } from '../secret';
import type { Surroundings } from './surroundings';

const help = `
The material is read from standard input, a file or an environment variable, never from an argument: other users of
a machine see the arguments of a process.

Examples:
  $ byok fingerprint --material-file orders.key
  $ vault kv get -field=key secret/orders | byok fingerprint
  $ ORDERS_KEY=$(pass orders) byok fingerprint --material-env ORDERS_KEY --material-encoding hex

Put the result into the "fingerprint" attribute: apply then imports nothing else. Anyone who holds the material gets
the same line without this program:
  $ printf 'cdktf-byok fingerprint v1' | openssl dgst -sha256 -mac HMAC -macopt hexkey:$(base64 -d orders.key | xxd -p -c 64)`;

interface Flags {
  readonly materialFile?: string;
  readonly materialEnv?: string;
  readonly materialEncoding: MaterialEncoding;
  readonly json?: boolean;
}

export function fingerprintCommand(surroundings: Surroundings): Command {
  return new Command('fingerprint')
    .description('Compute the fingerprint of AES_256 key material, offline.')
    .addOption(new Option('--material-file <FILE>', 'file that holds the material').conflicts('materialEnv'))
    .addOption(new Option('--material-env <NAME>', 'environment variable that holds the material'))
    .addOption(new Option('--material-encoding <ENCODING>', 'how the material is spelled').choices(materialEncodings).default('base64'))
    .option('--json', 'print a JSON object')
    .addHelpText('after', help)
    .action(async (flags: Flags) => {
      const { fingerprint } = require('../wrap/fingerprint') as typeof import('../wrap/fingerprint');
      const { checkMaterialSize } = require('../material/check') as typeof import('../material/check');
      const material = await readFlags(flags, surroundings);
      try {
        // A line feed at the end of a raw file would give a fingerprint that no import can ever have.
        checkMaterialSize(material.reveal(), 'AES_256', undefined);
        const value = fingerprint(material.reveal());
        surroundings.print(flags.json === true ? `${JSON.stringify({ fingerprint: value })}\n` : `${value}\n`);
      } finally {
        material.wipe();
      }
    });
}

async function readFlags({ materialFile, materialEnv, materialEncoding }: Flags, { env, readInput }: Surroundings): Promise<Secret> {
  if (materialFile === undefined && materialEnv === undefined) {
    const input = await readInput();
    if (input === undefined) {
      throw new ByokError(
        'ERR_MATERIAL_NOT_AT_HAND',
        'no key material is given: name a --material-file or a --material-env, or pipe it in',
      );
    }
    const { decodeMaterial } = require('../material/decode') as typeof import('../material/decode');
    return decodeMaterial(input, materialEncoding, 'standard input', 'material_file');
  }
  const { readMaterial } = require('../material/source') as typeof import('../material/source');
  const source =
    materialFile === undefined
      ? ({ attribute: 'material_env', name: materialEnv ?? '' } as const)
      : ({ attribute: 'material_file', path: materialFile } as const);
  const read = await readMaterial(source, materialEncoding, env);
  if ('missing' in read) {
    throw new ByokError('ERR_MATERIAL_NOT_AT_HAND', read.missing);
  }
  return read.material;
}
