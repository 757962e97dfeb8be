/**
 * A value that many calls wait for and one call fetches. A refusal is remembered as well: sending a
 * wrong password again with every call would lock the user out.
 */
import { ByokError } from '../errors';
import { stopped } from '../stopped';
import { KmsError } from './kms-error';

export class Remembered<T> {
  readonly #fetch: () => Promise<T>;
  readonly #what: string;
  #value: Promise<T> | undefined;
  #isHere = false;

  /** @param what for the message of an interruption, for example "the login" */
  constructor(what: string, fetch: () => Promise<T>) {
    this.#what = what;
    this.#fetch = fetch;
  }

  /** @param signal ends this wait, not the fetch, because others may wait for it, too */
  async get(signal: AbortSignal): Promise<T> {
    this.#value ??= this.#begin();
    // What is here already takes no time that could be interrupted.
    return this.#isHere ? this.#value : this.#untilAborted(this.#value, signal);
  }

  /** The next `get` fetches it again. */
  forget(): void {
    this.#value = undefined;
    this.#isHere = false;
  }

  #begin(): Promise<T> {
    const value = this.#fetch();
    value.then(
      () => {
        this.#isHere ||= this.#value === value;
      },
      (error: unknown) => {
        if (!isRefusal(error) && this.#value === value) {
          this.forget();
        }
      },
    );
    return value;
  }

  #untilAborted(value: Promise<T>, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(stopped(signal, this.#what));
      if (signal.aborted) {
        onAbort();
      }
      signal.addEventListener('abort', onAbort);
      value.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    });
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof KmsError
    ? error.status < 500 && error.status !== 429
    : error instanceof ByokError && error.code === 'ERR_CONFIGURATION';
}
