import type { KeyDetail } from '../../lib/kms/model';
import { observeMaterial } from '../../lib/lifecycle/material-status';

const now = new Date('2030-06-01T00:00:00Z');
const past = new Date('2030-05-01T00:00:00Z');
const future = new Date('2031-01-01T00:00:00Z');

function key(keyState: string, expirationTime?: Date): KeyDetail {
  return {
    keyId: '0d0466b0-e727-4d9c-b35d-f84bb474a37f',
    keyAlias: 'orders',
    keyDescription: '',
    keySpec: 'AES_256',
    keyUsage: 'ENCRYPT_DECRYPT',
    keyState,
    origin: 'external',
    creationDate: undefined,
    scheduledDeletionDate: undefined,
    expirationTime,
    defaultKeyFlag: '0',
  };
}

test.each([
  ['2, no expiry', key('2'), undefined, 'present'],
  ['2, before its expiry', key('2', future), undefined, 'present'],
  ['2, past its expiry', key('2', past), undefined, 'expired_not_purged'],
  ['2, at its expiry', key('2', now), undefined, 'expired_not_purged'],
  ['3', key('3', past), undefined, 'key_disabled'],
  ['5, never heard of an expiry', key('5'), undefined, 'deleted_outside'],
  ['5, known to expire later', key('5'), future, 'deleted_outside'],
  ['5, known to have expired', key('5'), past, 'purged_after_expiry'],
  ['5, and the KMS still shows the expiry', key('5', past), undefined, 'purged_after_expiry'],
  ['4', key('4'), undefined, 'key_pending_deletion'],
  ['1', key('1'), undefined, 'key_not_ready'],
  ['7', key('7'), undefined, 'key_frozen'],
  ['6, which nobody documented', key('6'), undefined, 'unknown'],
  ['a state that is no number', key('constructor'), undefined, 'unknown'],
  ['no key', undefined, future, 'key_not_found'],
])('state %s', (_name, detail, lastKnown, status) => {
  expect(observeMaterial(detail, lastKnown, now).status).toBe(status);
});

test('while material is absent the last known expiry is kept; while it is there the KMS decides', () => {
  expect(observeMaterial(key('5'), past, now).expiration).toBe(past);
  expect(observeMaterial(key('2'), past, now).expiration).toBeUndefined();
  expect(observeMaterial(undefined, future, now).expiration).toBe(future);
});

test('expiring is what is inside the window of a rolling expiry, and nothing without one', () => {
  const inAnHour = new Date(now.getTime() + 3_600_000);
  expect(observeMaterial(key('2', inAnHour), undefined, now, 3_600_000).status).toBe('expiring');
  expect(observeMaterial(key('2', inAnHour), undefined, now, 3_599_999).status).toBe('present');
  expect(observeMaterial(key('2', inAnHour), undefined, now).status).toBe('present');
  expect(observeMaterial(key('2', past), undefined, now, 3_600_000).status).toBe(
    'expired_not_purged',
  );
});
