/**
 * The verdict on the material of one key at one moment, and why: the same for all who look at keys
 * without being about to change them. Pure; what is said comes from the decision that the next run
 * would make.
 */
import { formatExpirationTime } from '../terms/expiration-time';
import { type MaterialStatus, materialStatuses } from '../terms/material';
import { decide } from './decide';
import type { Decision, Wish } from './decision';
import { isInWindow, isRolling } from './expiration-wish';
import type { MaterialObservation } from './material-status';
import type { Proof } from './proof';
import type { Wording } from './wording';

/**
 * `missing` hurts now, `expiring` soon, `unverified` at the next renewal; a deletion that is
 * `scheduled` for a key that nothing declares hurts no one.
 */
export type Verdict = 'missing' | 'expiring' | 'unverified' | 'scheduled' | 'fine';

/** What a front-end knows of the material of one key. */
export interface JudgedMaterial {
  /** Undefined before the first import. */
  readonly observation: MaterialObservation | undefined;
  readonly wish: Wish;
  readonly proof: Proof | undefined;
  /** Whether a declaration manages the material. Only then does a missing proof count. */
  readonly managed: boolean;
  /** Whether a declaration holds the key. The deletion of any other key is no fault. */
  readonly wanted: boolean;
  /** An import that a review already shows, with its reason. */
  readonly due: { readonly reason: string } | undefined;
}

export interface Judgement {
  readonly verdict: Verdict;
  /** Undefined if there is nothing to say. */
  readonly reason: string | undefined;
}

/** What each status means by itself. An expiry that comes near and a missing proof add to it. */
const verdictByStatus: Readonly<Record<MaterialStatus, Verdict>> = {
  present: 'fine',
  expiring: 'expiring',
  expired_not_purged: 'missing',
  purged_after_expiry: 'missing',
  deleted_outside: 'missing',
  key_disabled: 'fine',
  key_pending_deletion: 'missing',
  key_not_ready: 'missing',
  key_frozen: 'missing',
  key_not_found: 'missing',
  unknown: 'missing',
};

export const notVerified =
  'nothing proves that the key holds the material of this fingerprint: it was adopted, or ' +
  'wrapped elsewhere, or the answer to its import was lost';

/** Without a declaration, we cannot say that an import is due. */
const heldNone =
  'the key holds no material: none was imported yet, it was deleted, or it expired and the KMS deleted it';

export function verdictOf(material: JudgedMaterial, now: Date, words: Wording): Judgement {
  const { observation, due } = material;
  return observation === undefined
    ? { verdict: 'missing', reason: due?.reason ?? materialStatuses.deleted_outside }
    : verdictOn(observation, material, now, words);
}

function verdictOn(
  observation: MaterialObservation,
  { wish, proof, managed, wanted, due }: JudgedMaterial,
  now: Date,
  words: Wording,
): Judgement {
  const { status, expiration } = observation;
  const decision = decide(
    wish,
    { observation, proof, atHand: undefined, preWrapped: undefined, knownDisabled: true },
    now,
    words,
  );
  const said =
    due?.reason ?? (status === 'deleted_outside' && !managed ? heldNone : wordsOf(decision));
  if (status === 'key_pending_deletion' && !wanted) {
    return { verdict: 'scheduled', reason: said ?? materialStatuses[status] };
  }
  const own = verdictByStatus[status];
  if (own !== 'fine') {
    return { verdict: own, reason: said ?? materialStatuses[status] };
  }
  if (isInWindow(expiration, 0, now)) {
    return {
      verdict: 'missing',
      reason: `the key is disabled, and its material is past its ${words.name('expirationTime')}`,
    };
  }
  if (isInWindow(expiration, windowMs(wish), now)) {
    return {
      verdict: 'expiring',
      reason: said ?? `the material expires ${formatExpirationTime(expiration)}`,
    };
  }
  if (due !== undefined) {
    return { verdict: 'missing', reason: due.reason };
  }
  return managed && proof === undefined
    ? { verdict: 'unverified', reason: notVerified }
    : { verdict: 'fine', reason: said };
}

/** Material with a rolling expiry is mentioned only once its renewal is due. */
function windowMs({ expiration, warnBeforeMs }: Wish): number {
  return isRolling(expiration) ? expiration.renewBeforeMs : warnBeforeMs;
}

/** Undefined if there is nothing to say. */
export function wordsOf({ reason, refusal, notices }: Decision): string | undefined {
  const [notice] = notices;
  return (
    reason ??
    refusal?.message ??
    (notice === undefined ? undefined : `${notice.summary}: ${notice.detail}`)
  );
}
