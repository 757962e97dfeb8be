/** Where things are on the axis of time: pure numbers, no drawing. */
import { scaleUtc } from 'd3-scale';
import { endOf } from './key-words';
import type { KeyLine, Overview } from './overview';

export interface Timeline {
  readonly ticks: readonly { readonly x: number; readonly text: string }[];
  readonly today: number;
  readonly barOf: (key: KeyLine) => Bar;
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
  const ticks = scale.ticks(6).map((tick) => ({ x: at(tick.getTime()), text: tickText(tick) }));
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
