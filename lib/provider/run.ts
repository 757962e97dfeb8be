/**
 * What the legs of one run tell each other about a key. Terraform carries nothing from the destroy of one object to the creation of another,
 * although both may mean the same key: a replacement, or a resource under another address. Lives as long as the provider's process.
 */
import type { MaterialMemory } from './private-state';

export class Run {
  readonly keys = new Claims();
  readonly material = new Claims();
  readonly #remembered = new Map<string, MaterialMemory>();
  readonly #enabled = new Map<string, boolean | undefined>();
  readonly #planned = { kept: new Set<string>(), deleted: new Set<string>() };

  /** The KMS binds material to a key for ever: what was proven of it holds for the next object, too. */
  remember(keyId: string, memory: MaterialMemory): void {
    this.#remembered.set(keyId, memory);
  }

  recall(keyId: string): MaterialMemory | undefined {
    return this.#remembered.get(keyId);
  }

  /** A plan leaves material in the key, or puts some there. @returns whether the same plan deletes it under another address */
  planKept(keyId: string): boolean {
    this.#planned.kept.add(keyId);
    return this.#planned.deleted.has(keyId);
  }

  /** The counterpart. @returns whether the same plan has material in the key under another address */
  planDeleted(keyId: string): boolean {
    this.#planned.deleted.add(keyId);
    return this.#planned.kept.has(keyId);
  }

  /** @param enabled as the configuration has it; undefined: not managed */
  declareEnabled(keyId: string, enabled: boolean | undefined): void {
    this.#enabled.set(keyId, enabled);
  }

  /** Known to material that refers to its key: Terraform plans that first. */
  declaredEnabled(keyId: string): boolean | undefined {
    return this.#enabled.get(keyId);
  }
}

/** Terraform orders nothing between the objects of two addresses: whoever creates comes before whoever removes. */
class Claims {
  readonly #taken = new Set<string>();
  readonly #removals = new Map<string, Promise<unknown>>();

  /** For a creation. @returns false when a removal came first; it is over then */
  async take(keyId: string): Promise<boolean> {
    this.#taken.add(keyId);
    const removal = this.#removals.get(keyId);
    await removal?.catch(() => undefined);
    return removal === undefined;
  }

  isTaken(keyId: string): boolean {
    return this.#taken.has(keyId);
  }

  /** @returns undefined, with nothing removed, when a creation of this run has taken the key */
  async unlessTaken<T>(keyId: string, remove: () => Promise<T>): Promise<T | undefined> {
    if (this.#taken.has(keyId)) {
      return undefined;
    }
    const removal = remove();
    this.#removals.set(keyId, removal);
    return removal;
  }
}
