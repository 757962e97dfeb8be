/**
 * How a front-end says what the lifecycle means. The lifecycle tells what it found and why; what a
 * person is to do about it depends on where that person is. Given like `now` and `sleep`. The
 * examples are those of a Terraform provider, of a stack and of a command line.
 */
import type { Spelling } from '../terms/setting';

export interface Wording extends Spelling {
  /** What a person looked at before it is carried out: `plan`, `deployment`, `run`. */
  readonly review: string;
  /** What carries it out: `apply`, `deployment`, `run`. */
  readonly run: string;
  /** To look and do again: `plan again`, `deploy again`, `run it again`. */
  readonly again: string;
  /** To do the same again: `apply again`, `deploy again`, `run it again`. */
  readonly retry: string;
  /**
   * The same with more time: `apply again or raise timeouts`, `deploy again`, `run it again or
   * raise --timeout`.
   */
  readonly retryInTime: string;
  /** Another setting comes first: `apply that first`, `deploy that first`, `run that first`. */
  readonly first: string;
  /** What looks at the key next: `the next plan`, `the next check`, `the next run`. */
  readonly nextLook: string;
  /**
   * Who else may mean the same key at the same time: `another address of this plan`, `another
   * resource`, `another command`.
   */
  readonly another: string;
  /**
   * How an expiry may be counted from now: `by timestamp() or plantimestamp()`, `by the time of the
   * synthesis`, `by a command such as date`.
   */
  readonly fromNow: string;
  /**
   * Interruptions were not allowed: `allow_interruption is false`, `allowInterruption is false`,
   * `--no-allow-interruption is given`.
   */
  readonly mayNotInterrupt: string;
  /**
   * How it shows that nothing is proven: `fingerprint_verified is false`, `its fingerprint counts
   * as "unproven"`, `no fingerprint is shown for it`.
   */
  readonly unproven: string;
  /**
   * For a key that is there already: `bring it under management: …`, `give keyId "…" instead of
   * alias`, `use … --key-id …`.
   */
  readonly adopt: (keyId: string) => string;
  /** The same while its expiry is another one than declared. */
  readonly adoptWithExpiry: (keyId: string) => string;
  /**
   * What makes external keys, as a part behind a comma: `, such as byok_external_key makes`,
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
   * What takes back the deletion of the key: `an apply with …`, `a deployment with …`, `cancelling
   * its deletion in the console`.
   */
  readonly rescuer: string;
  /**
   * How that is declared: `cancel_pending_deletion = true on …`, `cancelPendingDeletion = true`,
   * `cancel its deletion in the console`.
   */
  readonly rescue: string;
  /**
   * How to rescue a key that is not managed here: `rescue it by …`, `cancel its deletion in the
   * console and …`, the same.
   */
  readonly rescueOther: (keyId: string) => string;
  /**
   * To have its material left in the key: `set on_destroy to "retain" and …`, `set onDestroy to
   * "retain" and …`, `leave the material there`.
   */
  readonly retain: string;
  /**
   * To give what was wrapped anew: `give both, and raise material_wo_version`, `give both`, `give
   * both`.
   */
  readonly giveAnew: string;
}

/** At the beginning of a sentence. */
export function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
