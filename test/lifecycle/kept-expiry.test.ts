/** What is said of material that outlives the validity that was declared for it. */
import { fixed, keep } from '../../lib/lifecycle/expiration-wish';
import { noticesOfKept } from '../../lib/lifecycle/kept-expiry';
import { wording } from '../../lib/provider/wording';
import type { MaterialStatus } from '../../lib/terms/material';
import { wordsOf } from '../support/command-words';

const now = new Date('2027-01-01T00:00:00Z');
const day = 86_400_000;
const rolling = {
  kind: 'rolling' as const,
  validForMs: 90 * day,
  renewBeforeMs: 14 * day,
  validFor: '90d',
  renewBefore: '14d',
};
const far = new Date('2030-01-15T00:00:00Z');

const saidOf = (
  expiration: Date | undefined,
  status: MaterialStatus = 'present',
  wish: Parameters<typeof noticesOfKept>[0] = rolling,
  words = wording,
) => {
  const rest = { keyState: '2', keySpec: 'AES_256', scheduledDeletionDate: undefined };
  return noticesOfKept(wish, { status, expiration, ...rest }, now, words);
};

test('it keeps its expiry, from when on the validity counts, and what shortens it', () => {
  const [notice] = saidOf(far);
  expect(notice?.detail).toContain('keeps its expiry 2030-01-15T00:00:00Z');
  expect(notice?.detail).toContain('valid_for counts from 2030-01-01T00:00:00Z on');
  expect(notice?.detail).toContain('declare a fixed expiration_time for one apply');
  expect(saidOf(far, 'present', rolling, wordsOf('byok apply'))[0]?.detail).toContain(
    '--valid-for 90d',
  );
});

test.each([
  ['what an import made now would have', new Date(now.getTime() + 90 * day), 'present', rolling],
  ['material that is gone', far, 'deleted_outside', rolling],
  ['material that never expires, which is renewed', undefined, 'present', rolling],
  ['a fixed expiry', far, 'present', fixed(far)],
  ['no wish', far, 'present', keep],
] as const)('nothing is said of %s', (_what, expiration, status, wish) => {
  expect(saidOf(expiration, status, wish)).toEqual([]);
});
