/**
 * Exit codes of the verdicts of a check. Code 1 is reserved for errors,
 * when nothing could be checked.
 */
import type { Verdict } from '../lifecycle/verdict';

export const exitCodes = {
  fine: 0,
  scheduled: 0,
  expiring: 2,
  missing: 3,
  unverified: 4,
} as const satisfies Readonly<Record<Verdict, number>>;

/** Worst first. */
export const byUrgency: readonly Verdict[] = [
  'missing',
  'expiring',
  'unverified',
  'scheduled',
  'fine',
];

/** Without any verdict: fine. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  return byUrgency.find((verdict) => verdicts.includes(verdict)) ?? 'fine';
}
