/** How the time of one invocation is spent. */

/**
 * Milliseconds before the end. At `stop`, nothing new begins, so that material that was just
 * deleted can be imported again, with one retry of each request. At `answer`, CloudFormation gets
 * the best answer there is.
 */
export const reserves = { stop: 300_000, answer: 15_000 } as const;

export interface TimeBudget {
  /** Milliseconds from now; 0 if too little time is left to begin anything. */
  readonly stopIn: number;
  /** Milliseconds from now. */
  readonly answerIn: number;
}

/** @param remainingMs of the function, at the start of the invocation */
export function timeBudgetOf(remainingMs: number): TimeBudget {
  return {
    stopIn: Math.max(0, remainingMs - reserves.stop),
    answerIn: remainingMs - Math.min(reserves.answer, remainingMs * 0.2),
  };
}
