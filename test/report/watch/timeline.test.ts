/** Where things are on the timeline: rows and positions, before anything is drawn. */
import { nameOf, type Overview } from '../../../lib/report/watch/overview';
import { groupsOf, timelineOf } from '../../../lib/report/watch/timeline';
import { everyKindOfKey, liveResult, now, overviewAt } from './results';

const [payments, invoices, reports, cards, old] = everyKindOfKey();

test('the timeline shows first what has no material, then what ends first', () => {
  const keys = [cards, payments, invoices, old, reports].map((key) => ({ ...key }));
  const [[place, sorted] = ['', []]] = groupsOf(overviewAt(now, liveResult(keys)));
  expect(place).toBe('otc / eu-de / prod');
  expect(sorted.map(nameOf)).toEqual(['invoices', 'old', 'reports', 'payments', 'cards']);
});

describe('the axis', () => {
  const until = (...times: string[]): Overview =>
    overviewAt(
      now,
      liveResult(times.map((expiration_time, at) => ({ key_id: `${at}`, expiration_time }))),
    );
  const bars = (overview: Overview) => {
    const { barOf } = timelineOf(overview, 800);
    return overview.keys.map(barOf);
  };

  test('has an eighth of it in the past', () => {
    expect(timelineOf(until('2027-01-01T00:00:00Z'), 800).today).toBe(100);
    expect(timelineOf(until(), 800).today).toBe(100);
  });

  test('is not stretched by one key that is valid for twenty years', () => {
    const near = Array.from({ length: 9 }, () => '2026-06-30T00:00:00Z');
    const [first, ...others] = bars(until(...near, '2046-01-01T00:00:00Z'));
    expect(first).toMatchObject({ to: 800, goesOn: false });
    expect(others.at(-1)).toMatchObject({ to: 800, goesOn: true });
  });

  test('begins a bar at the import, if that is known, and marks its window', () => {
    const [bar] = bars(
      overviewAt(now, liveResult([{ ...payments, imported_at: '2026-02-25T00:00:00Z' }])),
    );
    expect(bar?.from).toBeGreaterThan(50);
    expect(bar?.window).toBeLessThan(800);
    expect(bars(overviewAt(now, liveResult([{ ...cards }])))).toEqual([
      { from: 0, to: 800, window: undefined, goesOn: true },
    ]);
  });

  test('has its ticks in UTC, as months where those are far enough apart', () => {
    const { ticks } = timelineOf(until('2026-09-30T00:00:00Z'), 800);
    expect(ticks.map(({ text }) => text)).toEqual(
      ['02', '03', '04', '05', '06', '07', '08', '09'].map((month) => `2026-${month}`),
    );
  });
});
