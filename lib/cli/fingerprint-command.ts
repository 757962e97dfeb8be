/** `byok fingerprint`: identifies key material without showing it. Uses no network. */
import { Command } from 'commander';
import { printableJson } from '../printable';
import { defaultKeySpec } from '../terms/kms';
import { requireDeclared, rulesWithoutKey } from './declared';
import { epilogue } from './help-text';
import { addMaterialFlags, type MaterialFlags, openMaterialFlags } from './material-flags';
import type { Surroundings } from './surroundings';
import { wordingOf } from './wording';

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

export function fingerprintCommand(surroundings: Surroundings): Command {
  return addMaterialFlags(
    new Command('fingerprint').description('Compute the fingerprint of key material, offline.'),
  )
    .option('--json', 'print a JSON object')
    .addHelpText('after', epilogue(help))
    .action(async ({ json, ...flags }: MaterialFlags & { json?: boolean }, command: Command) => {
      const words = wordingOf(command);
      requireDeclared(flags, words, rulesWithoutKey);
      const material = await openMaterialFlags(flags, surroundings, words);
      try {
        if (!material.isPrivateKey) {
          // A line feed at the end of a raw file would give a fingerprint that no import can ever
          // have.
          material.checkFits(defaultKeySpec);
        }
        const { fingerprint } = material;
        surroundings.print(
          json === true ? `${printableJson({ fingerprint })}\n` : `${fingerprint}\n`,
        );
      } finally {
        material.wipe();
      }
    });
}
