/**
 * An overview as a calendar to subscribe to. Of each key: when its material ends, from which day on
 * to act, and when the key itself is deleted.
 */
import ical, {
  ICalAlarmType,
  type ICalCalendar,
  ICalCalendarMethod,
  type ICalEventData,
  ICalEventTransparency,
} from 'ical-generator';
import { parseDuration } from '../../terms/duration';
import { defaultWarnBefore, type MaterialStatus } from '../../terms/material';
import { sentence, shortText } from './foreign-text';
import { type KeyLine, type Overview, placeOf } from './overview';

/** A feed is as secret as its address: `alias` tells no more than it must. */
export const calendarDetails = ['alias', 'full'] as const;

export interface CalendarOptions {
  readonly name: string;
  readonly detail: (typeof calendarDetails)[number];
}

/** How often programs should fetch it; most follow their own mind. */
const refreshSeconds = 12 * 3600;

/** For programs that heed alarms of others' calendars. The day to act is an event for all others. */
const alarmSeconds = 7 * 86_400;

const actBeforeMs = parseDuration(defaultWarnBefore, 'warn_before');

/** Its end is an event only while there is material, or if the end was its end. */
const withEnd: readonly (MaterialStatus | null)[] = [
  'present',
  'expiring',
  'expired_not_purged',
  'purged_after_expiry',
  'key_disabled',
];

/** A key with an id, from which the ids of its events come: they survive another alias. */
type MadeKey = KeyLine & { readonly key_id: string };

export function calendarOf(overview: Overview, { name, detail }: CalendarOptions): string {
  const calendar = ical({
    name: shortText(name),
    method: ICalCalendarMethod.PUBLISH,
    prodId: '//cdktf-byok//byok report//EN',
    ttl: refreshSeconds,
  });
  addStale(calendar, overview);
  for (const key of overview.keys.filter((one): one is MadeKey => one.key_id !== null)) {
    addEvents(calendar, key, detail);
  }
  return `${alarmsLast(calendar.toString())}\r\n`;
}

function addEvents(calendar: ICalCalendar, key: MadeKey, detail: CalendarOptions['detail']): void {
  const alias = shortText(key.alias ?? `key ${key.key_id}`);
  const event = (kind: string, start: Date, data: Partial<ICalEventData>) =>
    calendar.createEvent({
      id: `${kind}-${shortText(key.key_id)}@byok`,
      stamp: new Date(key.asOf),
      ...modifiedAt(new Date(key.imported_at ?? key.asOf)),
      start,
      transparency: ICalEventTransparency.TRANSPARENT,
      ...data,
    });
  const described = (text: string) =>
    detail === 'alias' ? text : `${text}\n${detailsOf(key).map(sentence).join('\n')}`;

  const end = instantOf(key.expiration_time);
  if (end !== undefined && withEnd.includes(key.material_status)) {
    const summary = `${alias}: key material expires`;
    event('expires', end, {
      summary,
      description: described(
        'The KMS deletes the material. What the key encrypted cannot be read until the very same material is imported again.',
      ),
      categories: [{ name: 'KEY EXPIRY' }],
    }).createAlarm({ type: ICalAlarmType.display, description: summary, trigger: alarmSeconds });
    const renewal = instantOf(key.renews_at);
    event('renew', renewal ?? new Date(end.getTime() - actBeforeMs), {
      allDay: true,
      summary:
        renewal === undefined
          ? `${alias}: move the expiry of the key material`
          : `${alias}: renew key material from today on`,
      description: described(
        `Expires ${minuteOf(end)}. ${renewal === undefined ? 'Declare a later expiry, and deploy' : 'Deploy its stack'} with the material given; expect a short outage.`,
      ),
    });
  }

  const deletion = instantOf(key.deletion_date);
  if (deletion !== undefined) {
    event('deleted', deletion, {
      summary: `${alias}: the KMS deletes the key`,
      description: described(
        'What the key encrypted is lost with it. Until then the deletion can be cancelled.',
      ),
      categories: [{ name: 'KEY DELETION' }],
      // It can be cancelled and scheduled anew without an import.
      ...modifiedAt(new Date(key.asOf)),
    }).createAlarm({ type: ICalAlarmType.display, trigger: alarmSeconds });
  }
}

const epoch = Date.UTC(2020, 0, 1);

/**
 * Some programs keep the old date of an event unless its number rises. An expiry changes only with
 * an import, so the minute of the import is the number: it rises without a memory.
 */
function modifiedAt(instant: Date): Pick<ICalEventData, 'lastModified' | 'sequence'> {
  const minutes = Math.floor((instant.getTime() - epoch) / 60_000);
  return { lastModified: instant, sequence: Math.max(0, minutes) };
}

/** Today, so that a calendar whose watcher died does not just look quiet. */
function addStale(calendar: ICalCalendar, { sources, now }: Overview): void {
  const [oldest] = sources
    .filter(({ outdated }) => outdated)
    .map(({ asOf }) => asOf)
    .sort();
  if (oldest !== undefined) {
    calendar.createEvent({
      id: 'outdated@byok',
      stamp: now,
      ...modifiedAt(now),
      start: now,
      allDay: true,
      summary: `Key material: not looked at since ${oldest.slice(0, 10)}`,
      description: 'The dates in this calendar may be wrong. Run "byok check" again.',
      transparency: ICalEventTransparency.TRANSPARENT,
    });
  }
}

function detailsOf(key: MadeKey): string[] {
  return [
    `Place: ${placeOf(key)}`,
    `Key: ${key.key_id}`,
    ...(key.address === null ? [] : [`Address: ${key.address}`]),
    ...(key.reason === null ? [] : [`Last check, ${key.asOf}: ${key.reason}`]),
  ];
}

function instantOf(time: string | null): Date | undefined {
  return time === null || time === 'never' ? undefined : new Date(time);
}

function minuteOf(instant: Date): string {
  return `${instant.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** The grammar of RFC 5545 wants them behind the properties of the event. */
function alarmsLast(text: string): string {
  return text.replace(/(^BEGIN:VALARM\r\n.*?^END:VALARM\r\n)(.*?)(?=^END:VEVENT\r\n)/gms, '$2$1');
}
