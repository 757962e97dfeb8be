/** The emulator's clock: real time, or the caller's clock, plus an offset that tests change. */

export class Clock {
  readonly #base: () => Date;
  #offsetMs = 0;

  constructor(base: () => Date) {
    this.#base = base;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#base().getTime() + this.#offsetMs;
  }

  /** @param seconds negative values turn the clock back */
  advance(seconds: number): void {
    this.#offsetMs += seconds * 1000;
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  set offsetMs(value: number) {
    this.#offsetMs = value;
  }
}
