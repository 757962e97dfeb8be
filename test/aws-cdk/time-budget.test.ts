import { setTimeout as delay } from 'node:timers/promises';
import type { Surroundings } from '../../lib/aws-cdk/handler/surroundings';
import { reserves, timeBudgetOf } from '../../lib/aws-cdk/handler/time-budget';
import { createdAlone } from './created-alone';

test('nothing is begun without the time for an import behind a deletion', () => {
  expect(timeBudgetOf(600_000)).toEqual({ stopIn: 300_000, answerIn: 585_000 });
  expect(timeBudgetOf(reserves.stop + 1)).toMatchObject({ stopIn: 1 });
  for (const short of [reserves.stop, 90_000, 1_000, 0]) {
    expect(timeBudgetOf(short).stopIn).toBe(0);
  }
});

test.each([900_000, 600_000, 300_000, 60_000, 1_000])(
  'with %d ms left CloudFormation is told before the end',
  (remaining) => {
    const { stopIn, answerIn } = timeBudgetOf(remaining);
    expect(answerIn).toBeLessThan(remaining);
    expect(answerIn).toBeGreaterThan(stopIn);
  },
);

/** A hundred times as fast. */
const sleep: Surroundings['sleep'] = (ms, signal) => delay(ms / 100, undefined, { signal });

test('CloudFormation is told, although something does not let go', async () => {
  const properties = {
    memory: '/cdktf-byok/stack/key',
    alias: 'payments',
    credentials: 'login',
    source: { secret: 'material' },
    metricKey: 'key',
  };
  const answers = await createdAlone(properties, {
    remainingMs: 20_000,
    sleep,
    readSecret: () => new Promise(() => undefined),
  });
  expect(answers).toEqual([
    expect.objectContaining({
      Status: 'FAILED',
      Reason: expect.stringMatching(/^the time of the function ran out; .*\(ERR_TIMEOUT\)$/),
    }),
  ]);
});
