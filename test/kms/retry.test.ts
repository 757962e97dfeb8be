import { ByokError } from '../../lib/errors';
import { KmsError } from '../../lib/kms/kms-error';
import { isLostAnswer, UnreachableError } from '../../lib/kms/lost-answer';
import { operations } from '../../lib/kms/operations';
import { RateLimiter } from '../../lib/kms/rate-limiter';
import {
  type Failure,
  isWorthRepeating,
  maxDelayMs,
  parseRetryAfter,
  type Repetition,
  retryDelayMs,
} from '../../lib/kms/retry';
import { isThrottled, reactionTo } from '../../lib/terms/kms-reactions';

const unsent: Failure = { kind: 'unsent', permanent: false };
const untrusted: Failure = { kind: 'unsent', permanent: true };
const lost: Failure = { kind: 'lost' };
const refused = (status: number): Failure => ({
  kind: 'refused',
  reaction: reactionTo(status, undefined),
  throttled: isThrottled(status, undefined),
});

test.each<[Failure, Record<Repetition, boolean>]>([
  [unsent, { safe: true, once: true }],
  [untrusted, { safe: false, once: false }],
  [lost, { safe: true, once: false }],
  [refused(429), { safe: true, once: true }],
  [refused(500), { safe: true, once: false }],
  [refused(502), { safe: true, once: false }],
  [refused(503), { safe: true, once: false }],
  [refused(504), { safe: true, once: false }],
  [refused(501), { safe: false, once: false }],
  [refused(400), { safe: false, once: false }],
  [refused(401), { safe: false, once: false }],
  [refused(403), { safe: false, once: false }],
  [refused(404), { safe: false, once: false }],
  [refused(302), { safe: false, once: false }],
])('repeats after %j: %j', (failure, expected) => {
  expect(isWorthRepeating(failure, 'safe')).toBe(expected.safe);
  expect(isWorthRepeating(failure, 'once')).toBe(expected.once);
});

test('the calls whose second run could do harm are marked', () => {
  const once = Object.values(operations).flatMap(({ name, repetition }) =>
    repetition === 'once' ? [name] : [],
  );
  expect(once.sort()).toEqual([
    'cancel-key-deletion',
    'create-key',
    'delete-imported-key-material',
    'import-key-material',
    'schedule-key-deletion',
  ]);
});

test('the delay is spread over the whole of a bound that doubles, and ends at 20 seconds', () => {
  expect([0, 1, 2, 3, 10].map((attempt) => retryDelayMs(attempt, 0.5, undefined))).toEqual([
    250, 500, 1000, 2000, 10_000,
  ]);
  expect(retryDelayMs(4, 0, undefined)).toBe(0);
});

test('Retry-After is a lower bound, and no reason to wait for ever', () => {
  expect(retryDelayMs(0, 0, 3000)).toBe(3000);
  expect(retryDelayMs(0, 0.5, 3000)).toBe(3250);
  expect(retryDelayMs(0, 0.5, 86_400_000)).toBe(maxDelayMs);
});

test('Retry-After is seconds or an instant, and nothing else', () => {
  const now = new Date('2030-01-01T00:00:00Z');
  expect(parseRetryAfter('7', now)).toBe(7000);
  expect(parseRetryAfter('Tue, 01 Jan 2030 00:00:09 GMT', now)).toBe(9000);
  expect(parseRetryAfter('Mon, 31 Dec 2029 00:00:00 GMT', now)).toBe(0);
  expect(parseRetryAfter('soon', now)).toBeUndefined();
  expect(parseRetryAfter(undefined, now)).toBeUndefined();
});

const kmsError = (status: number) =>
  new KmsError({
    operation: 'import-key-material',
    status,
    apiCode: undefined,
    apiMessage: '',
    requestId: undefined,
  });

test.each([
  [new UnreachableError('import-key-material', 'broken', { sent: true }), true],
  [new UnreachableError('import-key-material', 'refused', { sent: false }), false],
  [kmsError(500), true],
  [kmsError(502), true],
  [kmsError(504), true],
  [kmsError(200), true],
  [kmsError(400), false],
  [kmsError(429), false],
  [new ByokError('ERR_INTERRUPTED', 'stop'), false],
  [new Error('other'), false],
])('tells a lost answer from a failure: %s', (error, expected) => {
  expect(isLostAnswer(error)).toBe(expected);
});

test('at most so many requests begin within any one second', () => {
  const limiter = new RateLimiter(3);
  let uptime = 0;
  const starts = Array.from({ length: 10 }, (_, index) => {
    uptime += index === 5 ? 400 : 10;
    return uptime + limiter.reserve(uptime);
  });
  for (const [index, start] of starts.entries()) {
    expect(
      starts.filter((other) => other > start - 1000 && other <= start).length,
    ).toBeLessThanOrEqual(3);
    expect(start).toBeGreaterThanOrEqual(starts[index - 1] ?? 0);
  }
  // No slower than allowed either.
  expect(starts.at(-1)).toBe((starts[0] ?? 0) + 3000);
  expect(limiter.reserve(1_000_000)).toBe(0);
});

test('after a pause requests begin one by one, and what was booked before is void', () => {
  const limiter = new RateLimiter(4);
  expect(Array.from({ length: 6 }, () => limiter.reserve(0))).toEqual([0, 0, 0, 0, 1000, 1000]);
  expect(limiter.pauses).toBe(0);
  limiter.pause(100, 3000);
  expect(limiter.pauses).toBe(1);
  expect(Array.from({ length: 6 }, () => 100 + limiter.reserve(100))).toEqual([
    3100, 3350, 3600, 3850, 4100, 4350,
  ]);
  // A shorter pause does not shorten a longer one.
  limiter.pause(200, 10);
  expect(200 + limiter.reserve(200)).toBe(3100);
  // A second after it, bursts are allowed again.
  expect(Array.from({ length: 4 }, () => limiter.reserve(9000))).toEqual([0, 0, 0, 0]);
});
