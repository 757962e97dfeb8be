/**
 * What becomes of a key that is new here, whatever state it is found in; and of a new key, whatever
 * its alias meets.
 */
import type { KeyDetail } from '../../lib/kms/model';
import { decideFirst } from '../../lib/lifecycle/decide-first';
import type { Wish } from '../../lib/lifecycle/decision';
import { keep } from '../../lib/lifecycle/expiration-wish';
import { judgeAlias } from '../../lib/lifecycle/make-or-adopt-key';
import { wording } from '../../lib/provider/wording';
import { asWish, type Spelled } from './as-wish';

const now = new Date('2030-01-01T00:00:00Z');
const [far, farther] = [new Date('2035-01-01T00:00:00Z'), new Date('2036-01-01T00:00:00Z')];
const rolling = {
  kind: 'rolling' as const,
  validForMs: 86_400_000,
  renewBeforeMs: 3_600_000,
  validFor: '1d',
  renewBefore: '1h',
};

function key(over: Partial<KeyDetail> = {}): KeyDetail {
  return {
    keyId: '0d0466b0-e727-4d9c-b35d-f84bb474a37f',
    keyAlias: 'orders',
    keyDescription: '',
    keySpec: 'AES_256',
    keyUsage: 'ENCRYPT_DECRYPT',
    keyState: '5',
    origin: 'external',
    creationDate: undefined,
    scheduledDeletionDate: undefined,
    expirationTime: undefined,
    defaultKeyFlag: undefined,
    ...over,
  };
}

const wish = (expiration: Spelled): Wish => ({
  expiration: asWish(expiration),
  warnBeforeMs: 0,
  pin: undefined,
  allowInterruption: true,
  allowUnverifiedRenewal: false,
  allowWeakMaterial: false,
});

test.each<[string, Spelled, Partial<KeyDetail>, string]>([
  ['an empty key', far, {}, 'import'],
  ['a key that is not ready yet', far, { keyState: '1' }, 'import'],
  ['a key with material of the same expiry', far, { keyState: '2', expirationTime: far }, 'adopt'],
  ['a disabled one', far, { keyState: '3', expirationTime: far }, 'adopt'],
  ['any expiry where none is declared', keep, { keyState: '2', expirationTime: far }, 'adopt'],
  ['any expiry where it rolls', rolling, { keyState: '2', expirationTime: far }, 'adopt'],
  ['no expiry where it rolls', rolling, { keyState: '2' }, 'ERR_KEY_UNSUITABLE'],
  ['another expiry', farther, { keyState: '2', expirationTime: far }, 'ERR_KEY_UNSUITABLE'],
  ['never, where an expiry is declared', far, { keyState: '2' }, 'ERR_KEY_UNSUITABLE'],
  ['an expiry that is past', new Date(now.getTime() - 1), {}, 'ERR_ARGUMENT'],
  ['an expiry for a private key', far, { keySpec: 'RSA_2048' }, 'ERR_ARGUMENT'],
  ['a key of the KMS itself', undefined, { origin: 'kms', keyState: '2' }, 'ERR_KEY_UNSUITABLE'],
  ['a scheduled key', far, { keyState: '4' }, 'ERR_KEY_UNSUITABLE'],
  ['a frozen key', far, { keyState: '7' }, 'ERR_KEY_UNSUITABLE'],
  ['a state that nobody knows', far, { keyState: '6' }, 'ERR_KEY_UNSUITABLE'],
])('%s', (_name, expiration, found, expected) => {
  const { step, refusal } = decideFirst(wish(expiration), key(found), now, wording);
  expect(refusal?.code ?? step).toBe(expected);
});

describe('a new key', () => {
  const wanted = { alias: 'orders', description: '', keySpec: 'AES_256', keyUsage: undefined };
  const scheduled = key({ keyState: '4', scheduledDeletionDate: far });

  test.each<[string, readonly KeyDetail[], string]>([
    ['of a free alias is made', [key({ keyAlias: 'others' })], 'made'],
    ['takes over an empty one of the same kind', [key()], 'adopted'],
    ['takes over one that is not ready yet', [key({ keyState: '1' })], 'adopted'],
    ['takes over none that holds material', [key({ keyState: '2' })], 'refused'],
    ['takes over none of another spec', [key({ keySpec: 'RSA_2048' })], 'refused'],
    ['takes over none of another description', [key({ keyDescription: 'theirs' })], 'refused'],
    [
      'takes over none of two',
      [key(), key({ keyId: '1d0466b0-e727-4d9c-b35d-f84bb474a37f' })],
      'refused',
    ],
    ['is made beside one that is scheduled, with a word', [scheduled], 'made, told'],
    [
      'takes over an empty one beside one that is scheduled',
      [scheduled, key({ keyId: '1d0466b0-e727-4d9c-b35d-f84bb474a37f' })],
      'adopted',
    ],
  ])('%s', (_name, keys, expected) => {
    const { adopts, refusal, notices } = judgeAlias(wanted, keys, wording);
    const outcome = refusal !== undefined ? 'refused' : adopts !== undefined ? 'adopted' : 'made';
    expect(`${outcome}${notices.length > 0 ? ', told' : ''}`).toBe(expected);
  });

  test('takes over none that another object of the run has', () => {
    expect(judgeAlias(wanted, [key()], wording, () => true).refusal?.message).toContain(
      'which another object of this run uses',
    );
  });

  test('says of a scheduled one which key it is, until when, and how to rescue it', () => {
    const [notice] = judgeAlias(wanted, [scheduled], wording).notices;
    expect(notice?.detail).toContain(
      `key ${scheduled.keyId}, which keeps its alias until the KMS deletes it on 2035-01-01T00:00:00Z`,
    );
    expect(notice?.detail).toContain('cancel_pending_deletion = true');
  });
});
