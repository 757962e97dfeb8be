/**
 * What the parts of one run tell each other about a key. Terraform carries nothing from the destroy
 * of one object to the creation of another, although both may mean the same key (a replacement, or
 * a resource under another address). Lives as long as the provider's process.
 */
import type { KeyDetail } from '../kms/model';
import { Aliases } from './aliases';
import { Claims } from './claims';
import type { KnownMaterial } from './material/memory';
import { noSharedMarks, type SharedMarks } from './shared-marks';

/**
 * How long a plan that would remove something waits for other calls, each time one arrives, and how
 * often all plans of a run do so together. On a busy machine other calls arrive later, so the wait
 * is as long as a call takes.
 */
const quietMs = 50;
const longestQuietMs = 1000;
const waitsOfRun = 40;

export class Run {
  readonly keys: Claims;
  readonly material: Claims;
  readonly aliases: Aliases;
  /** Whether this process and those of other provider blocks can see each other's marks. */
  readonly isShared: boolean;
  readonly #made = new Map<string, KeyDetail>();
  readonly #adopted = new Set<string>();
  readonly #plannedSpecs = new Set<string | undefined>();
  readonly #rescued = new Set<string>();
  readonly #protected = new Set<string>();
  readonly #lost = new Set<string>();
  readonly #remembered = new Map<string, KnownMaterial>();
  readonly #enabled = new Map<string, boolean | undefined>();
  readonly #replaced = new Map<string, KnownMaterial>();
  /** An existing object was read. Terraform reads before it destroys, too. */
  hasRead = false;
  #listing: Promise<readonly KeyDetail[]> | undefined;
  #calls = 0;
  #underWay = 0;
  #waiting = 0;
  #waits = waitsOfRun;
  #longestMs = 0;

  /**
   * @param place KMS and project that the provider block means, as far as known: there an alias
   *   belongs to one key
   */
  constructor(marks: SharedMarks = noSharedMarks, place = '') {
    this.isShared = marks.areShared;
    this.aliases = new Aliases(marks, place);
    this.keys = new Claims('key', marks);
    this.material = new Claims('material', marks);
  }

  /** The KMS binds material to a key for ever, so a proof also holds for the next object. */
  remember(keyId: string, memory: KnownMaterial): void {
    this.#remembered.set(keyId, memory);
  }

  recall(keyId: string): KnownMaterial | undefined {
    return this.#remembered.get(keyId);
  }

  /** This run made the key, so it holds no material but ours. */
  declareMade(key: KeyDetail): void {
    this.#made.set(key.keyId, key);
  }

  /** As it was made. */
  made(keyId: string): KeyDetail | undefined {
    return this.#made.get(keyId);
  }

  isMade(keyId: string): boolean {
    return this.#made.has(keyId);
  }

  /** A new object of this run has adopted the key. */
  declareAdopted(keyId: string): void {
    this.#adopted.add(keyId);
  }

  isAdopted(keyId: string): boolean {
    return this.#adopted.has(keyId);
  }

  /**
   * A plan makes a key.
   * @param keySpec undefined while unknown
   */
  declarePlanned(keySpec: string | undefined): void {
    this.#plannedSpecs.add(keySpec);
  }

  /**
   * The spec of the keys that plans make, if they share one: a key whose id only apply knows likely
   * has it.
   */
  get onlySpecPlanned(): string | undefined {
    return this.#plannedSpecs.size === 1 ? [...this.#plannedSpecs][0] : undefined;
  }

  /**
   * A plan cancels the deletion of the key. Material that refers to the key sees this, because
   * Terraform plans the key first.
   */
  declareRescued(keyId: string): void {
    this.#rescued.add(keyId);
  }

  isRescued(keyId: string): boolean {
    return this.#rescued.has(keyId);
  }

  /** @param enabled as the configuration has it; undefined: not managed */
  declareEnabled(keyId: string, enabled: boolean | undefined): void {
    this.#enabled.set(keyId, enabled);
  }

  /**
   * Whether a resource of this run is the key, and so speaks for it. Known in the same way as
   * `isRescued`.
   */
  hasKey(keyId: string): boolean {
    return this.#enabled.has(keyId);
  }

  declaredEnabled(keyId: string): boolean | undefined {
    return this.#enabled.get(keyId);
  }

  /**
   * The plan of an object that gets another key.
   * @param declaration as the plan of its successor will receive it
   */
  declareReplaced(declaration: string, memory: KnownMaterial): void {
    this.#replaced.set(declaration, memory);
  }

  predecessorOf(declaration: string): KnownMaterial | undefined {
    return this.#replaced.get(declaration);
  }

  /**
   * According to the state, its material is under `refuse`.
   * @param isLost the KMS does not know the key
   */
  declareProtected(keyId: string, isLost = false): void {
    this.#protected.add(keyId);
    if (isLost) {
      this.#lost.add(keyId);
    }
  }

  isProtected(keyId: string): boolean {
    return this.#protected.has(keyId);
  }

  /** Lost keys with material under `refuse`, until a plan comes for them. */
  get lostUnplanned(): readonly string[] {
    return [...this.#lost].filter((keyId) => this.material.isUnplanned(keyId));
  }

  /** The keys of the project, listed once: a key to adopt existed before. */
  keysBefore(list: () => Promise<readonly KeyDetail[]>): Promise<readonly KeyDetail[]> {
    this.#listing ??= list();
    return this.#listing;
  }

  /** One call of Terraform; `settled` waits for the calls in progress. */
  async during<T>(call: () => Promise<T>): Promise<T> {
    this.#calls += 1;
    this.#underWay += 1;
    const [begun, waits] = [performance.now(), this.#waits];
    try {
      return await call();
    } finally {
      this.#underWay -= 1;
      if (waits === this.#waits) {
        // No call arrived meanwhile.
        this.#longestMs = Math.max(this.#longestMs, performance.now() - begun);
      }
    }
  }

  /**
   * Waits until no other call of Terraform is in progress or arrives for a little while. So a
   * removal is planned after everything else that means the same key. Nothing depends on it: what
   * arrives too late is refused, or takes the removal into account.
   */
  async settled(
    sleep: (ms: number, signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    this.#waiting += 1;
    try {
      let before = -1;
      for (
        ;
        this.#waits > 0 && (before !== this.#calls || this.#underWay > this.#waiting);
        this.#waits -= 1
      ) {
        before = this.#calls;
        await sleep(Math.min(Math.max(quietMs, this.#longestMs), longestQuietMs), signal);
      }
    } finally {
      this.#waiting -= 1;
    }
  }
}
