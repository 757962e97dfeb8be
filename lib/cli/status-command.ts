/**
 * `byok status`: the external keys of a project; the one whose material expires first is on top.
 * Only reads.
 */
import { Command } from 'commander';
import type { KeyDetail } from '../kms/model';
import { printableJson } from '../printable';
import { externalKeysOf } from '../report/live-keys';
import { formatInstant, never } from '../terms/expiration-time';
import { describeKeyState, hasMaterial } from '../terms/kms';
import { connect } from './connect';
import { addConnectionFlags, type ConnectionFlags } from './connection-flags';
import { epilogue } from './help-text';
import type { Surroundings } from './surroundings';
import { textTable } from './text-table';
import { wordingOf } from './wording';

const help = `
Tokens, passwords and secret keys come from the environment only: HW_AUTH_TOKEN, HW_USER_PASSWORD or HW_SECRET_KEY; OS_AUTH_TOKEN,
OS_PASSWORD or OS_SECRET_KEY for opentelekomcloud.

Examples:
  $ HW_AUTH_TOKEN=... byok status --region eu-west-101 --project-id 0123456789abcdef0123456789abcdef
  $ byok status --json | jq -r '.[] | select(.days_left != null and .days_left < 14) | .alias'

"never" is material without an expiry; "-" is a key that holds no material, or does not show whether it does.`;

/** One key in the spelling of --json. */
export interface KeyStatus {
  readonly alias: string;
  readonly key_id: string;
  readonly key_spec: string | null;
  /** As the KMS says it, for example "2". */
  readonly key_state: string;
  /** RFC 3339; null if the material never expires or there is none: `key_state` tells. */
  readonly expiration_time: string | null;
  /** Whole days, rounded down; negative if the expiry is past. */
  readonly days_left: number | null;
}

export function statusCommand(surroundings: Surroundings): Command {
  return addConnectionFlags(
    new Command('status').description(
      'Show all external keys of a project: state and expiry of their material.',
    ),
  )
    .option('--json', 'print a JSON array')
    .addHelpText('after', epilogue(help))
    .action(
      async ({ json, ...connection }: ConnectionFlags & { json?: boolean }, command: Command) => {
        const { now, print } = surroundings;
        const kms = connect(connection, surroundings, wordingOf(command));
        try {
          const keys = statusOf(await kms.listKeys(), now());
          print(json === true ? `${printableJson(keys, 2)}\n` : statusTable(keys));
        } finally {
          kms.close();
        }
      },
    );
}

const dayMs = 86_400_000;

/** The first to expire comes first. */
export function statusOf(keys: readonly KeyDetail[], now: Date): KeyStatus[] {
  return externalKeysOf(keys)
    .sort(
      (a, b) =>
        (a.expirationTime?.getTime() ?? Number.MAX_VALUE) -
          (b.expirationTime?.getTime() ?? Number.MAX_VALUE) ||
        a.keyAlias.localeCompare(b.keyAlias, 'en'),
    )
    .map(({ keyAlias, keyId, keySpec, keyState, expirationTime }) => ({
      alias: keyAlias,
      key_id: keyId,
      key_spec: keySpec ?? null,
      key_state: keyState,
      expiration_time: expirationTime === undefined ? null : formatInstant(expirationTime),
      days_left:
        expirationTime === undefined
          ? null
          : Math.floor((expirationTime.getTime() - now.getTime()) / dayMs),
    }));
}

function statusTable(keys: readonly KeyStatus[]): string {
  if (keys.length === 0) {
    return 'no external keys in this project\n';
  }
  return textTable(
    ['ALIAS', 'KEY ID', 'SPEC', 'STATE', 'EXPIRES', 'DAYS LEFT'],
    keys.map((key) => [
      key.alias,
      key.key_id,
      key.key_spec ?? '-',
      describeKeyState(key.key_state),
      // The KMS shows no expiry both for material that never expires and for a key without any.
      key.expiration_time ?? (hasMaterial(key.key_state) ? never : '-'),
      key.days_left === null ? '-' : String(key.days_left),
    ]),
  );
}
