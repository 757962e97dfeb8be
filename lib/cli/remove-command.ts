/**
 * `byok remove`: takes imported material out of a key, as the destroy of the provider does. The key
 * itself stays.
 */
import { Command } from 'commander';
import type { KeyDetail } from '../kms/model';
import type { Notice } from '../lifecycle/context';
import { oneLine, printableJson } from '../printable';
import { parseDuration } from '../terms/duration';
import { keyStates } from '../terms/kms';
import { connect } from './connect';
import { addConnectionFlags, type ConnectionFlags } from './connection-flags';
import { epilogue } from './help-text';
import { interruption, lifecycleContext } from './lifecycle-context';
import type { Surroundings } from './surroundings';

const help = `
The key stops encrypting and decrypting at once, for every service that uses it; there are no days of grace. Only importing the very same
material brings it back. A key that holds none, or that does not exist any more, counts as done. The private key of an asymmetric key cannot be
deleted and stays, with a warning.

Examples:
  $ byok remove --key-id 0d0466b0-e727-4d9c-b35d-f84bb474a37f
  $ byok remove --key-id 0d0466b0-... --timeout 2m --json`;

/** What there is to say of each outcome, before the warnings. */
const said = {
  deleted: 'its imported material was deleted now, and it holds none any more',
  none: 'there was nothing to delete, since it holds no imported material',
  key_not_found: 'there was nothing to delete, since the KMS knows no such key',
  key_pending_deletion: 'nothing was deleted',
  not_deletable: 'nothing was deleted',
} as const;

/** In the spelling of --json. */
export interface Removed {
  readonly key_id: string;
  /** Whether this command deleted material. */
  readonly removed: boolean;
  readonly outcome: keyof typeof said;
  readonly holds_material: boolean;
  readonly warnings: readonly string[];
}

type Flags = ConnectionFlags & {
  readonly keyId: string;
  readonly timeout?: string;
  readonly json?: boolean;
};

export function removeCommand(surroundings: Surroundings): Command {
  const command = new Command('remove')
    .description('Delete the imported material of a key, at once.')
    .requiredOption('--key-id <ID>', 'the key, which stays');
  return addConnectionFlags(command)
    .option('--timeout <DURATION>', 'how long it may take, waiting included (default: 5m)')
    .option('--json', 'print a JSON object')
    .addHelpText('after', epilogue(help))
    .action(async ({ keyId, timeout, json, ...connection }: Flags) => {
      const { now, print } = surroundings;
      const timeoutMs =
        timeout === undefined ? undefined : parseDuration(timeout, 'timeout', '--timeout');
      const signal = interruption(surroundings);
      const { removeMaterial } =
        require('../lifecycle/remove-material') as typeof import('../lifecycle/remove-material');
      const kms = connect(connection, surroundings);
      try {
        const before = await kms.describeKey(keyId, { signal });
        const notices = await removeMaterial(
          lifecycleContext(kms, now, { timeoutMs, signal }),
          keyId,
          'delete_material',
        );
        const removed = removedOf(keyId, before, notices);
        print(json === true ? `${printableJson(removed)}\n` : describe(removed));
      } finally {
        kms.close();
      }
    });
}

/** @param before the key as it was; undefined when the KMS knew none */
function removedOf(
  keyId: string,
  before: KeyDetail | undefined,
  notices: readonly Notice[],
): Removed {
  const outcome =
    before === undefined
      ? 'key_not_found'
      : notices.length === 0
        ? before.keyState === keyStates.pendingImport
          ? 'none'
          : 'deleted'
        : before.keyState === keyStates.pendingDeletion
          ? 'key_pending_deletion'
          : 'not_deletable';
  return {
    key_id: keyId,
    removed: outcome === 'deleted',
    outcome,
    holds_material: notices.length > 0,
    warnings: notices.map(({ summary, detail }) => `${summary}. ${detail}`),
  };
}

function describe({ key_id, outcome, warnings }: Removed): string {
  return `byok: key ${oneLine(`${key_id}: ${[said[outcome], ...warnings].join('. ')}`)}\n`;
}
