/**
 * The rescue of a key that is scheduled for deletion: what counts is the state that it is in
 * afterwards, however late that shows.
 */
import { KmsError } from '../../lib/kms/kms-error';
import { UnreachableError } from '../../lib/kms/lost-answer';
import type { KeyDetail, Kms } from '../../lib/kms/model';
import type { LifecycleContext } from '../../lib/lifecycle/context';
import { type KeyWish, updateKey } from '../../lib/lifecycle/reconcile-key';
import { wording } from '../../lib/provider/wording';

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';

const wish: KeyWish = {
  ...{ alias: 'orders', description: '', keySpec: 'AES_256', keyUsage: undefined, tags: undefined },
  ...{ enabled: undefined, cancelPendingDeletion: true },
};

function keyIn(keyState: string): KeyDetail {
  return {
    ...{
      keyId,
      keyAlias: 'orders',
      keyDescription: '',
      keySpec: 'AES_256',
      keyUsage: 'ENCRYPT_DECRYPT',
      origin: 'external',
      keyState,
    },
    ...{
      creationDate: undefined,
      scheduledDeletionDate: undefined,
      expirationTime: undefined,
      defaultKeyFlag: '0',
    },
  };
}

/** One answer to describe-key: a state, no such key, or a failure. */
type Answer = string | undefined | Error;

interface Rescue {
  readonly context: LifecycleContext;
  /** Calls in order, without the reads. */
  readonly writes: string[];
  /** Milliseconds that were waited. */
  readonly waited: () => number;
}

/** @param answers of describe-key, one after the other; the last one from then on */
function rescue(
  answers: readonly Answer[],
  cancel: () => Promise<void> = async () => undefined,
  signal = new AbortController().signal,
): Rescue {
  const left = [...answers];
  const writes: string[] = [];
  const start = Date.parse('2030-01-01T00:00:00Z');
  let now = start;
  const write = (name: string, act: () => Promise<void> = async () => undefined) => {
    writes.push(name);
    return act();
  };
  const kms: Partial<Kms> = {
    async describeKey() {
      const answer = left.length > 1 ? left.shift() : left[0];
      if (answer instanceof Error) {
        throw answer;
      }
      return answer === undefined ? undefined : keyIn(answer);
    },
    cancelKeyDeletion: () => write('cancel-key-deletion', cancel),
    enableKey: () => write('enable-key'),
    disableKey: () => write('disable-key'),
  };
  return {
    writes,
    waited: () => now - start,
    context: {
      kms: kms as Kms,
      now: () => new Date(now),
      async sleep(ms) {
        signal.throwIfAborted();
        now += ms;
      },
      signal,
      words: wording,
      deadline: new Date(start + 600_000),
      log: () => undefined,
    },
  };
}

test('reads that are still of the past are waited for, and what follows is done in the state that comes', async () => {
  const { context, writes, waited } = rescue(['4', '4', '4', '3']);
  const { key } = await updateKey(context, keyId, { ...wish, enabled: true });
  expect(key.keyState).toBe('3');
  expect(writes).toEqual(['cancel-key-deletion', 'enable-key']);
  expect(waited()).toBe(250 + 500);
});

test('a rescued key is left disabled unless its state is managed, and that is said', async () => {
  const { context, writes } = rescue(['4', '3']);
  const { notices } = await updateKey(context, keyId, wish);
  expect(notices).toEqual([
    expect.objectContaining({ summary: 'The key is disabled', attribute: 'enabled' }),
  ]);
  expect(writes).toEqual(['cancel-key-deletion']);
});

test('a rescued key without material goes back to pending import, where it can be neither enabled nor disabled', async () => {
  const { context, writes } = rescue(['4', '5']);
  const { key, notices } = await updateKey(context, keyId, { ...wish, enabled: false });
  expect(key.keyState).toBe('5');
  expect(notices).toEqual([expect.objectContaining({ summary: 'The key is not disabled yet' })]);
  expect(writes).toEqual(['cancel-key-deletion']);
});

test('a key that goes on showing its deletion is given up on after ten seconds, without an error and without a further call', async () => {
  const { context, writes, waited } = rescue(['4']);
  const { key, notices } = await updateKey(context, keyId, { ...wish, enabled: true });
  expect(key.keyState).toBe('4');
  expect(notices).toEqual([
    expect.objectContaining({ summary: 'The key is scheduled for deletion' }),
  ]);
  expect(writes).toEqual(['cancel-key-deletion']);
  expect(waited()).toBeLessThanOrEqual(10_000);
});

test('a key that is gone instead is shown as it was last seen, for the next refresh to find out', async () => {
  const { context, writes } = rescue(['4', undefined]);
  expect((await updateKey(context, keyId, wish)).key.keyState).toBe('4');
  expect(writes).toEqual(['cancel-key-deletion']);
});

const refusal = new KmsError({
  operation: 'describe-key',
  status: 403,
  apiCode: 'KMS.0306',
  apiMessage: 'no',
  requestId: undefined,
});

test('fails when the key may not be described any more', async () => {
  const { context } = rescue(['4', refusal]);
  await expect(updateKey(context, keyId, wish)).rejects.toBe(refusal);
});

test('fails as an interruption when it is interrupted while it waits', async () => {
  const interrupted = new AbortController();
  const { context } = rescue(['4'], async () => interrupted.abort(), interrupted.signal);
  await expect(updateKey(context, keyId, wish)).rejects.toMatchObject({
    code: 'ERR_INTERRUPTED',
    message: expect.stringContaining(`key ${keyId} to show that its deletion is cancelled`),
  });
});

test.each([
  [
    'the answer was lost',
    new UnreachableError('cancel-key-deletion', 'the connection broke', { sent: true }),
  ],
  [
    'it was not scheduled any more',
    new KmsError({
      operation: 'cancel-key-deletion',
      status: 400,
      apiCode: 'KMS.1501',
      apiMessage: 'no',
      requestId: undefined,
    }),
  ],
])('a cancellation of which %s is settled by describing the key', async (_name, error) => {
  const { context } = rescue(['4', '4', '3'], () => Promise.reject(error));
  expect((await updateKey(context, keyId, wish)).key.keyState).toBe('3');
});

test('fails when the cancellation is refused, with no look at the key', async () => {
  const { context, waited } = rescue(['4', new Error('is not described')], () =>
    Promise.reject(refusal),
  );
  await expect(updateKey(context, keyId, wish)).rejects.toBe(refusal);
  expect(waited()).toBe(0);
});
