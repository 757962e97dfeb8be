/**
 * Verdicts of a check and their exit codes. Code 1 is reserved for errors,
 * when nothing could be checked.
 */

export const exitCodes = { fine: 0, scheduled: 0, expiring: 2, missing: 3, unverified: 4 } as const;

export type Verdict = keyof typeof exitCodes;

/**
 * Worst first. Missing material hurts now, expiring material soon,
 * and unverified material at the next renewal.
 * A scheduled deletion hurts no one.
 */
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
