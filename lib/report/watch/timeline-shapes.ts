/**
 * What a bar looks like. The drawing needs no colour: stripes where material is renewed, crosses
 * where there is none, dashes where it is not known, and words beside each.
 */
import type { KeyLine } from './overview';
import type { Timeline } from './timeline';

/** How positions on the axis are written: pixels of a drawing, or percents of a part of a page. */
export interface Frame {
  readonly x: (position: number) => string;
  readonly length: (length: number) => string;
  /** Where a bar begins from above. It is 10 high, the mark of its end 16. */
  readonly top: number;
}

export const percents: Frame = {
  x: (position) => `${position}%`,
  length: (length) => `${rounded(Math.max(0.3, length))}%`,
  top: 3,
};

export function pixels(left: number, top: number): Frame {
  return {
    x: (position) => String(rounded(left + position)),
    length: (length) => String(rounded(Math.max(2, length))),
    top,
  };
}

export function shapesOf(key: KeyLine, { today, barOf }: Timeline, frame: Frame): string {
  if (key.verdict === 'missing') {
    return crosses(frame, today);
  }
  const { from, to, window, goesOn } = barOf(key);
  return [
    bar(frame, from, to, key.verdict),
    window !== undefined && window < to ? stripes(frame, Math.max(from, window), to) : '',
    goesOn ? arrow(frame, to) : end(frame, to),
  ].join('');
}

/** Each with its meaning, as wide as `legendWidth`. */
export function legendOf(left: number, top: number): [shape: string, meaning: string][] {
  const frame = pixels(left, top);
  const plain = bar(frame, 0, 28, 'fine');
  return [
    [`${plain}${end(frame, 28)}`, 'material, until it ends'],
    [`${bar(frame, 0, 20, 'fine')}${arrow(frame, 20)}`, 'goes on'],
    [`${plain}${stripes(frame, 10, 28)}${end(frame, 28)}`, 'a deployment renews it'],
    [crosses(frame, -6), 'no material'],
    [bar(frame, 0, 28, 'unknown'), 'not looked at for too long'],
  ];
}

export const legendWidth = 34;

/** Ticks behind the bars, and today. @param bottom where they end */
export function axisOf({ ticks, today }: Timeline, frame: Frame, bottom: string): string {
  const { x, top } = frame;
  const marks = ticks.map(({ x: at, text, anchor }, index) => {
    const other = index % 2 === 1 ? ' class="other"' : '';
    return `<line x1="${x(at)}" x2="${x(at)}" y1="${top + 18}" y2="${bottom}" class="tick"/><text x="${x(at)}" y="${top}" text-anchor="${anchor}"${other}>${text}</text>`;
  });
  return [
    ...marks,
    `<line x1="${x(today)}" x2="${x(today)}" y1="${top + 6}" y2="${bottom}" class="tick today"/>`,
    `<text x="${x(today)}" dx="5" y="${top + 15}" class="today">today</text>`,
  ].join('');
}

function bar({ x, length, top }: Frame, from: number, to: number, verdict: string): string {
  return `<rect x="${x(from)}" y="${top}" width="${length(to - from)}" height="10" class="bar ${verdict}"/>`;
}

function stripes({ x, top }: Frame, from: number, to: number): string {
  return `<line x1="${x(from)}" x2="${x(to)}" y1="${top + 5}" y2="${top + 5}" class="window"/>`;
}

function end({ x, top }: Frame, at: number): string {
  return `<line x1="${x(at)}" x2="${x(at)}" y1="${top - 3}" y2="${top + 13}" class="end"/>`;
}

function arrow({ x, top }: Frame, at: number): string {
  return `<svg x="${x(at)}" y="${top - 2}"><path d="M0 0l10 7l-10 7z" class="arrow"/></svg>`;
}

function crosses({ x, top }: Frame, at: number): string {
  const each = [6, 18, 30].map((left) => `M${left} 1l8 8m0-8l-8 8`);
  return `<svg x="${x(at)}" y="${top}" class="missing"><path d="${each.join('')}" class="cross"/></svg>`;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
