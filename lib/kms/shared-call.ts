/**
 * One call that several callers wait for. It continues as long as one of them waits, and is aborted
 * when the last one leaves.
 */
import { stopped } from '../stopped';

export class SharedCall<T> {
  readonly #what: string;
  readonly #interruption = new AbortController();
  readonly #answer: Promise<T>;
  #waiting = 0;

  /** @param what for the message of an interruption, for example "list-keys" */
  constructor(what: string, call: (signal: AbortSignal) => Promise<T>) {
    this.#what = what;
    this.#answer = call(this.#interruption.signal);
    // Everyone who waits receives the failure. If no one waits any longer, it is not a failure.
    this.#answer.catch(() => undefined);
  }

  /** Every caller left before the end: there will be no answer. */
  get interrupted(): boolean {
    return this.#interruption.signal.aborted;
  }

  /** @throws ByokError ERR_INTERRUPTED or ERR_TIMEOUT if the signal is aborted, and whatever the call throws */
  async join(signal: AbortSignal | undefined): Promise<T> {
    this.#waiting += 1;
    let onAbort = (): void => undefined;
    const interruption = new Promise<never>((_resolve, reject) => {
      onAbort = () => reject(stopped(signal, this.#what));
    });
    signal?.addEventListener('abort', onAbort);
    try {
      if (signal?.aborted) {
        onAbort();
      }
      return await Promise.race([interruption, this.#answer]);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#waiting -= 1;
      if (this.#waiting === 0 && signal?.aborted) {
        this.#interruption.abort();
      }
    }
  }
}
