import type { Finding } from '../../../lib/report/material-finding';
import { type Reminded, readReminded, writtenReminded } from '../../../lib/report/watch/reminded';
import {
  linesOf,
  messageOf,
  type Reminder,
  remindersOf,
  thresholdsOf,
} from '../../../lib/report/watch/reminders';
import { dayMs, everyKindOfKey, hostileNames, liveResult, now, overviewAt } from './results';

const thresholds = thresholdsOf('1d,30d,14d,7d', (text) => `"${text}"`);
const on = (day: number) => new Date(now.getTime() + day * dayMs);
const inDays = (days: number) => `${on(days).toISOString().slice(0, 19)}Z`;

/** One key over some days, each with its own look: what is told on which. */
function toldOver(
  days: readonly (readonly [day: number, key: Partial<Finding>, lookedAt?: number])[],
) {
  let kept: Reminded = new Map();
  return days.flatMap(([day, key, lookedAt = day]) => {
    const overview = overviewAt(on(day), liveResult([key], on(lookedAt)));
    const { reminders, reminded } = remindersOf(overview, thresholds, kept);
    // As the file keeps it.
    kept = readReminded(writtenReminded(reminded), 'it');
    return reminders.map(({ kind, text }) => [day, kind, text]);
  });
}

const fixed = { expiration_time: inDays(40), renewal: 'fixed' } as const;
const expires = 'expires 2026-04-11, and nothing renews it';

test('each threshold is told once', () => {
  const days = [0, 9, 10, 11, 25, 26, 27, 33, 38, 39, 39.5];
  expect(toldOver(days.map((day) => [day, fixed] as const))).toEqual([
    [10, 'expires', expires],
    [26, 'expires', expires],
    [33, 'expires', expires],
    [39, 'expires', expires],
  ]);
});

test('of several that are crossed at once, only the nearest is told', () => {
  expect(
    toldOver([
      [34, fixed],
      [35, fixed],
    ]),
  ).toEqual([[34, 'expires', expires]]);
});

test('another expiry begins anew', () => {
  const later = { ...fixed, expiration_time: inDays(60) };
  expect(
    toldOver([
      [35, fixed],
      [35.1, later],
      [46, later],
    ]).map(([day]) => day),
  ).toEqual([35, 35.1, 46]);
});

test('what renews itself is told when it did not, for a day', () => {
  const rolling = { ...fixed, renewal: 'rolling', renews_at: inDays(30) } as const;
  const renewed = { ...rolling, expiration_time: inDays(130), renews_at: inDays(120) };
  expect(
    toldOver([
      [29, rolling],
      [30.9, rolling],
      [31.1, rolling],
      [32, rolling],
      [33, renewed],
      [34, renewed],
    ]),
  ).toEqual([
    [
      31.1,
      'overdue',
      'was to be renewed from 2026-04-01 on, and was not; deploy its stack before 2026-04-11',
    ],
    [33, 'recovered', 'is fine again'],
  ]);
});

test('what is missing is told at once, again every week, and once when it is over', () => {
  const missing = { verdict: 'missing' } as const;
  expect(
    toldOver([
      [0, missing],
      [1, missing],
      [6.9, missing],
      [7, missing],
      [8, {}],
      [9, {}],
      [10, missing],
    ]),
  ).toEqual([
    [0, 'missing', 'has no usable material'],
    [7, 'missing', 'has no usable material'],
    [8, 'recovered', 'is fine again'],
    [10, 'missing', 'has no usable material'],
  ]);
});

test('a deletion is told once for each day that it is set to', () => {
  const scheduled = (date: string) => ({ verdict: 'scheduled', deletion_date: date }) as const;
  expect(
    toldOver([
      [0, scheduled(inDays(7))],
      [1, scheduled(inDays(7))],
      [2, scheduled(inDays(9))],
      [3, {}],
    ]),
  ).toEqual([
    [0, 'scheduled', 'is deleted on 2026-03-09, unless that is cancelled'],
    [2, 'scheduled', 'is deleted on 2026-03-11, unless that is cancelled'],
  ]);
});

test('a source that nothing looks at is told, and its keys have neither recovered nor changed', () => {
  const missing = { verdict: 'missing' } as const;
  expect(
    toldOver([
      [0, missing],
      [3, missing, 0],
      [4, missing, 0],
      [5, missing, 5],
      [6, {}],
    ]),
  ).toEqual([
    [0, 'missing', 'has no usable material'],
    [3, 'outdated', 'was not looked at since 2026-03-02'],
    [5, 'recovered', 'is fine again'],
    [6, 'recovered', 'is fine again'],
  ]);
});

test('the same look tells nothing new', () => {
  const overview = overviewAt(now, liveResult(everyKindOfKey()));
  const first = remindersOf(overview, thresholds, new Map());
  expect(first.reminders.length).toBeGreaterThan(3);
  const second = remindersOf(overview, thresholds, first.reminded);
  expect(second).toEqual({ reminders: [], reminded: first.reminded });
});

describe('the message', () => {
  const reminder = (name: string): Reminder => ({
    kind: 'missing',
    key_id: name,
    name,
    place: name,
    text: 'has no usable material',
  });

  test('has a line for each, the worst first', () => {
    const { reminders } = remindersOf(
      overviewAt(now, liveResult(everyKindOfKey().slice(0, 5))),
      thresholds,
      new Map(),
    );
    expect(JSON.parse(messageOf(reminders)).text).toBe(
      [
        'Key material:',
        '`invoices` (`otc / eu-de / prod`) has no usable material',
        '`old` (`otc / eu-de / prod`) is deleted on 2026-03-09, unless that is cancelled',
        '`reports` (`otc / eu-de / prod`) expires 2026-03-13, and nothing renews it',
      ].join('\n'),
    );
    expect(linesOf(reminders).split('\n')).toHaveLength(4);
  });

  test.each([...hostileNames, '<!channel> <https://example.com|x> @all'])(
    'keeps a name within its marks (%#)',
    (name) => {
      const { text, reminders } = JSON.parse(messageOf([reminder(name)]));
      expect(text).toMatch(/^Key material:\n`[^`\n<>]*` \(`[^`\n<>]*`\) has no usable material$/);
      expect(Array.from(String(text)).length).toBeLessThan(2100);
      expect(JSON.stringify(reminders)).not.toMatch(/[\p{Cf}\p{Cs}\p{Cc}]/u);
      expect(linesOf([reminder(name)])).toMatch(/^[^\n]+\n$/);
    },
  );
});

test.each([
  ['nothing', ''],
  ['what is cut off', '{"schema":"byok-reminded/1","told":{'],
  ['another JSON', '{}'],
  ['another version', '{"schema":"byok-reminded/2","told":{}}'],
  [
    'a time that is none',
    '{"schema":"byok-reminded/1","told":{"a":{"told":"1d","expiration":null,"at":"x"}}}',
  ],
])('a memory of %s is refused, or all would be told again', (_name, content) => {
  expect(() => readReminded(content, '--reminded "a"')).toThrow(
    '--reminded "a" is not what this byok wrote there; give another path, or remove it',
  );
});

test('a list with something else than durations is refused', () => {
  expect(() => thresholdsOf('30d,soon', (text) => `"${text}"`)).toThrow(
    '--remind is "soon"; allowed is a whole number above 0 and a unit',
  );
});
