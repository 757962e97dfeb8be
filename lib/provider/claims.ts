/**
 * Tracks which objects of one run use a key or its material: an object that removes must know of
 * the others. Terraform does not order two addresses, so the second one to arrive finds out, in
 * plan and apply alike.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { noSharedMarks, type SharedMarks } from './shared-marks';

/** How long another process may take over a removal. */
const looks = 600;
const lookMs = 100;

export class Claims {
  readonly #kind: 'key' | 'material';
  readonly #marks: SharedMarks;
  readonly #pause: (ms: number) => Promise<unknown>;
  /**
   * Objects in the state that have the key, counted by Read, and how many of them a plan takes away
   * from it.
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

  /** @param marks seen by the processes of other provider blocks, too */
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
   * From Read: an object in the state has the key.
   * @returns whether the plan of another object has already taken it away
   */
  found(keyId: string): boolean {
    this.#marks.note(this.#list('has'), keyId);
    this.#found.set(keyId, (this.#found.get(keyId) ?? 0) + 1);
    return this.#ended.has(keyId);
  }

  /** Whether two objects in the state have it, as far as they were read. */
  isShared(keyId: string): boolean {
    return (
      (this.#found.get(keyId) ?? 0) > 1 || this.#marks.isNotedElsewhere(this.#list('has'), keyId)
    );
  }

  /** Begins the plan of an object in the state that has it. */
  come(keyId: string): void {
    this.#come.set(keyId, (this.#come.get(keyId) ?? 0) + 1);
  }

  /**
   * Whether no plan has come for an object in the state that has it. Terraform makes no plan for a
   * tainted object.
   */
  isUnplanned(keyId: string): boolean {
    return (this.#found.get(keyId) ?? 0) > (this.#come.get(keyId) ?? 0);
  }

  /**
   * A plan leaves the key with its object.
   * @returns whether the plan of another object takes it away
   */
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

  /**
   * A plan gives the key to a new object.
   * @returns as `keep`
   */
  announce(keyId: string): boolean {
    this.#announced.add(keyId);
    this.#marks.set(this.#mark('announced', keyId));
    return this.keep(keyId);
  }

  isAnnounced(keyId: string): boolean {
    return this.#announced.has(keyId) || this.#marks.hasNow(this.#mark('announced', keyId));
  }

  /**
   * A plan takes an object away from the key and removes nothing.
   * @returns whether another object has it
   */
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
   * By processes that have ended: those of a provider block that ended early, or those of the plan
   * now being applied, in which this object was read, too.
   */
  #wasHeldByOthers(keyId: string): boolean {
    const own = this.#found.has(keyId) ? 0 : 1;
    const found = this.#marks.timesNotedBefore(this.#list('has'), keyId);
    const isKept = found === 0 && this.#marks.timesNotedBefore(this.#list('keeps'), keyId) > 0;
    return found > own || isKept || this.#marks.has(this.#mark('announced', keyId));
  }

  /**
   * A plan removes it.
   * @returns whether another object has it, so that it must stay; if none has, it counts as removed
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
   * In apply: Terraform plans the destroy of a deposed object once more, in the process that
   * carries it out, which knows no other object.
   *
   * @returns whether the earlier plan, in another process of this run, also found no other object;
   *   undefined if there was no such plan
   */
  wasPermitted(keyId: string): boolean | undefined {
    return this.#left.has(keyId) ? this.#permittedBefore.has(keyId) : undefined;
  }

  /** A plan takes an object away from the key that may not remove it. */
  stay(keyId: string): void {
    this.#staying.add(keyId);
    this.#marks.set(this.#mark('staying', keyId));
  }

  /** In apply: a plan of this run, perhaps a later one, found another object. */
  mustStay(keyId: string): boolean {
    return this.#staying.has(keyId) || this.#marks.has(this.#mark('staying', keyId));
  }

  /**
   * What plans gave up and what must stay. The destroy of a replacement learns this from the plan
   * of its successor, which knows only its own key.
   */
  get staying(): readonly string[] {
    return [...this.#staying];
  }

  /**
   * In apply: an object makes, adopts or changes it.
   *
   * @param shared others may have it, too; false for what this process has just made
   * @returns `removed`: a removal came first and is over; `again`: another object of this run has
   *   taken it
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
   * In apply: an object removes it.
   * @returns undefined, and removes nothing, if another object of this run has taken it
   */
  async unlessTaken<T>(keyId: string, remove: () => Promise<T>): Promise<T | undefined> {
    // Mark before looking, as the taker does: then one of the two sees the other.
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
