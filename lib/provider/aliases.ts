/**
 * The aliases of the keys that one plan knows. An alias belongs to one key, and a key that is
 * scheduled for deletion keeps its alias. So no key may take an alias that another object of the
 * same plan has, unless the plan has that object give it up first.
 */
import { noSharedMarks, type SharedMarks } from './shared-marks';

/** Why an alias is not available in this plan, and whose it is. */
export type AliasConflict =
  /** Two objects are both to have it in the end. */
  | { readonly kind: 'twice'; readonly alias: string }
  /** A key in the state has it, and keeps it or is destroyed with it. */
  | { readonly kind: 'kept' | 'ended'; readonly alias: string; readonly keyId: string }
  /** A key in the state gives it up, but nothing makes Terraform do that first. */
  | { readonly kind: 'unordered'; readonly alias: string; readonly keyId: string }
  /**
   * A key in the state is destroyed, and a new key has an alias that only apply knows and that may
   * be the same.
   */
  | { readonly kind: 'unknown'; readonly alias: string; readonly keyId: string }
  /** Two objects in the state have the same key and give it two aliases. */
  | { readonly kind: 'shared'; readonly alias: string; readonly keyId: string };

interface Holder {
  readonly now: string;
  /**
   * Afterwards: undefined until planned, null if its object is destroyed, empty while only apply
   * knows.
   */
  readonly planned?: string | null;
  /** As the plan of its successor will receive it, if a forced replacement follows. */
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

  /** Called by Read, or with the prior state of a plan: the state holds this key. */
  found(keyId: string, now: string): void {
    this.#holders.set(keyId, { ...this.#holders.get(keyId), now });
  }

  has(keyId: string): boolean {
    return this.#holders.has(keyId);
  }

  /** The key gives up the alias in this plan. Terraform planned that first, so it does it first. */
  isFreedBy(keyId: string, alias: string): boolean {
    const { planned } = this.#holders.get(keyId) ?? {};
    return typeof planned === 'string' && planned !== alias;
  }

  /**
   * A key in the state stays, under this alias.
   * @param alias undefined while unknown
   */
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

  /** A key in the state is destroyed, or only forgotten. */
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
   * @param alias undefined while unknown
   * @param before the key that it replaces
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
  // The first of the two plans of a forced replacement is that of the object that goes.
  return planned === alias && (own === '' || own !== declaration) ? 'kept' : undefined;
}
