import type { KeyDetail } from '../../lib/kms/model';
import { driftOf, driftOfFindings } from '../../lib/report/drift';
import { hooksInState } from '../../lib/report/hooks-in-state';
import { materialsInKms } from '../../lib/report/live-keys';
import { findingOf } from '../../lib/report/material-finding';

const now = new Date('2030-01-15T12:00:00Z');
const whereabouts = { cloud: undefined, region: undefined, project: undefined };
const reading = { place: 'state "a"', now, warnBeforeMs: undefined };

/** What Terraform writes for the null resources of these triggers. */
function stateOf(...triggers: Record<string, string>[]): string {
  const resources = triggers.map((values, index) => ({
    mode: 'managed',
    type: 'null_resource',
    name: `hook_${index}`,
    instances: [{ schema_version: 0, attributes: { id: String(index), triggers: values } }],
  }));
  return JSON.stringify({ version: 4, resources });
}

function key(keyId: string, keyState: string, expirationTime?: Date): KeyDetail {
  const nothing = {
    keyUsage: undefined,
    creationDate: undefined,
    scheduledDeletionDate: undefined,
    defaultKeyFlag: '0',
  };
  return {
    ...nothing,
    keyId,
    keyAlias: keyId,
    keyDescription: '',
    keySpec: 'AES_256',
    keyState,
    origin: 'external',
    expirationTime,
  };
}

function drift(state: string, ...keys: KeyDetail[]) {
  return driftOf(
    hooksInState(state, reading),
    new Map(keys.map((detail) => [detail.keyId, detail])),
    now,
  );
}

const hook = (keyId: string, token: string, more: Record<string, string> = {}) => ({
  key_id: keyId,
  drift_token: token,
  ...more,
});

test('before the first apply the token is 0, as it is when a hook was given none', () => {
  expect(drift('')).toEqual({ token: '0', remarks: [] });
  expect(drift(stateOf(hook('a', '0')), key('a', '2'))).toEqual({ token: '0', remarks: [] });
});

test('counts on from the token of the last apply when material is gone, and stays there once it is back', () => {
  expect(drift(stateOf(hook('a', '3')), key('a', '5'))).toEqual({
    token: '4',
    remarks: [expect.stringMatching(/^key a, null_resource\.hook_0: the key holds no material/)],
  });
  expect(drift(stateOf(hook('a', '4')), key('a', '2')).token).toBe('4');
});

test('a key that is due takes the token that the others have already, when it has an older one', () => {
  const state = stateOf(hook('a', '4'), hook('b', '3'));
  expect(drift(state, key('a', '2'), key('b', '5')).token).toBe('4');
  expect(drift(state, key('a', '5'), key('b', '5')).token).toBe('5');
  expect(drift(state, key('a', '2'), key('b', '2')).token).toBe('4');
});

test('a token that somebody made up counts as none', () => {
  expect(drift(stateOf(hook('a', 'tuesday')), key('a', '5')).token).toBe('1');
});

test('another expiry than the declared one is due, and the declared one is not', () => {
  const state = stateOf(hook('a', '0', { expiration_time: '2035-01-31T00:00:00Z' }));
  expect(drift(state, key('a', '2', new Date('2035-01-31T00:00:00Z')))).toEqual({
    token: '0',
    remarks: [],
  });
  expect(drift(state, key('a', '2', new Date('2034-01-31T00:00:00Z'))).token).toBe('1');
  expect(drift(state, key('a', '2')).token).toBe('1');
});

test('an expiry that nobody declared is left as it is', () => {
  expect(
    drift(stateOf(hook('a', '0')), key('a', '2', new Date('2035-01-31T00:00:00Z'))).token,
  ).toBe('0');
});

test('a rolling expiry is due inside its window', () => {
  const state = stateOf(hook('a', '0', { valid_for: '90d', renew_before: '14d' }));
  expect(drift(state, key('a', '2', new Date('2030-01-30T12:00:00Z'))).token).toBe('0');
  expect(drift(state, key('a', '2', new Date('2030-01-29T12:00:00Z'))).token).toBe('1');
});

test.each([
  ['scheduled for deletion', key('a', '4'), 'The key is scheduled for deletion'],
  ['unknown to the KMS', key('b', '2'), 'The key no longer exists'],
])(
  'a key that is %s is spoken of, and no apply is asked for that could not help',
  (_what, found, said) => {
    expect(drift(stateOf(hook('a', '2')), found)).toEqual({
      token: '2',
      remarks: [expect.stringContaining(said)],
    });
  },
);

test('material that expired as declared asks for no apply, which could only refuse', () => {
  const state = stateOf(hook('a', '2', { expiration_time: '2030-01-01T00:00:00Z' }));
  expect(drift(state, key('a', '5'))).toEqual({
    token: '2',
    remarks: [expect.stringContaining('The key material has expired')],
  });
});

test('other null resources are no hooks', () => {
  expect(hooksInState(stateOf({ key_id: 'a' }, { drift_token: '1' }, {}), reading)).toEqual([]);
});

test('fails on what is no state', () => {
  expect(() => hooksInState('{"version":3}', reading)).toThrow(
    'state "a" is no state of version 4',
  );
});

test('without a state each look has a token of its own while something is wrong, so that the same drift is healed twice', () => {
  const token = (at: Date, ...keys: KeyDetail[]) =>
    driftOfFindings(
      materialsInKms(keys, { now: at, warnBeforeMs: 0, wanted: new Set(), whereabouts }).map(
        (record) => findingOf(record, at),
      ),
      at,
    ).token;
  const later = new Date('2030-01-16T12:00:00Z');
  expect(token(now, key('a', '5'), key('b', '2'))).toBe('2030-01-15T12:00:00Z');
  expect(token(later, key('a', '5'), key('b', '2'))).toBe('2030-01-16T12:00:00Z');
  expect(token(later, key('a', '2'), key('b', '2'))).toBe('0');
  // No apply could help a key that somebody gave up.
  expect(token(later, key('a', '4'), key('b', '2'))).toBe('0');
  // A hook that was last applied with one of these counts on from the first.
  expect(drift(stateOf(hook('a', '2030-01-15T12:00:00Z')), key('a', '5')).token).toBe('1');
});
