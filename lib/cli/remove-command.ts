/**
 * `byok remove`: deletes imported material from a key, as the provider's destroy does. The key
 * itself stays.
 */
import { Command } from 'commander';
import type { KeyDetail } from '../kms/model';
import type { Notice } from '../lifecycle/context';
import { removeMaterial } from '../lifecycle/remove-material';
import { oneLine, printableJson } from '../printable';
import { defaultTimeout } from '../terms/duration';
import { keyStates } from '../terms/kms';
import { connect } from './connect';
import { addConnectionFlags, type ConnectionFlags } from './connection-flags';
import { requireDeclared } from './declared';
import { epilogue } from './help-text';
import { interruption, lifecycleContext, timeoutHelp } from './lifecycle-context';
import type { Surroundings } from './surroundings';
import { wordingOf } from './wording';

const help = `
The key stops encrypting and decrypting at once, for every service that uses it; there is no grace period. Only importing the very same
material brings it back. A key that holds no material, or that no longer exists, counts as done. The private key of an asymmetric key
cannot be deleted and stays, with a warning.

Examples:
  $ byok remove --key-id 0d0466b0-e727-4d9c-b35d-f84bb474a37f
  $ byok remove --key-id 0d0466b0-... --timeout 2m --json`;

/** What to say about each outcome, before the warnings. */
const said = {
  deleted: 'its imported material was deleted, and it now holds none',
  none: 'there was nothing to delete, because it holds no imported material',
  key_not_found: 'there was nothing to delete, because the KMS does not know it',
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
    .option('--timeout <DURATION>', timeoutHelp)
    .option('--json', 'print a JSON object')
    .addHelpText('after', epilogue(help))
    .action(async (flags: Flags, command: Command) => {
      const { keyId, timeout = defaultTimeout, json, ...connection } = flags;
      const { now, print } = surroundings;
      const words = wordingOf(command);
      requireDeclared({ keyId, timeouts: timeout }, words, ['keyId', 'timeouts']);
      const kms = connect(connection, surroundings, words);
      const signal = interruption(surroundings, 'remove', () => kms.changed);
      try {
        const context = lifecycleContext(kms, now, words, { timeout, signal });
        const before = await kms.describeKey(keyId, { signal: context.signal });
        const notices = await removeMaterial(context, keyId, 'delete_material');
        const removed = removedOf(keyId, before, notices);
        print(json === true ? `${printableJson(removed)}\n` : describe(removed));
      } finally {
        kms.close();
      }
    });
}

/** @param before the key as it was; undefined if the KMS did not know it */
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
