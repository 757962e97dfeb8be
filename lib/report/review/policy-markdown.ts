/** What a policy found, as blocks of the comment of a pull request. */
import { counted, policyHeadingOf } from './heading';
import { code, prose, rowOfCells, table } from './markdown';
import type { PolicyResult } from './policy-review';
import type { Review } from './review';

/** What has a row: errors go last when the comment would be too long. */
export type PolicyRows = 'all' | 'errors' | 'none';

export type PolicyRow = (result: PolicyResult) => string;

const columns = ['rule', 'key', 'says'];

export function policyRowOf(withStack: boolean): PolicyRow {
  return ({ rule, level, key, stack, message }) =>
    rowOfCells([
      `${level === 'error' ? '**error**' : level} ${code(rule, { inTable: true })}`,
      code(key, { inTable: true }),
      prose(message, { inTable: true }),
      ...(withStack ? [code(stack, { inTable: true })] : []),
    ]);
}

/** @param told what reviewers should see, of which the rows are some */
export function policyBlocks(
  review: Review,
  told: readonly PolicyResult[],
  rows: PolicyRows,
  row: PolicyRow,
): readonly string[] {
  const heading = policyHeadingOf(review);
  if (heading === undefined) {
    return [];
  }
  const shown = told.filter(
    ({ level }) => rows === 'all' || (rows === 'errors' && level === 'error'),
  );
  const old = review.policy.length - told.length;
  const unjudged = review.stacks.filter(({ judged }) => judged === null);
  return [
    `**Policy:** ${heading}`,
    ...(shown.length === 0 ? [] : [table(columns, review.stacks.length > 1, shown.map(row))]),
    ...(shown.length === told.length
      ? []
      : [
          `${leftOut(told, shown)} left out, for want of room; the JSON of this review has them all.`,
        ]),
    ...(old === 0
      ? []
      : [
          `${counted(old, 'warning')} ${old === 1 ? 'is about a key that does' : 'are about keys that do'} not change; the JSON of this review has ${old === 1 ? 'it' : 'them'}.`,
        ]),
    ...(unjudged.length === 0
      ? []
      : [`Not judged: ${unjudged.map(({ name }) => code(name)).join(', ')}.`]),
  ];
}

function leftOut(told: readonly PolicyResult[], shown: readonly PolicyResult[]): string {
  const counts = (['error', 'warning'] as const).flatMap((level) => {
    const count = [told, shown].map((some) => some.filter((one) => one.level === level).length);
    const missing = (count[0] ?? 0) - (count[1] ?? 0);
    return missing === 0 ? [] : [counted(missing, level)];
  });
  return `${counts.join(' and ')} ${told.length - shown.length === 1 ? 'is' : 'are'}`;
}
