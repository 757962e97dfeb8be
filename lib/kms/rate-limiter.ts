/**
 * Keeps one client below the documented rate: only so many requests begin within any one second. If
 * the service throttles nevertheless, all requests of the client wait, and then begin one after the
 * other instead of all at once.
 */

const windowMs = 1000;

export class RateLimiter {
  /** When the latest requests begin, oldest first; at most one full window of them. */
  #starts: number[] = [];
  readonly #perSecond: number;
  #resumeMs = Number.NEGATIVE_INFINITY;
  #pauses = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /**
   * How often everything was paused. Whatever was booked before the latest pause must be booked
   * again.
   */
  get pauses(): number {
    return this.#pauses;
  }

  /**
   * Books the start of one request.
   *
   * @param uptimeMs of a clock that is never set back
   * @returns how many milliseconds to wait before that start
   */
  reserve(uptimeMs: number): number {
    const oldest = this.#starts.length < this.#perSecond ? undefined : this.#starts.shift();
    const earliest = Math.max(
      uptimeMs,
      this.#resumeMs,
      oldest === undefined ? uptimeMs : oldest + windowMs,
    );
    const latest = this.#starts.at(-1);
    // In the second after a pause there is no burst, not even one that the rate allows.
    const spaced =
      latest !== undefined && latest >= this.#resumeMs && earliest < this.#resumeMs + windowMs;
    const start = spaced ? Math.max(earliest, latest + windowMs / this.#perSecond) : earliest;
    this.#starts.push(start);
    return start - uptimeMs;
  }

  /** No request begins for this long. */
  pause(uptimeMs: number, ms: number): void {
    this.#pauses += 1;
    this.#resumeMs = Math.max(this.#resumeMs, uptimeMs + ms);
    this.#starts = this.#starts.filter((start) => start <= uptimeMs);
  }
}
