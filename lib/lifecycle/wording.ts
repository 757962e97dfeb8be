/**
 * How a front-end words what the lifecycle means. The lifecycle says what it found and why; what a
 * person can do about it depends on the front-end. Passed in like `now` and `sleep`. The examples
 * are those of a Terraform provider, of a stack and of a command line.
 */
import type { Spelling } from '../terms/setting';

export interface Wording extends Spelling {
  /** What a person reviews before it is carried out: `plan`, `deployment`, `run`. */
  readonly review: string;
  /** What carries it out: `apply`, `deployment`, `run`. */
  readonly run: string;
  /** How to look and then do it again: `plan again`, `deploy again`, `run it again`. */
  readonly again: string;
  /** How to do the same again: `apply again`, `deploy again`, `run it again`. */
  readonly retry: string;
  /**
   * The same with more time: `apply again or raise timeouts`, `deploy again`, `run it again or
   * raise --timeout`.
   */
  readonly retryInTime: string;
  /**
   * How to apply another setting first: `apply that first`, `deploy that first`, `run that first`.
   */
  readonly first: string;
  /** What will look at the key next: `the next plan`, `the next check`, `the next run`. */
  readonly nextLook: string;
  /**
   * What else may use the same key at the same time: `another address of this plan`, `another
   * resource`, `another command`.
   */
  readonly another: string;
  /**
   * What may compute an expiry from the current time: `timestamp() or plantimestamp()`, `the time
   * of the synthesis`, `a command such as date`.
   */
  readonly fromNow: string;
  /** How it shows that a switch is turned off, behind its name: `is false`, `is false`, `is given`. */
  readonly turnedOff: string;
  /**
   * Where it shows that nothing is proven: `fingerprint_verified is false`, `its fingerprint counts
   * as "unproven"`, `no fingerprint is shown for it`.
   */
  readonly unproven: string;
  /**
   * How to adopt an existing key: `bring it under management: …`, `give keyId "…" instead of
   * alias`, `use … --key-id …`.
   */
  readonly adopt: (keyId: string) => string;
  /** The same, if its expiry differs from the declared one. */
  readonly adoptWithExpiration: (keyId: string) => string;
  /**
   * What makes external keys, to be appended after a comma: `, such as byok_external_key makes`,
   * nothing, `, such as "byok create-key" makes`.
   */
  readonly maker: string;
  /**
   * How to enable the key, a sentence: `Enable it in the KMS, or …`, the same, `Enable it in the
   * KMS.`
   */
  readonly enable: string;
  /**
   * How to disable the key, a sentence: `Disable it by hand, or …`, the same, `Disable it by hand.`
   */
  readonly disable: string;
  /**
   * What cancels the deletion of the key: `an apply with …`, `a deployment with …`, `cancelling
   * its deletion in the console`.
   */
  readonly rescuer: string;
  /**
   * How to do that: `cancel_pending_deletion = true on …`, `cancelPendingDeletion = true`,
   * `cancel its deletion in the console`.
   */
  readonly rescue: string;
  /**
   * How to rescue a key that is not managed here: `rescue it by …`, `cancel its deletion in the
   * console and …`, the same.
   */
  readonly rescueOther: (keyId: string) => string;
  /**
   * How to leave the material in the key: `set on_destroy to "retain" and …`, `set onDestroy to
   * "retain" and …`, `leave the material there`.
   */
  readonly retain: string;
  /**
   * How to give material that was wrapped again: `give both, and raise material_wo_version`, `give
   * both`, `give both`.
   */
  readonly giveAnew: string;
}

/** With a capital letter, to begin a sentence. */
export function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
