/**
 * Changes in progress. If a provider ends in the middle of one, it may leave the change half done,
 * so the end of the process waits for them.
 */

export interface Work {
  /** Runs a change, and delays the end of the process until it is done. */
  hold<T>(change: () => Promise<T>): Promise<T>;
  readonly isIdle: boolean;
  /** Resolves when no change is in progress, or when the time is over. */
  idle(patienceMs: number): Promise<void>;
}

export function createWork(): Work {
  const running = new Set<Promise<unknown>>();
  return {
    hold(change) {
      const outcome = change();
      running.add(outcome);
      const done = () => void running.delete(outcome);
      outcome.then(done, done);
      return outcome;
    },
    get isIdle() {
      return running.size === 0;
    },
    async idle(patienceMs) {
      let timer: NodeJS.Timeout | undefined;
      const over = new Promise((resolve) => {
        timer = setTimeout(resolve, patienceMs);
      });
      await Promise.race([Promise.allSettled(running), over]);
      clearTimeout(timer);
    },
  };
}
