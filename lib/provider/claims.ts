/**
 * Which objects of one run have a key, or its material: an object that removes must know of the
 * others. Terraform orders nothing between two addresses, so whoever comes second finds out, in the
 * plan and in apply alike.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { noSharedMarks, type SharedMarks } from './run-folder';

/** For as long as another process may take over a removal. */
const looks = 600;
const lookMs = 100;

export class Claims {
  readonly #kind: 'key' | 'material';
  readonly #marks: SharedMarks;
  readonly #pause: (ms: number) => Promise<unknown>;
  /**
   * Objects of the state that have the key, by Read, and how many of them a plan takes out of it.
   */
  readonly #found = new Map<string, number>();
  readonly #left = new Map<string, number>();
  readonly #come = new Map<string, number>();
  readonly #kept = new Set<string>();
  readonly #announced = new Set<string>();
  readonly #ended = new Set<string>();
  readonly #staying = new Set<string>();
  readonly #permittedBefore = new Set<string>();
  readonly #taken = new Set<string>();
  readonly #removals = new Map<string, Promise<unknown>>();

  /** @param marks what the processes of other provider blocks see */
  constructor(
    kind: 'key' | 'material',
    marks: SharedMarks = noSharedMarks,
    pause: (ms: number) => Promise<unknown> = delay,
  ) {
    this.#kind = kind;
    this.#marks = marks;
    this.#pause = pause;
  }

  /**
   * Read: an object of the state has it. @returns whether the plan of another object has ended it
   * already
   */
  found(keyId: string): boolean {
    this.#marks.note(this.#list('has'), keyId);
    this.#found.set(keyId, (this.#found.get(keyId) ?? 0) + 1);
    return this.#ended.has(keyId);
  }

  /** Whether two objects of the state have it, as far as they were read. */
  isShared(keyId: string): boolean {
    return (
      (this.#found.get(keyId) ?? 0) > 1 || this.#marks.isNotedElsewhere(this.#list('has'), keyId)
    );
  }

  /** A plan of an object of the state that has it begins. */
  come(keyId: string): void {
    this.#come.set(keyId, (this.#come.get(keyId) ?? 0) + 1);
  }

  /**
   * Whether no plan has come for an object of the state that has it. Terraform makes none of what
   * is tainted.
   */
  isUnplanned(keyId: string): boolean {
    return (this.#found.get(keyId) ?? 0) > (this.#come.get(keyId) ?? 0);
  }

  /** A plan leaves it where it is. @returns whether the plan of another object ends it */
  keep(keyId: string): boolean {
    if (!this.#kept.has(keyId)) {
      this.#marks.note(this.#list('keeps'), keyId);
    }
    this.#kept.add(keyId);
    return this.#ended.has(keyId) || this.#marks.has(this.#mark('ended', keyId));
  }

  isKept(keyId: string): boolean {
    return this.#kept.has(keyId);
  }

  /** A plan brings a new object to it. @returns as `keep` */
  announce(keyId: string): boolean {
    this.#announced.add(keyId);
    this.#marks.set(this.#mark('announced', keyId));
    return this.keep(keyId);
  }

  isAnnounced(keyId: string): boolean {
    return this.#announced.has(keyId) || this.#marks.hasNow(this.#mark('announced', keyId));
  }

  /** A plan takes an object from it, and removes nothing. @returns whether another object has it */
  leave(keyId: string): boolean {
    const left = this.#left.get(keyId) ?? 0;
    const others = (this.#found.get(keyId) ?? 0) - left - 1;
    this.#left.set(keyId, left + 1);
    const elsewhere =
      this.isAnnounced(keyId) ||
      ['has', 'keeps'].some((list) => this.#marks.isNotedElsewhere(this.#list(list), keyId));
    const mustStay = !this.#staying.has(keyId) && this.#marks.has(this.#mark('staying', keyId));
    return (
      others > 0 || this.#kept.has(keyId) || elsewhere || mustStay || this.#wasHeldByOthers(keyId)
    );
  }

  /**
   * By processes that are over: those of a provider block that ended early, or those of the plan
   * that is applied now, in which this object was read, too.
   */
  #wasHeldByOthers(keyId: string): boolean {
    const own = this.#found.has(keyId) ? 0 : 1;
    const found = this.#marks.timesNotedBefore(this.#list('has'), keyId);
    const isKept = found === 0 && this.#marks.timesNotedBefore(this.#list('keeps'), keyId) > 0;
    return found > own || isKept || this.#marks.has(this.#mark('announced', keyId));
  }

  /**
   * A plan removes it. @returns whether another object has it, so that it must stay; if none has,
   * it counts as ended
   */
  giveUp(keyId: string): boolean {
    if (this.leave(keyId)) {
      this.stay(keyId);
      return true;
    }
    if (this.#marks.has(this.#mark('permitted', keyId))) {
      this.#permittedBefore.add(keyId);
    }
    this.#ended.add(keyId);
    this.#marks.set(this.#mark('ended', keyId));
    this.#marks.set(this.#mark('permitted', keyId));
    return false;
  }

  /**
   * Apply: Terraform plans the destroy of a deposed object once more, in the process that carries
   * it out and that knows of no other object.
   *
   * @returns whether the plan before it, of another process of this run, had found no other object
   *   either; undefined where this is no such plan
   */
  wasPermitted(keyId: string): boolean | undefined {
    return this.#left.has(keyId) ? this.#permittedBefore.has(keyId) : undefined;
  }

  /** A plan takes an object from it that may not remove it. */
  stay(keyId: string): void {
    this.#staying.add(keyId);
    this.#marks.set(this.#mark('staying', keyId));
  }

  /** Apply: a plan of this run, perhaps one that came later, has found another object. */
  mustStay(keyId: string): boolean {
    return this.#staying.has(keyId) || this.#marks.has(this.#mark('staying', keyId));
  }

  /**
   * What plans have given up and must stay. A replacement's destroy is told by the plan of its
   * successor, which knows no key but its own.
   */
  get staying(): readonly string[] {
    return [...this.#staying];
  }

  /**
   * Apply: an object makes, takes over or changes it.
   *
   * @param shared others may have it, too: false for what this process has just made
   * @returns `removed`: a removal came first, which is over by then; `again`: another object of
   *   this run has taken it
   */
  async take(keyId: string, shared = true): Promise<'free' | 'again' | 'removed'> {
    const again = this.#taken.has(keyId);
    this.#taken.add(keyId);
    if (shared) {
      this.#marks.set(this.#mark('taken', keyId));
    }
    const removal = this.#removals.get(keyId);
    await removal?.catch(() => undefined);
    let foreign = false;
    for (
      let left = looks;
      left > 0 && this.#marks.isHeld(this.#mark('removing', keyId));
      left -= 1
    ) {
      foreign = true;
      await this.#pause(lookMs);
    }
    return removal !== undefined || foreign ? 'removed' : again ? 'again' : 'free';
  }

  isTaken(keyId: string): boolean {
    return this.#taken.has(keyId);
  }

  /**
   * Apply: an object removes it. @returns undefined, with nothing removed, when another object of
   * this run has taken it
   */
  async unlessTaken<T>(keyId: string, remove: () => Promise<T>): Promise<T | undefined> {
    // Held before the look, as the taker marks before it looks: one of the two sees the other.
    const release = this.#marks.hold(this.#mark('removing', keyId));
    if (this.#taken.has(keyId) || this.#marks.has(this.#mark('taken', keyId))) {
      release();
      return undefined;
    }
    const removal = remove().finally(release);
    this.#removals.set(keyId, removal);
    return removal;
  }

  #list(what: string): string {
    return `${this.#kind}-${what}`;
  }

  #mark(what: string, keyId: string): string {
    return `${this.#kind}-${what}-${keyId}`;
  }
}
