/**
 * The same material gets the same verdict, for the same reason, from the function of the AWS
 * construct and from `byok check` on a state of Terraform.
 */
import { report } from '../../lib/aws-cdk/handler/session';
import type { KeyProperties } from '../../lib/aws-cdk/key-properties';
import { observeMaterial } from '../../lib/lifecycle/material-status';
import type { Verdict } from '../../lib/lifecycle/verdict';
import { findingOf } from '../../lib/report/material-finding';
import { materialsInState } from '../../lib/report/state-file';
import { parseDuration } from '../../lib/terms/duration';
import { formatExpirationTime } from '../../lib/terms/expiration-time';
import { type KnownKeyState, keyStates } from '../../lib/terms/kms';
import { type MaterialStatus, materialStatuses } from '../../lib/terms/material';
import { attributeOf, type Setting } from '../../lib/terms/setting';

const now = new Date('2030-01-15T12:00:00Z');
const day = 86_400_000;
const inDays = (count: number) => new Date(now.getTime() + count * day);
const fingerprint = `sha256:${'a'.repeat(64)}`;

interface Case {
  readonly state: KnownKeyState | string | undefined;
  readonly ends?: Date;
  readonly declared?: Pick<KeyProperties, 'validFor' | 'renewBefore' | 'warnBefore'>;
  readonly unproven?: true;
}

function observed({ state, ends, declared }: Case) {
  const key = {
    keyId: 'id',
    keyAlias: 'orders',
    keySpec: 'AES_256',
    keyState: state ?? '',
    expirationTime: ends,
    scheduledDeletionDate: undefined,
  };
  const window = declared?.renewBefore;
  return observeMaterial(
    // Only what `observeMaterial` reads.
    state === undefined ? undefined : (key as Parameters<typeof observeMaterial>[0]),
    ends,
    now,
    window === undefined ? undefined : parseDuration(window, 'renewBefore'),
  );
}

function byFunction(given: Case) {
  const lines: string[] = [];
  const properties: KeyProperties = {
    ...given.declared,
    source: { parameter: 'p' },
    credentials: 'c',
    memory: 'm',
    metricKey: 'stack/orders',
  };
  report({ print: (line) => lines.push(line), now: () => now, log: () => {} }, properties, {
    observation: observed(given),
    proof: given.unproven === true ? undefined : { fingerprint, proof: 'imported' },
    importedAt: undefined,
    reason: undefined,
    notices: [],
  });
  const { Verdict, Reason = null } = JSON.parse(lines[0] ?? '');
  return { verdict: Verdict, reason: Reason };
}

function byCheck(given: Case) {
  const { status, expiration, keyState } = observed(given);
  const declared = Object.entries(given.declared ?? {}).map(([name, value]) => [
    attributeOf(name as Setting),
    value,
  ]);
  const attributes = {
    key_id: 'id',
    key_spec: 'AES_256',
    key_state: keyState,
    material_status: status,
    expiration_time: formatExpirationTime(expiration),
    fingerprint,
    fingerprint_verified: given.unproven !== true,
    ...Object.fromEntries(declared),
  };
  const content = JSON.stringify({
    version: 4,
    resources: [
      { mode: 'managed', type: 'byok_key_material', name: 'it', instances: [{ attributes }] },
    ],
  });
  const [record] = materialsInState(content, { place: 'state', now, warnBeforeMs: undefined });
  if (record === undefined) {
    throw new Error('the state holds no material');
  }
  const { verdict, reason, material_status } = findingOf(record, now);
  statuses.add(material_status ?? 'unknown');
  return { verdict, reason };
}

const statuses = new Set<MaterialStatus>();

/** What differs are the names of settings, and what a run is called. */
function withoutNames(reason: string | null): string | null {
  return (
    reason
      ?.toLowerCase()
      .replaceAll('_', '')
      .replaceAll('expirationtime', 'expiration')
      .replace(' on byokexternalkey', '')
      .replace('deploy again', 'plan again')
      .replace('the next check', 'the next plan') ?? null
  );
}

const { enabled, disabled, pendingDeletion, pendingImport, frozen, toBeActivated } = keyStates;
const rolling = { validFor: '90d', renewBefore: '5d' };

test.each<[string, Case, Verdict]>([
  ['present', { state: enabled, ends: inDays(300) }, 'fine'],
  ['that never expires', { state: enabled }, 'fine'],
  ['in the window of the warning', { state: enabled, ends: inDays(14) }, 'expiring'],
  ['before it', { state: enabled, ends: inDays(15) }, 'fine'],
  [
    'in a longer window',
    { state: enabled, ends: inDays(15), declared: { warnBefore: '30d' } },
    'expiring',
  ],
  [
    'before a shorter one',
    { state: enabled, ends: inDays(13), declared: { warnBefore: '1d' } },
    'fine',
  ],
  [
    'that rolls, before its renewal',
    { state: enabled, ends: inDays(6), declared: rolling },
    'fine',
  ],
  ['that rolls, due', { state: enabled, ends: inDays(5), declared: rolling }, 'expiring'],
  [
    'that rolls, due, without proof',
    { state: enabled, ends: inDays(5), declared: rolling, unproven: true },
    'expiring',
  ],
  ['that rolls, disabled', { state: disabled, ends: inDays(5), declared: rolling }, 'expiring'],
  ['past its end', { state: enabled, ends: inDays(-1) }, 'missing'],
  ['that rolls, past its end', { state: enabled, ends: inDays(-1), declared: rolling }, 'missing'],
  ['of a disabled key', { state: disabled, ends: inDays(300) }, 'fine'],
  ['of a disabled key, past its end', { state: disabled, ends: inDays(-1) }, 'missing'],
  ['without proof', { state: enabled, ends: inDays(300), unproven: true }, 'unverified'],
  ['that the KMS deleted', { state: pendingImport, ends: inDays(-1) }, 'missing'],
  ['that was deleted', { state: pendingImport, ends: inDays(300) }, 'missing'],
  ['of a key that goes', { state: pendingDeletion, ends: inDays(300) }, 'missing'],
  ['of a key that is not ready', { state: toBeActivated }, 'missing'],
  ['of a frozen key', { state: frozen }, 'missing'],
  ['of a key in another state', { state: '9' }, 'missing'],
  ['of no key', { state: undefined }, 'missing'],
])('material %s', (_name, given, verdict) => {
  const [function_, check] = [byFunction(given), byCheck(given)];
  expect([function_.verdict, check.verdict]).toEqual([verdict, verdict]);
  expect(withoutNames(function_.reason)).toBe(withoutNames(check.reason));
});

test('every status is in the table above', () => {
  expect([...statuses].sort()).toEqual(Object.keys(materialStatuses).sort());
});
