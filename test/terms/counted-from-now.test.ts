import { isWholeHoursAhead, movesWithTheClock } from '../../lib/terms/counted-from-now';

const at = (text: string) => new Date(`2030-05-01T${text}Z`);
const after = (instant: Date, seconds: number) => new Date(instant.getTime() + seconds * 1000);
const [day, hour] = [86_400, 3600];

test.each([
  ['90 days from this second', at('10:20:31'), 90 * day, true],
  ['an hour from this second', at('10:20:31'), hour, true],
  ['90 days from half a minute ago', at('10:20:31'), 90 * day - 30, true],
  ['90 days from a minute ago', at('10:20:31'), 90 * day - 60, false],
  ['90 days and 5 minutes', at('10:20:31'), 90 * day + 300, false],
  ['a full minute, in whole hours', at('10:20:00'), 90 * day, false],
  ['the past', at('10:20:31'), -hour, false],
  ['now', at('10:20:31'), 0, false],
])('whole hours ahead: %s', (_name, now, seconds, expected) => {
  expect(isWholeHoursAhead(after(now, seconds), now)).toBe(expected);
});

const imported = at('10:20:31');
const fixed = new Date('2030-07-30T10:20:28Z');

test.each([
  ['7 seconds later', 7, 7, true],
  ['a day and 7 seconds later', day + 7, day + 7, true],
  ['with an approval of half an hour in between', day + 7, day + 7 + 1800, true],
  ['30 days later, by 31 days', 30 * day + 7, 31 * day + 7, false],
  ['by full minutes, as people write', day, day, false],
  ['to a full minute, as people write', 92, 92, false],
  ['a year more', 7, 365 * day + 7, false],
  ['earlier than before', 7, -day - 7, false],
])('moves with the clock: %s', (_name, passed, moved, expected) => {
  expect(movesWithTheClock(fixed, after(fixed, moved), imported, after(imported, passed))).toBe(
    expected,
  );
});
