/**
 * Aliases of the keys that one plan knows. An alias belongs to one key, and a key that is scheduled for deletion keeps it: so no key may want an
 * alias that another object of the same plan has, unless that one is planned to give it up first.
 */

/** Why an alias cannot be had in this plan, and whose it is. */
export type AliasConflict =
  /** Two objects that are both to have it in the end. */
  | { readonly kind: 'twice' }
  /** A key of the state has it, and keeps it or ends with it. */
  | { readonly kind: 'kept' | 'ended'; readonly keyId: string }
  /** A key of the state gives it up, but nothing makes Terraform do that first. */
  | { readonly kind: 'unordered'; readonly keyId: string };

interface Holder {
  readonly now: string;
  /** In the end: undefined until it is planned, null if its object ends, empty while only apply knows. */
  readonly planned?: string | null;
}

export class Aliases {
  readonly #holders = new Map<string, Holder>();
  readonly #wanted = new Set<string>();

  /** Read, or the prior state of a plan: a key of the state. */
  found(keyId: string, now: string): void {
    this.#holders.set(keyId, { ...this.#holders.get(keyId), now });
  }

  has(keyId: string): boolean {
    return this.#holders.has(keyId);
  }

  /** The key gives the alias up in this plan, which Terraform planned first and so does first. */
  isFreedBy(keyId: string, alias: string): boolean {
    const { planned } = this.#holders.get(keyId) ?? {};
    return typeof planned === 'string' && planned !== alias;
  }

  /** A key of the state stays, under this alias. @param alias undefined while it is not known */
  keep(keyId: string, now: string, alias: string | undefined): AliasConflict | undefined {
    const others = [...this.#holders].filter(([other]) => other !== keyId);
    this.#holders.set(keyId, { now, planned: alias ?? '' });
    if (alias !== now && this.#wanted.has(now)) {
      return { kind: 'unordered', keyId };
    }
    if (alias === undefined) {
      return undefined;
    }
    return this.#wanted.has(alias) || others.some(([, { planned }]) => planned === alias) ? { kind: 'twice' } : undefined;
  }

  /** A key of the state ends, or is only forgotten. */
  end(keyId: string, now: string): AliasConflict | undefined {
    this.#holders.set(keyId, { now, planned: null });
    return this.#wanted.has(now) ? { kind: 'ended', keyId } : undefined;
  }

  /** A new key. */
  want(alias: string): AliasConflict | undefined {
    const twice = this.#wanted.has(alias);
    this.#wanted.add(alias);
    if (twice) {
      return { kind: 'twice' };
    }
    for (const [keyId, { now, planned }] of this.#holders) {
      if (planned === alias || (now === alias && planned === undefined)) {
        return { kind: 'kept', keyId };
      }
      if (now === alias && planned === null) {
        return { kind: 'ended', keyId };
      }
    }
    return undefined;
  }
}
