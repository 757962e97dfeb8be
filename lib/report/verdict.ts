/** What a check can come to, and the exit code that says so. 1 stays for errors: nothing could be checked. */

export const exitCodes = { fine: 0, scheduled: 0, expiring: 2, missing: 3, unverified: 4 } as const;

export type Verdict = keyof typeof exitCodes;

/** Worst first: what is missing hurts now, what expires hurts soon, what is unverified hurts at the next renewal, what is scheduled nobody. */
const byUrgency: readonly Verdict[] = ['missing', 'expiring', 'unverified', 'scheduled', 'fine'];

/** Of nothing at all: fine. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  return byUrgency.find((verdict) => verdicts.includes(verdict)) ?? 'fine';
}
