/**
 * `byok apply`: makes the material of one key what the flags declare, with the same decisions as
 * the provider. Made to be run again and again, by people, pipelines and provisioners;
 * docs/hooks.md describes it.
 */
import { Command, Option } from 'commander';
import { ensureMaterial } from '../lifecycle/ensure-material';
import type { MaterialOutcome } from '../lifecycle/material-request';
import type { Proof } from '../lifecycle/proof';
import { type DeclaredMaterial, wishOf } from '../lifecycle/wish';
import type { Wording } from '../lifecycle/wording';
import { oneLine, printableJson } from '../printable';
import { defaultTimeout } from '../terms/duration';
import { formatExpirationTime } from '../terms/expiration-time';
import {
  defaultWrappingAlgorithm,
  type WrappingAlgorithm,
  wrappingAlgorithmNames,
} from '../terms/kms';
import { defaultWarnBefore, type MaterialStatus } from '../terms/material';
import { connect } from './connect';
import { addConnectionFlags, type ConnectionFlags } from './connection-flags';
import { requireDeclared } from './declared';
import { epilogue } from './help-text';
import { interruption, lifecycleContext, timeoutHelp } from './lifecycle-context';
import {
  addCommandFlags,
  addMaterialFlags,
  type MaterialFlags,
  openMaterialFlags,
} from './material-flags';
import { readRecord, writeRecord } from './material-record';
import type { Surroundings } from './surroundings';
import { addSwitchFlags } from './switch-flags';
import { warnOfWrapping } from './warn-of-wrapping';
import { wordingOf } from './wording';

const help = `
Looks at the key and does what is missing: imports material into an empty key, imports the same material again after it was deleted
or expired, deletes it and imports it again if its expiry differs from the declared one. If everything is as declared, it does
nothing, says so and succeeds, with or without the material. It refuses material other than the key is bound to, and deletes nothing
before it has verified that it can import again.

The KMS does not show which symmetric material a key holds, and we delete only material that is proven. The proof is an import that
succeeded: --record-dir keeps it in a file <key id>.json, which holds a fingerprint and no secret. Keep these files with
your code. Without one, a change of expiry needs --allow-unverified-renewal.

Examples:
  $ byok apply --key-id 0d0466b0-e727-4d9c-b35d-f84bb474a37f --material-file orders.key --record-dir byok-records
  $ byok apply --key-id 0d0466b0-... --material-env ORDERS_KEY --expiration-time 2030-01-31T00:00:00Z --fingerprint sha256:...
  $ byok apply --key-id 0d0466b0-... --material-command '["pass", "show", "orders"]' --valid-for 90d --renew-before 14d

Secrets of the login come from the environment, as for "byok status". Without a flag that names it, the material is read from standard
input.`;

type Flags = ConnectionFlags &
  MaterialFlags &
  DeclaredMaterial & {
    readonly keyId: string;
    readonly wrappingAlgorithm: WrappingAlgorithm;
    readonly recordDir?: string;
    readonly timeout?: string;
    readonly json?: boolean;
  };

/** What was done, and the state of the key afterwards, in the spelling of --json. */
interface Applied {
  readonly key_id: string;
  readonly imported: boolean;
  /** Why it was imported; null if it was not, or if it was the first import. */
  readonly reason: string | null;
  readonly material_status: MaterialStatus;
  /** RFC 3339 or "never". */
  readonly expiration_time: string;
  /** Fingerprint of the material that the key is proven to hold; null if nothing proves it. */
  readonly fingerprint: string | null;
  readonly warnings: readonly string[];
}

export function applyCommand(surroundings: Surroundings): Command {
  const command = new Command('apply')
    .description('Make the material of a key what is declared: import, renew, or nothing.')
    .requiredOption('--key-id <ID>', 'the key, of origin "external"');
  const declared = addConnectionFlags(addCommandFlags(addMaterialFlags(command)))
    .option(
      '--expiration-time <TIME>',
      'when the KMS deletes the material: RFC 3339, epoch seconds or "never"',
    )
    .option(
      '--valid-for <DURATION>',
      'rolling expiry: how long the material is valid after each import, for example 90d',
    )
    .option(
      '--renew-before <DURATION>',
      'rolling expiry: how long before the end it is renewed, for example 14d',
    )
    .option(
      '--fingerprint <FINGERPRINT>',
      'pin, as "byok fingerprint" prints it: import nothing else',
    )
    .option(
      '--warn-before <DURATION>',
      'how long before expiry to start printing a warning',
      defaultWarnBefore,
    )
    .addOption(
      new Option('--wrapping-algorithm <NAME>', 'how the material is wrapped on its way')
        .choices(wrappingAlgorithmNames)
        .default(defaultWrappingAlgorithm),
    );
  return addSwitchFlags(declared)
    .option('--record-dir <DIR>', 'folder for the records of which material each key was given')
    .option('--timeout <DURATION>', timeoutHelp)
    .option('--json', 'print a JSON object')
    .addHelpText('after', epilogue(help))
    .action((flags: Flags) => runApply(flags, surroundings, wordingOf(command)));
}

async function runApply(flags: Flags, surroundings: Surroundings, words: Wording): Promise<void> {
  const { now, print } = surroundings;
  const { keyId, recordDir, wrappingAlgorithm, timeout = defaultTimeout } = flags;
  requireDeclared({ ...flags, timeouts: timeout }, words);
  const recorded = recordDir === undefined ? undefined : readRecord(recordDir, keyId);
  const wish = wishOf(flags, recorded !== undefined, words);
  warnOfWrapping(wrappingAlgorithm, surroundings);
  const kms = connect(flags, surroundings, words);
  const signal = interruption(surroundings, 'apply', () => kms.changed);
  try {
    const context = lifecycleContext(kms, now, words, { timeout, signal });
    const outcome = await ensureMaterial(context, {
      keyId,
      wish,
      lastKnown: undefined,
      proof: recorded,
      source: {
        wrappingAlgorithm,
        open: () => openMaterialFlags(flags, surroundings, words, context.signal),
      },
      sourceAttribute: undefined,
    });
    const applied = appliedOf(keyId, outcome, remember(recordDir, keyId, recorded, outcome.proof));
    print(flags.json === true ? `${printableJson(applied)}\n` : describe(applied));
  } finally {
    kms.close();
  }
}

/** The import is done by now, so a record that cannot be written is only a warning. */
function remember(
  folder: string | undefined,
  keyId: string,
  known: Proof | undefined,
  proof: Proof | undefined,
): string[] {
  if (folder === undefined || proof === undefined || known?.fingerprint === proof.fingerprint) {
    return [];
  }
  try {
    writeRecord(folder, keyId, proof);
    return [];
  } catch (error) {
    return [
      `The record of the import could not be written: ${(error as Error).message}. No other ` +
        'record says which material the key holds, so a later change of expiry will need ' +
        '--allow-unverified-renewal.',
    ];
  }
}

function appliedOf(
  keyId: string,
  { observation, proof, importedAt, reason, notices }: MaterialOutcome,
  warnings: readonly string[],
): Applied {
  return {
    key_id: keyId,
    imported: importedAt !== undefined,
    reason: reason ?? null,
    material_status: observation.status,
    expiration_time: formatExpirationTime(observation.expiration),
    fingerprint: proof?.fingerprint ?? null,
    warnings: [...notices.map(({ summary, detail }) => `${summary}. ${detail}`), ...warnings],
  };
}

function describe({
  key_id,
  imported,
  reason,
  material_status,
  expiration_time,
  fingerprint,
  warnings,
}: Applied): string {
  const done = imported
    ? `material imported${reason === null ? '' : ` (${reason})`}`
    : 'nothing to do';
  const found = `${material_status}, expires ${expiration_time}, ${fingerprint ?? 'no proof of which material it holds'}`;
  const lines = [
    `key ${key_id}: ${done}; ${found}`,
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
  return lines.map((line) => `byok: ${oneLine(line)}\n`).join('');
}
