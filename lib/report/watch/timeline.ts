/** Where things are on the axis of time: pure numbers, no drawing. */
import { scaleUtc } from 'd3-scale';
import { endOf } from './key-words';
import { compare, type KeyLine, type Overview, placeOf, reportedVerdicts } from './overview';

export interface Timeline {
  readonly ticks: readonly Tick[];
  readonly today: number;
  readonly barOf: (key: KeyLine) => Bar;
}

export interface Tick {
  readonly x: number;
  readonly text: string;
  /** So that the text does not leave the axis. */
  readonly anchor: 'start' | 'middle' | 'end';
}

/** Of the time in which there is material; positions lie within the width. */
export interface Bar {
  readonly from: number;
  readonly to: number;
  /** From where on it is renewed; undefined if it is not. */
  readonly window: number | undefined;
  /** It goes on behind the end of the axis. */
  readonly goesOn: boolean;
}

/** By place; in each, what has no material first, then what ends first. */
export function groupsOf({ keys }: Overview): [place: string, keys: readonly KeyLine[]][] {
  const groups = new Map<string, KeyLine[]>();
  for (const key of keys) {
    const place = placeOf(key);
    groups.set(place, [...(groups.get(place) ?? []), key]);
  }
  return [...groups]
    .sort(([a], [b]) => compare(a, b))
    .map(([place, all]) => [place, all.sort((a, b) => compare(orderOf(a), orderOf(b)))]);
}

/** Of keys that end at the same time, the order of the names stays. */
function orderOf(key: KeyLine): string {
  const { verdict, deletion_date: deletion } = key;
  if (verdict === 'missing' || verdict === 'unknown') {
    return String(reportedVerdicts.indexOf(verdict));
  }
  return deletion ?? endOf(key) ?? '9999';
}

const shortestMs = 30 * 86_400_000;

/**
 * An eighth of it is past. It ends where nine keys of ten have ended, so that one that is valid for
 * twenty years does not crush the others.
 */
export function timelineOf({ keys, now }: Overview, width: number): Timeline {
  const ends = keys
    .flatMap((key) => endOf(key) ?? [])
    .map((end) => Date.parse(end))
    .filter((end) => end > now.getTime())
    .sort((a, b) => a - b);
  const ninth = ends[Math.ceil(ends.length * 0.9) - 1] ?? 0;
  const aheadMs = Math.max(shortestMs, ninth - now.getTime());
  const [first, last] = [now.getTime() - aheadMs / 7, now.getTime() + aheadMs];
  const scale = scaleUtc()
    .domain([new Date(first), new Date(last)])
    .range([0, width])
    .clamp(true);
  const at = (time: string | number) => Math.round(scale(new Date(time)) * 10) / 10;
  const ticks = scale.ticks(6).map((tick): Tick => {
    const x = at(tick.getTime());
    const anchor = x < width * 0.04 ? 'start' : x > width * 0.96 ? 'end' : 'middle';
    return { x, text: tickText(tick), anchor };
  });
  return {
    ticks,
    today: at(now.getTime()),
    barOf: (key) => {
      // Material goes with its key.
      const end = key.deletion_date ?? endOf(key);
      return {
        from: key.imported_at === null ? 0 : at(key.imported_at),
        to: end === undefined ? width : at(end),
        window: key.renews_at === null ? undefined : at(key.renews_at),
        goesOn: end === undefined || Date.parse(end) > last,
      };
    },
  };
}

/** A month, or a day where days are told apart. */
function tickText(tick: Date): string {
  const text = tick.toISOString();
  return text.endsWith('-01T00:00:00.000Z') ? text.slice(0, 7) : text.slice(0, 10);
}
