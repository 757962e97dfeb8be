/** How the time of one invocation is spent. */

/**
 * Milliseconds before the end. Stop: nothing new is begun, so that material which was deleted just
 * before is imported again, with a retry of each request. Answer: CloudFormation is told whatever
 * there is.
 */
export const reserves = { stop: 300_000, answer: 15_000 } as const;

export interface TimeBudget {
  /** Milliseconds from now; 0 when too little is left to begin anything. */
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
