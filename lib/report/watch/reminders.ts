/**
 * Which keys to remind of, given what was told before. Pure. Each threshold is told once, the
 * nearest only; another expiry begins anew; what renews itself is told only when it did not.
 */
import { parseDuration } from '../../terms/duration';
import { shortText } from './foreign-text';
import { dayOf, endOf } from './key-words';
import { compare, type KeyLine, nameOf, type Overview, placeOf } from './overview';
import { type Reminded, type Told, toldAt } from './reminded';

/** With the names that --json prints and a webhook gets. */
export interface Reminder {
  readonly kind: 'missing' | 'overdue' | 'scheduled' | 'expires' | 'outdated' | 'recovered';
  readonly key_id: string | null;
  /** Of a source that nothing looked at, its name. */
  readonly name: string;
  readonly place: string | null;
  /** A sentence without its subject. */
  readonly text: string;
}

/** A duration before the expiry. */
export interface Threshold {
  readonly text: string;
  readonly ms: number;
}

/** @throws ByokError ERR_ARGUMENT when one is no duration */
export function thresholdsOf(list: string, shown: (text: string) => string): Threshold[] {
  return list
    .split(',')
    .map((text) => ({ text, ms: parseDuration(text, 'remind', '--remind', shown(text)) }))
    .sort((a, b) => a.ms - b.ms);
}

const dayMs = parseDuration('1d', 'day');
const weekMs = parseDuration('7d', 'week');

/** What is to be said now, whether it was said or not. */
interface Situation {
  readonly kind: Exclude<Reminder['kind'], 'recovered'>;
  readonly told: string;
  readonly expiration: string | null;
  readonly text: string;
}

export function remindersOf(
  overview: Overview,
  thresholds: readonly Threshold[],
  before: Reminded,
): { readonly reminders: readonly Reminder[]; readonly reminded: Reminded } {
  const reminders: Reminder[] = [];
  const reminded = new Map<string, Told>();
  const { now } = overview;
  const consider = (
    id: string,
    found: Situation | undefined,
    about: Omit<Reminder, 'kind' | 'text'>,
  ) => {
    const last = before.get(id);
    if (found === undefined) {
      if (last !== undefined && lasting.includes(last.told)) {
        reminders.push({ kind: 'recovered', ...about, text: 'is fine again' });
      }
    } else if (last === undefined || isNew(found, last, now)) {
      reminders.push({ kind: found.kind, ...about, text: found.text });
      reminded.set(id, toldAt(now, found.told, found.expiration));
    } else {
      reminded.set(id, last);
    }
  };
  for (const { source, outdated, asOf } of overview.sources) {
    const stale: Situation = {
      kind: 'outdated',
      told: 'outdated',
      expiration: null,
      text: `was not looked at since ${dayOf(asOf)}`,
    };
    const about = { key_id: null, name: source, place: null };
    consider(`source ${source}`, outdated ? stale : undefined, about);
  }
  for (const key of overview.keys) {
    const id = `key ${key.key_id ?? JSON.stringify([key.sources, key.address])}`;
    const last = before.get(id);
    if (key.verdict === 'unknown') {
      // Its source is told of, and nothing is known to have changed.
      if (last !== undefined) {
        reminded.set(id, last);
      }
    } else {
      const about = { key_id: key.key_id, name: nameOf(key), place: placeOf(key) };
      consider(id, situationOf(key, thresholds, now), about);
    }
  }
  return { reminders, reminded };
}

/** Told again every week, and told when it is over. */
const lasting: readonly string[] = ['missing', 'overdue', 'outdated'];

function isNew(found: Situation, last: Told, now: Date): boolean {
  if (lasting.includes(found.told)) {
    return found.told !== last.told || now.getTime() - Date.parse(last.at) >= weekMs;
  }
  return (
    found.expiration !== last.expiration ||
    (found.told !== last.told && !(msOf(last.told) <= msOf(found.told)))
  );
}

/** Of a threshold that is in no list any more, too; NaN for a word. */
function msOf(told: string): number {
  return /^\d+[smhd]$/.test(told) ? parseDuration(told, 'told') : Number.NaN;
}

function situationOf(
  key: KeyLine,
  thresholds: readonly Threshold[],
  now: Date,
): Situation | undefined {
  const end = endOf(key);
  if (key.verdict === 'missing') {
    return { kind: 'missing', told: 'missing', expiration: null, text: 'has no usable material' };
  }
  if (key.deletion_date !== null) {
    const text = `is deleted on ${dayOf(key.deletion_date)}, unless that is cancelled`;
    return { kind: 'scheduled', told: 'scheduled', expiration: key.deletion_date, text };
  }
  if (key.renews_at !== null) {
    const text = `was to be renewed from ${dayOf(key.renews_at)} on, and was not; deploy its stack${end === undefined ? '' : ` before ${dayOf(end)}`}`;
    return now.getTime() - Date.parse(key.renews_at) > dayMs
      ? { kind: 'overdue', told: 'overdue', expiration: null, text }
      : undefined;
  }
  if (end === undefined) {
    return undefined;
  }
  const nearest = thresholds.find(({ ms }) => Date.parse(end) - now.getTime() <= ms);
  const text = `expires ${dayOf(end)}, and nothing renews it`;
  return nearest && { kind: 'expires', told: nearest.text, expiration: end, text };
}

/** One message for all of them, as Slack, Mattermost and their like read it. */
export function messageOf(reminders: readonly Reminder[]): string {
  return `${JSON.stringify({ text: textOf(reminders), reminders: reminders.map(safe) })}\n`;
}

/** A line each, for a person; names are as harmless as a terminal needs them. */
export function linesOf(reminders: readonly Reminder[]): string {
  return [...reminders]
    .sort(byUrgency)
    .map(({ name, place, text }) => {
      const where = place === null ? '' : ` (${shortText(place)})`;
      return `${shortText(name)}${where} ${text}\n`;
    })
    .join('');
}

function textOf(reminders: readonly Reminder[]): string {
  const lines = [...reminders].sort(byUrgency).map(({ name, place, text }) => {
    const where = place === null ? '' : ` (${code(place)})`;
    return `${code(name)}${where} ${text}`;
  });
  return ['Key material:', ...lines].join('\n');
}

const urgency: readonly Reminder['kind'][] = [
  'missing',
  'scheduled',
  'overdue',
  'expires',
  'outdated',
  'recovered',
];

export function byUrgency(a: Reminder, b: Reminder): number {
  return (
    urgency.indexOf(a.kind) - urgency.indexOf(b.kind) ||
    compare(a.text, b.text) ||
    compare(a.name, b.name)
  );
}

function safe({ name, place, key_id: keyId, ...others }: Reminder): Reminder {
  const shorten = (text: string | null) => text && shortText(text);
  return { ...others, key_id: shorten(keyId), name: shortText(name), place: shorten(place) };
}

/** A code span, in which no link, mention or format begins. The signs of Slack's own are escaped. */
function code(text: string): string {
  const escaped = shortText(text)
    .replaceAll('`', "'")
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
  return `\`${escaped}\``;
}
