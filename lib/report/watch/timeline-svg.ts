/**
 * The timeline as a drawing that needs no colour: bars, hatching where material is renewed, crosses
 * where there is none, and words beside each.
 */
import { dayOf, fateOf, namesOf } from './key-words';
import { markup, markupOfSentence } from './markup';
import { compare, countsOf, type KeyLine, nameOf, type Overview, placeOf } from './overview';
import { drawingStyle } from './style';
import { type Timeline, timelineOf } from './timeline';

const rowHeight = 22;
const labelWidth = 210;
const chartWidth = 480;
const width = 960;
const axisHeight = 24;

/** Names that are longer would run into the bars. */
const labelLength = 28;

/** By place, in the order of the keys. */
export function groupsOf({ keys }: Overview): [place: string, keys: readonly KeyLine[]][] {
  const groups = new Map<string, KeyLine[]>();
  for (const key of keys) {
    groups.set(placeOf(key), [...(groups.get(placeOf(key)) ?? []), key]);
  }
  return [...groups].sort(([a], [b]) => compare(a, b));
}

/** A file of its own, with all groups. */
export function timelineSvgOf(overview: Overview): string {
  const rows = groupsOf(overview).flatMap(([place, keys]): Row[] => [{ heading: place }, ...keys]);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${drawing(rows, overview, {
    id: 'timeline',
    style: `<style>${drawingStyle}</style>`,
  })}\n`;
}

/** Part of a page, which has the style. */
export function groupSvg(keys: readonly KeyLine[], overview: Overview, id: string): string {
  return drawing(keys, overview, { id, style: '' });
}

type Row = KeyLine | { readonly heading: string };

function drawing(
  rows: readonly Row[],
  overview: Overview,
  { id, style }: { readonly id: string; readonly style: string },
): string {
  const timeline = timelineOf(overview, chartWidth);
  const height = axisHeight + Math.max(1, rows.length) * rowHeight + 6;
  const keys = rows.filter((row): row is KeyLine => !('heading' in row));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc" class="timeline">`,
    `<title id="${id}-title">Timeline of the material of ${keys.length} ${keys.length === 1 ? 'key' : 'keys'}</title>`,
    `<desc id="${id}-desc">${describe({ ...overview, keys })}</desc>`,
    style,
    `<defs><pattern id="${id}-hatch" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M0 6L6 0" class="hatch"/></pattern></defs>`,
    axis(timeline, height),
    ...rows.map((row, index) => {
      const y = axisHeight + index * rowHeight;
      return 'heading' in row ? heading(row.heading, y) : rowOf(row, y, timeline, id);
    }),
    '</svg>',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** The same in words, as far as a sentence goes; the page has a table of all. */
function describe(overview: Overview): string {
  const verdicts = countsOf(overview)
    .filter(([verdict]) => verdict !== 'fine')
    .map(
      ([verdict]) =>
        `${verdict}: ${namesOf(overview.keys.filter((key) => key.verdict === verdict))}`,
    );
  const today = dayOf(overview.now.toISOString());
  return markupOfSentence(
    `A bar for each key, from the import of its material to its end; today is ${today}. ${
      verdicts.length === 0 ? 'All are fine' : verdicts.join('; ')
    }.`,
  );
}

function axis({ ticks, today }: Timeline, height: number): string {
  const marks = ticks.map(
    ({ x, text }) =>
      `<path d="M${labelWidth + x} ${axisHeight - 6}V${height}" class="tick"/><text x="${labelWidth + x}" y="12" text-anchor="middle" class="small">${text}</text>`,
  );
  const x = labelWidth + today;
  return `${marks.join('')}<path d="M${x} ${axisHeight - 8}V${height}" class="today"/><text x="${x + 3}" y="${axisHeight - 1}" class="small">today</text>`;
}

function heading(text: string, y: number): string {
  return `<text x="0" y="${y + 16}" class="heading">${markup(text)}</text>`;
}

function rowOf(key: KeyLine, y: number, timeline: Timeline, id: string): string {
  return [
    `<text x="0" y="${y + 15}">${markup(nameOf(key), labelLength)}</text>`,
    shapeOf(key, y, timeline, id),
    `<text x="${labelWidth + chartWidth + 16}" y="${y + 15}">${markup(fateOf(key))}</text>`,
  ].join('');
}

function shapeOf(key: KeyLine, y: number, { today, barOf }: Timeline, id: string): string {
  const top = y + 5;
  const x = (position: number) => labelWidth + position;
  if (key.verdict === 'missing') {
    const crosses = [0, 14, 28].map((step) => `M${x(today + 6 + step)} ${top}l10 10m0-10l-10 10`);
    return `<path d="${crosses.join('')}" class="cross"/>`;
  }
  const { from, to, window, goesOn } = barOf(key);
  const length = Math.max(2, to - from);
  const parts = [
    `<path d="M${x(from)} ${top}h${length}v10h-${length}z" class="${key.verdict === 'unknown' ? 'unknown' : 'bar'}"/>`,
  ];
  if (window !== undefined && window < to) {
    const rest = to - Math.max(from, window);
    parts.push(
      `<path d="M${x(Math.max(from, window))} ${top}h${rest}v10h-${rest}z" fill="url(#${id}-hatch)"/>`,
    );
  }
  parts.push(
    goesOn
      ? `<path d="M${x(to)} ${top - 2}l10 7l-10 7z" class="arrow"/>`
      : `<path d="M${x(to)} ${top - 3}v16" class="end"/>`,
  );
  return parts.join('');
}
