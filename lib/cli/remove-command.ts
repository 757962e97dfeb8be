/** `byok remove`: takes imported material out of a key, as the destroy of the provider does. The key itself stays. */
import { Command } from 'commander';
import { oneLine, printableJson } from '../printable';
import { parseDuration } from '../schema/duration';
import { connect } from './connect';
import { addConnectionFlags, type ConnectionFlags } from './connection-flags';
import { interruption, lifecycleContext } from './lifecycle-context';
import type { Surroundings } from './surroundings';

const help = `
The key stops encrypting and decrypting at once, for every service that uses it; there are no days of grace. Only importing the very same
material brings it back. A key that holds none, or that does not exist any more, counts as done. The private key of an asymmetric key cannot be
deleted and stays, with a warning.

Examples:
  $ byok remove --key-id 0d0466b0-e727-4d9c-b35d-f84bb474a37f
  $ byok remove --key-id 0d0466b0-... --timeout 2m --json`;

type Flags = ConnectionFlags & { readonly keyId: string; readonly timeout?: string; readonly json?: boolean };

export function removeCommand(surroundings: Surroundings): Command {
  const command = new Command('remove')
    .description('Delete the imported material of a key, at once.')
    .requiredOption('--key-id <ID>', 'the key, which stays');
  return addConnectionFlags(command)
    .option('--timeout <DURATION>', 'how long it may take, waiting included (default: 5m)')
    .option('--json', 'print a JSON object')
    .addHelpText('after', help)
    .action(async ({ keyId, timeout, json, ...connection }: Flags) => {
      const { now, print } = surroundings;
      const timeoutMs = timeout === undefined ? undefined : parseDuration(timeout, 'timeout');
      const signal = interruption(surroundings);
      const { removeMaterial } = require('../lifecycle/remove-material') as typeof import('../lifecycle/remove-material');
      const kms = connect(connection, surroundings);
      try {
        const notices = await removeMaterial(lifecycleContext(kms, now, { timeoutMs, signal }), keyId, 'delete_material');
        const warnings = notices.map(({ summary, detail }) => `${summary}. ${detail}`);
        print(
          json === true
            ? `${printableJson({ key_id: keyId, holds_material: warnings.length > 0, warnings })}\n`
            : `byok: key ${oneLine(`${keyId}: ${warnings.length === 0 ? 'holds no imported material' : warnings.join(' ')}`)}\n`,
        );
      } finally {
        kms.close();
      }
    });
}
