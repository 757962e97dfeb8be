/** Keeps this client under the documented rate: at most so many requests begin within any one second. */

const windowMs = 1000;

export class RateLimiter {
  /** When the latest requests begin, oldest first; at most one full window of them. */
  readonly #starts: number[] = [];
  readonly #perSecond: number;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /**
   * Books the start of one request.
   *
   * @param uptimeMs of a clock that is never set back
   * @returns how many milliseconds to wait before that start
   */
  reserve(uptimeMs: number): number {
    const oldest = this.#starts.length < this.#perSecond ? undefined : this.#starts.shift();
    const start = oldest === undefined ? uptimeMs : Math.max(uptimeMs, oldest + windowMs);
    this.#starts.push(start);
    return start - uptimeMs;
  }
}
