/**
 * The terms in which it is decided what to do about material: what is wished, what is known, what
 * is to be done.
 */
import type { ByokError } from '../errors';
import type { ExpirationInstant } from '../terms/expiration-time';
import type { Switches } from '../terms/material-options';
import type { Notice } from './context';
import type { ExpirationWish } from './expiration-wish';
import type { MaterialObservation } from './material-status';
import type { Proof } from './proof';

/** A step that touches material, in the order in which steps are taken. */
export type Step = 'delete' | 'import';

export interface Wish extends Switches {
  readonly expiration: ExpirationWish;
  /** From how long before the expiry on a notice is given. */
  readonly warnBeforeMs: number;
  /** The fingerprint that was reviewed in code. */
  readonly pin: string | undefined;
}

export interface Knowledge {
  readonly observation: MaterialObservation;
  readonly proof: Proof | undefined;
  /**
   * Fingerprint of the given material; undefined if none is given, or it is not read yet.
   */
  readonly atHand: string | undefined;
  /**
   * For material that was wrapped elsewhere: whether its token was not used yet. Undefined for all
   * other material.
   */
  readonly preWrapped: 'fresh' | 'used' | undefined;
  /** The key was disabled before it lost its material. @default false */
  readonly disabled?: boolean;
  /**
   * Something else that happens at the same time may take the material out of the key. @default
   * false
   */
  readonly emptied?: boolean;
  /** The key is declared or known to be disabled. @default false */
  readonly knownDisabled?: boolean;
  /**
   * When its material was last imported with a fixed expiry; undefined when that is not known, or
   * the expiry rolled.
   */
  readonly importedAt?: Date | undefined;
  /**
   * The wish was only known when a part of what it belongs to was done: what moves with the clock
   * is then told, not refused. @default false
   */
  readonly wishedLate?: boolean;
}

export interface Decision {
  readonly steps: readonly Step[];
  /** Why, in words a reviewer reads; undefined when there is nothing to do. Absolute dates only. */
  readonly reason: string | undefined;
  /** The material's expiry once the steps are done. */
  readonly expiration: ExpirationInstant;
  /** Not done, although wished; the steps are then empty. */
  readonly refusal: ByokError | undefined;
  readonly notices: readonly Notice[];
}
