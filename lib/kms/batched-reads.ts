/**
 * Reads one kind of thing for many keys in few calls: reads that arrive together are answered from
 * one list. Once this process has changed any key, or if the list is not enough, each read is a
 * call of its own.
 */
import { KmsError } from './kms-error';
import type { CallOptions } from './model';
import { SharedCall } from './shared-call';

/** The two calls that show it. */
export interface ReadCalls<T> {
  /** Reads one key; `name` is for the message of an interruption. */
  readonly one: {
    readonly name: string;
    readonly call: (keyId: string, options: CallOptions) => Promise<T>;
  };
  /** Reads all keys, by id. */
  readonly list: {
    readonly name: string;
    readonly call: (options: CallOptions) => Promise<ReadonlyMap<string, T>>;
  };
}

export interface Pace {
  /**
   * Milliseconds of a clock that is never set back.
   * @default performance.now
   */
  readonly uptimeMs?: (() => number) | undefined;
  /**
   * Runs `decide` once the reads that arrive together are there.
   * @default a millisecond later
   */
  readonly gather?: ((decide: () => void) => void) | undefined;
}

/**
 * This many keys, asked for together, are worth a list: it has a page for every few hundred keys of
 * the project.
 */
const listFrom = 8;

/**
 * Terraform asks for ten keys at a time. A list serves everything that it asks within one look at
 * the world.
 */
const lifetimeMs = 30_000;

/** Every plan waits for it at each link of its graph, so it is as short as a timer can be. */
const gatherMs = 1;

interface Listing<T> {
  readonly call: SharedCall<ReadonlyMap<string, T>>;
  readonly startMs: number;
}

export class BatchedReads<T> {
  readonly #calls: ReadCalls<T>;
  readonly #changed: () => boolean;
  readonly #uptimeMs: () => number;
  readonly #gather: (decide: () => void) => void;
  /** Keys that wait for the decision between the list and their own calls, and that decision. */
  readonly #asked = new Set<string>();
  #decision: Promise<void> | undefined;
  readonly #reading = new Map<string, SharedCall<T>>();
  /** When the latest keys were read by their own calls, at most `listFrom` of them. */
  #read: number[] = [];
  #listing: Listing<T> | undefined;
  /** After a list failed, no list before this time. */
  #listableMs = Number.NEGATIVE_INFINITY;

  /** @param changed whether this process has begun to change a key */
  constructor(calls: ReadCalls<T>, changed: () => boolean, { uptimeMs, gather }: Pace) {
    this.#calls = calls;
    this.#changed = changed;
    this.#uptimeMs = uptimeMs ?? (() => performance.now());
    this.#gather = gather ?? laterThanIncoming;
  }

  /** @param will whether what a list shows of the key is enough */
  async read(
    keyId: string,
    will: (listed: T) => boolean,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    if (this.#mayList() && this.#usable() === undefined) {
      this.#asked.add(keyId);
      this.#decision ??= this.#decideSoon();
      await this.#decision;
    }
    const list = await this.#tryList(signal);
    const listed = list?.get(keyId);
    return listed === undefined || !will(listed) || this.#changed()
      ? this.#readOne(keyId, signal)
      : listed;
  }

  /**
   * Reads every key.
   * @throws the error of the list
   */
  async readAll(signal: AbortSignal | undefined): Promise<ReadonlyMap<string, T>> {
    if (!this.#changed()) {
      const all = await (this.#usable() ?? this.#list()).call.join(signal);
      if (!this.#changed()) {
        return all;
      }
    }
    return this.#calls.list.call(signal === undefined ? {} : { signal });
  }

  #decideSoon(): Promise<void> {
    return new Promise((resolve) => {
      this.#gather(() => {
        // Keys read a moment ago count: with few reads at a time, many would never arrive together.
        const recent = this.#read.filter((startMs) => this.#uptimeMs() - startMs < lifetimeMs);
        if (
          this.#asked.size + recent.length >= listFrom &&
          this.#mayList() &&
          this.#usable() === undefined
        ) {
          this.#list();
        }
        this.#asked.clear();
        this.#decision = undefined;
        resolve();
      });
    });
  }

  #mayList(): boolean {
    return !this.#changed() && this.#uptimeMs() >= this.#listableMs;
  }

  /** A list that has arrived or is on its way. */
  #usable(): Listing<T> | undefined {
    const listing = this.#listing;
    const old =
      listing === undefined ||
      listing.call.interrupted ||
      this.#uptimeMs() - listing.startMs >= lifetimeMs;
    return old || this.#changed() ? undefined : listing;
  }

  #list(): Listing<T> {
    const { name, call } = this.#calls.list;
    const listing = {
      call: new SharedCall(name, (signal) => call({ signal })),
      startMs: this.#uptimeMs(),
    };
    this.#listing = listing;
    return listing;
  }

  /**
   * Undefined: there is no list, or it failed. The key's own call will tell whether anything is
   * really wrong.
   */
  async #tryList(signal: AbortSignal | undefined): Promise<ReadonlyMap<string, T> | undefined> {
    const listing = this.#usable();
    try {
      return await listing?.call.join(signal);
    } catch (error) {
      if (signal?.aborted) {
        throw error;
      }
      if (this.#listing === listing) {
        this.#listing = undefined;
        this.#listableMs = isRefusal(error)
          ? Number.POSITIVE_INFINITY
          : this.#uptimeMs() + lifetimeMs;
      }
      return undefined;
    }
  }

  #readOne(keyId: string, signal: AbortSignal | undefined): Promise<T> {
    const underWay = this.#reading.get(keyId);
    if (underWay !== undefined && !underWay.interrupted && !this.#changed()) {
      return underWay.join(signal);
    }
    this.#read = [...this.#read, this.#uptimeMs()].slice(-listFrom);
    const { name, call } = this.#calls.one;
    const reading = new SharedCall(name, async (shared) => {
      try {
        return await call(keyId, { signal: shared });
      } finally {
        this.#reading.delete(keyId);
      }
    });
    this.#reading.set(keyId, reading);
    return reading.join(signal);
  }
}

/**
 * This user may not list (403), or this KMS cannot, or not like this: the next list would fail as
 * well.
 */
function isRefusal(error: unknown): boolean {
  return error instanceof KmsError && error.status < 500 && error.status !== 429;
}

/** After the timer, everything that arrived meanwhile is read first. */
function laterThanIncoming(decide: () => void): void {
  setTimeout(() => setImmediate(decide), gatherMs);
}
