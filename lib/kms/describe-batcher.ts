/**
 * Reads of many keys in few calls: reads that come together are answered from list-keys, which shows a key as describe-key does. For
 * looking only: what is about to be changed is described by the lifecycle itself, and once this process has changed any key, every
 * read is a describe-key. So is that of a key which the list lacks (it may be filtered) or shows in part.
 */
import { KmsError } from './kms-error';
import type { CallOptions, KeyDetail, Kms } from './model';
import { SharedCall } from './shared-call';

/** Reads of keys, whichever call answers them. */
export interface KeyReads {
  /** This process has begun to change a key, so that an earlier list may not hold any more. */
  readonly changed: boolean;
  /** Undefined: the KMS knows no such key. */
  refreshKey(keyId: string, options?: CallOptions): Promise<KeyDetail | undefined>;
  /** Every key of the project. */
  refreshKeys(options?: CallOptions): Promise<KeyDetail[]>;
}

export interface DescribeBatcherOptions {
  /** `changed`: this process has begun to change a key. */
  readonly kms: Pick<Kms, 'describeKey' | 'listKeys'> & { readonly changed: boolean };
  /** Milliseconds of a clock that is never set back. @default performance.now */
  readonly uptimeMs?: () => number;
  /** Runs `decide` once the reads that come together have come. @default a millisecond later */
  readonly gather?: (decide: () => void) => void;
}

/** So many keys, asked for together, are worth a list: it has a page for each thousand keys of the project. */
const listFrom = 8;

/** Terraform asks for ten keys at a time; a list is good for all that it asks within one look at the world. */
const lifetimeMs = 30_000;

/** Every plan waits for it at each link of its graph, so it is as short as a timer can be. */
const gatherMs = 1;

type KeyList = ReadonlyMap<string, KeyDetail>;

interface Listing {
  readonly call: SharedCall<KeyList>;
  readonly startMs: number;
}

export class DescribeBatcher implements KeyReads {
  readonly #kms: DescribeBatcherOptions['kms'];
  readonly #uptimeMs: () => number;
  readonly #gather: (decide: () => void) => void;
  /** Keys that wait for the decision between list and describe, and that decision. */
  readonly #asked = new Set<string>();
  #decision: Promise<void> | undefined;
  readonly #describing = new Map<string, SharedCall<KeyDetail | undefined>>();
  /** When the latest keys were described, at most `listFrom` of them. */
  #described: number[] = [];
  #listing: Listing | undefined;
  /** No list before this instant, after one that failed. */
  #listableMs = Number.NEGATIVE_INFINITY;

  constructor({ kms, uptimeMs = () => performance.now(), gather = laterThanIncoming }: DescribeBatcherOptions) {
    this.#kms = kms;
    this.#uptimeMs = uptimeMs;
    this.#gather = gather;
  }

  get changed(): boolean {
    return this.#kms.changed;
  }

  async refreshKey(keyId: string, { signal }: CallOptions = {}): Promise<KeyDetail | undefined> {
    if (this.#mayList() && this.#usable() === undefined) {
      this.#asked.add(keyId);
      this.#decision ??= this.#decideSoon();
      await this.#decision;
    }
    const listed = (await this.#tryList(signal))?.get(keyId);
    return listed === undefined || listed.partial === true || this.#kms.changed ? this.#describe(keyId, signal) : listed;
  }

  async refreshKeys(options: CallOptions = {}): Promise<KeyDetail[]> {
    if (this.#kms.changed) {
      return this.#kms.listKeys(options);
    }
    const keys = await (this.#usable() ?? this.#list()).call.join(options.signal);
    return this.#kms.changed ? this.#kms.listKeys(options) : [...keys.values()];
  }

  #decideSoon(): Promise<void> {
    return new Promise((resolve) => {
      this.#gather(() => {
        // Keys described a moment ago count: with few reads at a time, many would never be together.
        const recent = this.#described.filter((startMs) => this.#uptimeMs() - startMs < lifetimeMs);
        if (this.#asked.size + recent.length >= listFrom && this.#mayList() && this.#usable() === undefined) {
          this.#list();
        }
        this.#asked.clear();
        this.#decision = undefined;
        resolve();
      });
    });
  }

  #mayList(): boolean {
    return !this.#kms.changed && this.#uptimeMs() >= this.#listableMs;
  }

  /** A list that has come, or is on its way. */
  #usable(): Listing | undefined {
    const listing = this.#listing;
    const old = listing === undefined || listing.call.interrupted || this.#uptimeMs() - listing.startMs >= lifetimeMs;
    return old || this.#kms.changed ? undefined : listing;
  }

  #list(): Listing {
    const call = new SharedCall('list-keys', async (signal): Promise<KeyList> => {
      const keys = await this.#kms.listKeys({ signal });
      return new Map(keys.map((key) => [key.keyId, key]));
    });
    const listing = { call, startMs: this.#uptimeMs() };
    this.#listing = listing;
    return listing;
  }

  /** Undefined: there is no list, or it failed; describe-key will tell whether anything is really wrong. */
  async #tryList(signal: AbortSignal | undefined): Promise<KeyList | undefined> {
    const listing = this.#usable();
    try {
      return await listing?.call.join(signal);
    } catch (error) {
      if (signal?.aborted) {
        throw error;
      }
      if (this.#listing === listing) {
        this.#listing = undefined;
        this.#listableMs = isRefusal(error) ? Number.POSITIVE_INFINITY : this.#uptimeMs() + lifetimeMs;
      }
      return undefined;
    }
  }

  #describe(keyId: string, signal: AbortSignal | undefined): Promise<KeyDetail | undefined> {
    const underWay = this.#describing.get(keyId);
    if (underWay !== undefined && !underWay.interrupted && !this.#kms.changed) {
      return underWay.join(signal);
    }
    this.#described = [...this.#described, this.#uptimeMs()].slice(-listFrom);
    const call = new SharedCall('describe-key', async (shared) => {
      try {
        return await this.#kms.describeKey(keyId, { signal: shared });
      } finally {
        this.#describing.delete(keyId);
      }
    });
    this.#describing.set(keyId, call);
    return call.join(signal);
  }
}

/** This user may not list keys (403), or this KMS lists them in another way: the next list would fare no better. */
function isRefusal(error: unknown): boolean {
  return error instanceof KmsError && error.status < 500 && error.status !== 429;
}

/** After the timer, whatever came in meanwhile is read first. */
function laterThanIncoming(decide: () => void): void {
  setTimeout(() => setImmediate(decide), gatherMs);
}
