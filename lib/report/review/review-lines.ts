/**
 * A review as plain lines: for a terminal, and for forges that show the output of a command as a
 * `diff`, whose first character colours a line. The meaning is also in a word.
 */

import { oneLine } from '../../printable';
import { effects, kindOf } from './effects';
import { headingOf, newsOfPolicy, policyHeadingOf, unplannedNote } from './heading';
import type { KeyReview } from './key-review';
import type { PolicyResult } from './policy-review';
import { type Review, worstOf } from './review';
import {
  detailsOf,
  type Line,
  outOfService,
  pinNote,
  rankOf,
  shortFingerprint,
  whatHappens,
} from './words';

/** By the outcome of the worst effect. */
const labels = {
  refused: ['-', 'REFUSED'],
  stops: ['-', 'STOPS'],
  outage: ['!', 'OUTAGE'],
  weakened: ['!', 'WEAKER'],
  filled: ['+', 'IMPORT'],
  changed: ['+', 'CHANGE'],
  left: [' ', 'LEFT'],
  declared: [' ', 'DECLARED'],
  drifted: [' ', 'FOUND'],
} as const;

export function toDiff(review: Review): string {
  const rows = review.keys.map((key) => {
    const [sign, label] = labelOf(key);
    return [`${sign} ${label}`, shownName(key), happens(key), pinOf(key)];
  });
  const found = policyLines(review, ({ level }) => (level === 'error' ? '- ' : '! '));
  return `${[...headOf(review), ...aligned(rows), ...found].join('\n')}\n`;
}

export function toText(review: Review): string {
  const rows = review.keys.map((key) => [
    labelOf(key)[1],
    shownName(key),
    happens(key),
    pinOf(key),
  ]);
  const details = review.keys.flatMap((key) => [
    '',
    shownName(key),
    ...detailsOf(key).map((line) => `  ${inText(line)}`),
  ]);
  const found = policyLines(review, () => '');
  return `${[...headOf(review), ...aligned(rows), ...found, ...details].join('\n')}\n`;
}

function headOf(review: Review): readonly string[] {
  const unplanned = unplannedNote(review);
  return [headingOf(review), ...(unplanned.length === 0 ? [] : [inText(unplanned)])];
}

function policyLines(review: Review, signOf: (result: PolicyResult) => string): readonly string[] {
  const heading = policyHeadingOf(review);
  const rows = newsOfPolicy(review).map((result) => [
    `${signOf(result)}${result.level.toUpperCase()}`,
    oneLine(result.key),
    result.rule,
    oneLine(result.message),
  ]);
  return heading === undefined ? [] : [`Policy: ${heading}`, ...aligned(rows)];
}

function labelOf(key: KeyReview): readonly [string, string] {
  return labels[kindOf(worstOf(key)).outcome];
}

function shownName({ name }: KeyReview): string {
  return oneLine(name);
}

function happens(key: KeyReview): string {
  const service = outOfService(key);
  const { expiration_before: before, expiration_after: after } = key;
  const moves =
    before !== null && after !== null && before !== after ? `, until ${before} -> ${after}` : '';
  const reason = key.effects.find(({ effect }) => effects[effect].rank === rankOf(key))?.reason;
  const why = rankOf(key) === 1 && reason != null ? ` (${oneLine(reason)})` : '';
  return `${whatHappens(key)}${why}${['no', '–'].includes(service) ? '' : `; ${service}`}${moves}`;
}

function pinOf(key: KeyReview): string {
  if (key.pin === null) {
    return '';
  }
  return key.pin === 'none' || key.fingerprint === null
    ? pinNote(key).toUpperCase()
    : `pinned ${shortFingerprint(key.fingerprint)}, ${pinNote(key)}`;
}

function inText(line: Line): string {
  return line
    .map((part) =>
      typeof part === 'string' ? part : oneLine('name' in part ? part.name : part.sentence),
    )
    .join('');
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = [0, 1, 2].map((column) =>
    Math.min(60, Math.max(0, ...rows.map((row) => (row[column] ?? '').length))),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
