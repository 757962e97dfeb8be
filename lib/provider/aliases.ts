/**
 * Aliases of the keys that one plan knows. An alias belongs to one key, and a key that is scheduled
 * for deletion keeps it: so no key may want an alias that another object of the same plan has,
 * unless that one is planned to give it up first.
 */
import { noSharedMarks, type SharedMarks } from './run-folder';

/** Why an alias cannot be had in this plan, and whose it is. */
export type AliasConflict =
  /** Two objects that are both to have it in the end. */
  | { readonly kind: 'twice'; readonly alias: string }
  /** A key of the state has it, and keeps it or ends with it. */
  | { readonly kind: 'kept' | 'ended'; readonly alias: string; readonly keyId: string }
  /** A key of the state gives it up, but nothing makes Terraform do that first. */
  | { readonly kind: 'unordered'; readonly alias: string; readonly keyId: string }
  /**
   * A key of the state ends, and a new one has an alias that only apply knows: perhaps the same.
   */
  | { readonly kind: 'unknown'; readonly alias: string; readonly keyId: string }
  /** Two objects of the state have one key, and give it two aliases. */
  | { readonly kind: 'shared'; readonly alias: string; readonly keyId: string };

interface Holder {
  readonly now: string;
  /**
   * In the end: undefined until it is planned, null if its object ends, empty while only apply
   * knows.
   */
  readonly planned?: string | null;
  /** As the plan of its successor will be given it, should it be replaced by force. */
  readonly declaration?: string;
}

/** For the other provider blocks of the run. */
const list = 'alias-wanted';

export class Aliases {
  readonly #marks: SharedMarks;
  readonly #place: string;
  readonly #holders = new Map<string, Holder>();
  readonly #wanted = new Set<string>();
  #unknownWanted = false;

  /** @param place of the KMS that these aliases belong to */
  constructor(marks: SharedMarks = noSharedMarks, place = '') {
    this.#marks = marks;
    this.#place = place;
  }

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
  keep(
    keyId: string,
    now: string,
    alias: string | undefined,
    declaration = '',
  ): AliasConflict | undefined {
    const others = [...this.#holders].filter(([other]) => other !== keyId);
    const { planned: before } = this.#holders.get(keyId) ?? {};
    if (typeof before === 'string' && alias !== undefined && before !== alias) {
      return { kind: 'shared', alias, keyId };
    }
    this.#holders.set(keyId, { now, planned: alias ?? '', declaration });
    const isWantedNow = this.#wanted.has(now) || others.some(([, { planned }]) => planned === now);
    if (alias !== now && isWantedNow) {
      return { kind: 'unordered', alias: now, keyId };
    }
    if (alias === undefined || alias === now) {
      return alias !== undefined && isWantedNow ? { kind: 'twice', alias } : undefined;
    }
    if (this.#wanted.has(alias) || others.some(([, { planned }]) => planned === alias)) {
      return { kind: 'twice', alias };
    }
    const holder = others.find(
      ([, other]) => other.now === alias && (other.planned === undefined || other.planned === null),
    );
    return holder === undefined
      ? undefined
      : { kind: holder[1].planned === null ? 'ended' : 'unordered', alias, keyId: holder[0] };
  }

  /** A key of the state ends, or is only forgotten. */
  end(keyId: string, now: string): AliasConflict | undefined {
    this.#holders.set(keyId, { now, planned: null });
    const taker = [...this.#holders.values()].some(({ planned }) => planned === now);
    if (this.#wanted.has(now) || taker || this.#marks.isNotedElsewhere(list, this.#line(now))) {
      return { kind: 'ended', alias: now, keyId };
    }
    return this.#unknownWanted ? { kind: 'unknown', alias: now, keyId } : undefined;
  }

  /**
   * A new key.
   *
   * @param alias undefined while it is not known
   * @param before the key that it comes in place of
   */
  want(alias: string | undefined, declaration = '', before?: string): AliasConflict | undefined {
    if (alias === undefined) {
      this.#unknownWanted = true;
      const ended = [...this.#holders].find(
        ([keyId, { planned }]) => planned === null && keyId !== before,
      );
      return ended === undefined
        ? undefined
        : { kind: 'unknown', alias: ended[1].now, keyId: ended[0] };
    }
    const twice = this.#wanted.has(alias) || this.#marks.isNotedElsewhere(list, this.#line(alias));
    this.#wanted.add(alias);
    this.#marks.note(list, this.#line(alias));
    if (twice) {
      return { kind: 'twice', alias };
    }
    for (const [keyId, holder] of this.#holders) {
      const conflict = conflictWith(holder, alias, declaration);
      if (conflict !== undefined) {
        return { kind: conflict, alias, keyId };
      }
    }
    return undefined;
  }

  #line(alias: string): string {
    return JSON.stringify([this.#place, alias]);
  }
}

function conflictWith(
  { now, planned, declaration: own }: Holder,
  alias: string,
  declaration: string,
): 'kept' | 'ended' | 'unordered' | undefined {
  if (now === alias) {
    return planned === alias || planned === undefined
      ? 'kept'
      : planned === null
        ? 'ended'
        : undefined;
  }
  // A forced replacement: the first of its two plans is that of the object that goes.
  return planned === alias && (own === '' || own !== declaration) ? 'kept' : undefined;
}
