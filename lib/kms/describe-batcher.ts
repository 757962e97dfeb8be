/**
 * Reads many keys and their tags in few calls: requests that arrive together are answered from
 * list-keys, which shows a key as describe-key does, and from the list of resource instances, which
 * shows its tags. Only for looking: before the lifecycle changes a key, it looks at the key itself.
 */
import { BatchedReads, type Pace } from './batched-reads';
import type { KmsClient } from './kms-client';
import type { CallOptions, KeyDetail, Kms, Tags } from './model';

/** Reads keys, whichever call answers. */
export interface KeyReads {
  /** This process has begun to change a key, so an earlier list may be out of date. */
  readonly changed: boolean;
  /** Undefined: the KMS does not know the key. */
  refreshKey(keyId: string, options?: CallOptions): Promise<KeyDetail | undefined>;
  /** Every key of the project. */
  refreshKeys(options?: CallOptions): Promise<KeyDetail[]>;
  /**
   * @param known from before: we believe a list if it confirms them; otherwise we ask for the key
   *   itself
   */
  refreshTags(keyId: string, known: Tags, options?: CallOptions): Promise<Tags>;
}

export interface DescribeBatcherOptions extends Pace {
  /** `changed`: this process has begun to change a key. */
  readonly kms: Pick<Kms, 'describeKey' | 'listKeys' | 'getTags'> &
    Pick<KmsClient, 'listTags' | 'changed'>;
}

export class DescribeBatcher implements KeyReads {
  readonly #kms: DescribeBatcherOptions['kms'];
  readonly #keys: BatchedReads<KeyDetail | undefined>;
  readonly #tags: BatchedReads<Tags>;

  constructor({ kms, ...pace }: DescribeBatcherOptions) {
    this.#kms = kms;
    const keys = {
      one: {
        name: 'describe-key',
        call: (keyId: string, options: CallOptions) => kms.describeKey(keyId, options),
      },
      list: {
        name: 'list-keys',
        call: async (options: CallOptions) => byId(await kms.listKeys(options)),
      },
    };
    const tags = {
      one: {
        name: 'list-tags',
        call: (keyId: string, options: CallOptions) => kms.getTags(keyId, options),
      },
      list: { name: 'resource-instances', call: (options: CallOptions) => kms.listTags(options) },
    };
    const changed = () => kms.changed;
    this.#keys = new BatchedReads<KeyDetail | undefined>(keys, changed, pace);
    this.#tags = new BatchedReads(tags, changed, pace);
  }

  get changed(): boolean {
    return this.#kms.changed;
  }

  /**
   * If the list lacks a key, or shows only a part of it, we describe the key: the list may be
   * filtered.
   */
  refreshKey(keyId: string, { signal }: CallOptions = {}): Promise<KeyDetail | undefined> {
    return this.#keys.read(keyId, (listed) => listed?.partial !== true, signal);
  }

  async refreshKeys({ signal }: CallOptions = {}): Promise<KeyDetail[]> {
    return [...(await this.#keys.readAll(signal)).values()].filter((key) => key !== undefined);
  }

  // The documents say that a key's own tags exclude those of the cloud; they do not say so of the
  // list.
  refreshTags(keyId: string, known: Tags, { signal }: CallOptions = {}): Promise<Tags> {
    return this.#tags.read(keyId, (listed) => sameTags(listed, known), signal);
  }
}

function byId(keys: readonly KeyDetail[]): ReadonlyMap<string, KeyDetail> {
  return new Map(keys.map((key) => [key.keyId, key]));
}

function sameTags(some: Tags, others: Tags): boolean {
  const names = Object.keys(some);
  return (
    names.length === Object.keys(others).length &&
    names.every((name) => Object.hasOwn(others, name) && others[name] === some[name])
  );
}
