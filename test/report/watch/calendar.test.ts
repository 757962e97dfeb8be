/** The calendar, as ical.js understands it, and the few rules that programs of calendars insist on. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type Ical from 'ical.js' with { 'resolution-mode': 'import' };
import type { Finding } from '../../../lib/report/material-finding';
import { calendarOf } from '../../../lib/report/watch/calendar';
import { dayMs, everyKindOfKey, hostileNames, liveResult, now, overviewAt } from './results';

// Its types are those of its ES module, and Jest loads the other one.
const ICAL = require('ical.js') as typeof Ical;

type Event = InstanceType<typeof ICAL.Event>;

const style = { name: 'Key material', detail: 'alias' } as const;
const id = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';

function feedOf(findings: readonly Partial<Finding>[], more: object = {}, at = now): string {
  return calendarOf(overviewAt(at, liveResult(findings)), { ...style, ...more });
}

/** Its events by their ids. */
function eventsOf(feed: string): ReadonlyMap<string, Event> {
  const component = new ICAL.Component(ICAL.parse(feed));
  const events = component.getAllSubcomponents('vevent').map((one) => new ICAL.Event(one));
  expect(new Set(events.map(({ uid }) => uid)).size).toBe(events.length);
  return new Map(events.map((event) => [event.uid, event]));
}

const [payments, invoices, reports, cards, old, planned] = everyKindOfKey();
const property = (event: Event | undefined, name: string) =>
  String(event?.component.getFirstPropertyValue(name));

test('a rolling key has its end, and the day from which a deployment renews it', () => {
  const events = eventsOf(feedOf([{ ...payments }]));
  expect([...events.keys()].sort()).toEqual([`expires-${id}@byok`, `renew-${id}@byok`]);
  const [end, renewal] = [events.get(`expires-${id}@byok`), events.get(`renew-${id}@byok`)];
  expect(end?.summary).toBe('payments: key material expires');
  expect(end?.startDate.toString()).toBe('2026-06-30T00:00:00Z');
  expect(end?.endDate.toString()).toBe('2026-06-30T00:00:00Z');
  const alarm = end?.component.getFirstSubcomponent('valarm');
  expect(String(alarm?.getFirstPropertyValue('trigger'))).toBe('-P7D');
  expect(renewal?.summary).toBe('payments: renew key material from today on');
  expect([renewal?.startDate.isDate, renewal?.startDate.toString()]).toEqual([true, '2026-06-16']);
  expect(renewal?.description).toMatch(/^Expires 2026-06-30 00:00 UTC\. Deploy its stack /);
  for (const event of [end, renewal]) {
    expect(property(event, 'transp')).toBe('TRANSPARENT');
    expect(property(event, 'dtstamp')).toBe('2026-03-02T06:00:00Z');
  }
});

test('a key that nothing renews has a day to act, two weeks before', () => {
  const events = eventsOf(feedOf([{ ...reports }]));
  const [act] = [...events.values()].filter(({ uid }) => uid.startsWith('renew-'));
  expect(act?.summary).toBe('reports: move the expiry of the key material');
  expect(act?.startDate.toString()).toBe('2026-02-27');
});

test('a key that is to be deleted has that day', () => {
  const [event, ...others] = [...eventsOf(feedOf([{ ...old }])).values()];
  expect(others).toEqual([]);
  expect([event?.summary, event?.startDate.toString()]).toEqual([
    'old: the KMS deletes the key',
    '2026-03-09T00:00:00Z',
  ]);
});

test.each([
  ['never expires', cards],
  ['holds no material', { ...invoices, expiration_time: '2027-01-01T00:00:00Z' }],
  ['is not made yet', { ...planned, expiration_time: '2027-01-01T00:00:00Z' }],
])('a key that %s has no event', (_name, key) => {
  expect([...eventsOf(feedOf([{ ...key }])).keys()]).toEqual([]);
});

test('the number of an event rises with the import, or with the look if that is not known', () => {
  const sequence = (key: Partial<Finding>, at = now) => {
    const [event] = [...eventsOf(feedOf([key], {}, at)).values()];
    return [event?.sequence, property(event, 'last-modified')];
  };
  expect(sequence({ ...payments, imported_at: null })).toEqual([3_243_240, '2026-03-02T06:00:00Z']);
  expect(sequence({ ...payments })).toEqual([3_156_480, '2026-01-01T00:00:00Z']);
  const renewed = { ...payments, imported_at: '2026-06-16T07:00:30Z' };
  expect(sequence(renewed)).toEqual([3_395_940, '2026-06-16T07:00:30Z']);
  expect(sequence({ ...payments, imported_at: '2019-01-01T00:00:00Z' })[0]).toBe(0);
});

test('the ids survive another alias', () => {
  const ids = (alias: string) => [...eventsOf(feedOf([{ ...payments, alias }])).keys()];
  expect(ids('other')).toEqual(ids('payments'));
});

test('tells no more than names and dates, unless all is asked for', () => {
  const key = { ...payments, reason: 'why it is so' };
  const withId = (text: string) => text.replaceAll(`-${id}@byok`, '');
  expect(withId(feedOf([key]))).not.toMatch(/otc|eu-de|prod\b|byok_key_material|0d0466b0|why/);
  const [full] = [...eventsOf(feedOf([key], { detail: 'full' })).values()];
  expect(full?.description.split('\n').slice(1)).toEqual([
    'Place: otc / eu-de / prod',
    `Key: ${id}`,
    'Address: byok_key_material.payments',
    'Last check, 2026-03-02T06:00:00Z: why it is so',
  ]);
});

test('says so when nothing looked for too long', () => {
  const later = new Date(now.getTime() + 3 * dayMs);
  const overview = overviewAt(later, liveResult([{ ...payments }]));
  const stale = eventsOf(calendarOf(overview, style)).get('outdated@byok');
  expect([stale?.summary, stale?.startDate.toString()]).toEqual([
    'Key material: not looked at since 2026-03-02',
    '2026-03-05',
  ]);
});

test('names that others wrote stay in their values', () => {
  const events = eventsOf(feedOf(everyKindOfKey(), { detail: 'full', name: hostileNames[4] }));
  expect(events.size).toBe(5 + 2 * hostileNames.length);
  const summaries = [...events.values()].map(({ summary }) => summary);
  expect(summaries).toContain('END:VEVENT\\r\\nBEGIN:VALARM;,:: key material expires');
  for (const event of events.values()) {
    expect(event.component.getAllSubcomponents().length).toBeLessThan(2);
    expect(`${event.summary}${event.description}`).not.toMatch(/[\p{Cf}\p{Cs}]|[^\P{Cc}\n]/u);
  }
});

test('lines have 75 octets at most and end with CR LF, alarms stand behind all properties', () => {
  const feed = feedOf([
    ...everyKindOfKey(),
    { ...payments, alias: 'Schlüsselmaterial für Größe '.repeat(4) },
  ]);
  expect(feed.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  expect(feed.endsWith('\r\nEND:VCALENDAR\r\n')).toBe(true);
  const lines = feed.split('\r\n');
  expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThan(76);
  // No character is broken over two lines.
  expect(feed).not.toContain('\ufffd');
  const inside = feed.replaceAll(/BEGIN:VALARM\r\n.*?END:VALARM\r\n(?=END:VEVENT)/gs, '');
  expect(inside).not.toContain('\nBEGIN:VALARM');
});

test('the same keys give the same bytes, in every time zone', () => {
  const findings = everyKindOfKey();
  expect(feedOf([...findings].reverse())).toBe(feedOf(findings));
  const root = join(__dirname, '..', '..', '..');
  const script = `
    const { calendarOf } = require('./lib/report/watch/calendar');
    const results = require('./test/report/watch/results');
    const overview = results.overviewAt(results.now, results.liveResult(results.everyKindOfKey()));
    process.stdout.write(calendarOf(overview, ${JSON.stringify(style)}));`;
  const { stdout } = spawnSync('node', ['--require', 'tsx/cjs', '-e', script], {
    cwd: root,
    env: { ...process.env, TZ: 'America/New_York' },
    encoding: 'utf8',
  });
  expect(stdout).toBe(feedOf(findings));
});
