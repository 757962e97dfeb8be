/** Records calls and their answers for tests. It holds no request bodies and no secrets. */

/** One call and its answer. */
export interface JournalEntry {
  /** A KMS verb, or "auth-tokens", "projects". */
  readonly operation: string;
  readonly keyId: string | undefined;
  /**
   * Undefined if the connection was closed before the call ran.
   * If it was closed afterwards, this is the status of the lost answer.
   */
  readonly status: number | undefined;
  readonly errorCode: string | undefined;
  readonly dropped: 'before' | 'after' | undefined;
  readonly time: Date;
  readonly requestId: string;
}

/** The oldest entries go first: an emulator may run for weeks. */
const maximumEntries = 10_000;

export class Journal {
  #entries: JournalEntry[] = [];
  readonly #log: (line: string) => void;

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  add(entry: JournalEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length > maximumEntries) {
      this.#entries.shift();
    }
    const { time, operation, keyId, status, errorCode, dropped } = entry;
    const words = [
      time.toISOString(),
      operation,
      keyId,
      status,
      errorCode,
      dropped && `connection closed ${dropped} the call`,
    ];
    this.#log(words.filter((word) => word !== undefined).join(' '));
  }

  /** A defect of the emulator itself; the caller receives KMS.0101. */
  addDefect(error: Error): void {
    this.#log(`defect of the emulator: ${error.stack ?? error.message}`);
  }

  entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  clear(): void {
    this.#entries = [];
  }
}
