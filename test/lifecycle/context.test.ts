/**
 * Waiting for the KMS: patience, interruption, and growing pauses, with the timer that the provider
 * really uses.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Kms } from '../../lib/kms/model';
import { type LifecycleContext, waitUntil, withPatience } from '../../lib/lifecycle/context';
import { wording } from '../../lib/provider/wording';

function context(overrides: Partial<LifecycleContext> = {}): LifecycleContext {
  return {
    kms: {} as Kms,
    now: () => new Date(),
    sleep: (ms, signal) => delay(ms, undefined, { signal }),
    signal: new AbortController().signal,
    words: wording,
    deadline: new Date(Date.now() + 60_000),
    log: () => undefined,
    ...overrides,
  };
}

test('an interruption while waiting is said as one', async () => {
  const interrupted = new AbortController();
  const waiting = waitUntil(
    context({ signal: interrupted.signal }),
    'key 1 to become ready',
    async () => 'not yet',
    () => false,
  );
  interrupted.abort();
  await expect(waiting).rejects.toMatchObject({
    code: 'ERR_INTERRUPTED',
    message: expect.stringContaining('waiting for key 1 to become ready'),
  });
});

test('gives up at the deadline, naming what it waited for', async () => {
  const soon = withPatience(context(), 100);
  await expect(
    waitUntil(
      soon,
      'key 1 to become ready',
      async () => 1,
      () => false,
    ),
  ).rejects.toMatchObject({ code: 'ERR_TIMEOUT' });
});

test('pauses grow from a quarter of a second to five seconds', async () => {
  const pauses: number[] = [];
  let now = 0;
  const clockwork = context({
    now: () => new Date(now),
    deadline: new Date(30_000),
    sleep: async (ms) => {
      pauses.push(ms);
      now += ms;
    },
  });
  await expect(
    waitUntil(
      clockwork,
      'nothing',
      async () => 1,
      () => false,
    ),
  ).rejects.toMatchObject({ code: 'ERR_TIMEOUT' });
  expect(pauses.slice(0, 7)).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
});
