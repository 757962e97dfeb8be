/**
 * Decides what to do about a key that is new to us: import, or adopt the material it already holds.
 * It never deletes anything. Like `decide`, it predicts what will be done and, given a fresh look
 * at the key, drives it.
 */
import { ByokError } from '../errors';
import type { KeyDetail } from '../kms/model';
import {
  type ExpirationInstant,
  formatExpirationTime,
  sameExpiration,
} from '../terms/expiration-time';
import { describeKeyState, hasMaterial, keyStates } from '../terms/kms';
import type { Wish } from './decision';
import { describeExpiration, type ExpirationWish, expirationOfImport } from './expiration-wish';
import type { FirstStep } from './material-request';
import { refuseExpiringPrivateKey, refusePastExpiration } from './refusals';
import { refuseOrigin } from './require-external-key';
import type { Wording } from './wording';

export interface FirstDecision {
  readonly step: FirstStep;
  /** Expiry of the material afterwards. */
  readonly expiration: ExpirationInstant;
  /** Set: we neither import nor adopt. */
  readonly refusal: ByokError | undefined;
}

export function decideFirst(wish: Wish, key: KeyDetail, now: Date, words: Wording): FirstDecision {
  const { keyId, keyState, keySpec, expirationTime } = key;
  const imported = expirationOfImport(wish.expiration, undefined, now);
  const unsuitable =
    refuseOrigin(key, words, words.name('keyId')) ?? refuseExpiringPrivateKey(wish, keySpec, words);
  if (hasMaterial(keyState)) {
    const fits = isAdoptable(wish.expiration, expirationTime);
    return {
      step: 'adopt',
      expiration: expirationTime,
      refusal: unsuitable ?? (fits ? undefined : refuseOtherExpiration(wish, key, imported, words)),
    };
  }
  // If the key is not ready yet, we wait for it.
  const willTakeIt = keyState === keyStates.toBeActivated || keyState === keyStates.pendingImport;
  const refusal = willTakeIt
    ? refusePastExpiration(imported, now, words)
    : new ByokError(
        'ERR_KEY_UNSUITABLE',
        `key ${keyId} is in state ${describeKeyState(keyState)}; import needs state ${describeKeyState(keyStates.pendingImport)}`,
        { attribute: words.name('keyId') },
      );
  return { step: 'import', expiration: imported, refusal: unsuitable ?? refusal };
}

function refuseOtherExpiration(
  wish: Wish,
  { keyId, expirationTime }: KeyDetail,
  imported: ExpirationInstant,
  words: Wording,
): ByokError {
  return new ByokError(
    'ERR_KEY_UNSUITABLE',
    `key ${keyId} already holds material that expires ` +
      `${formatExpirationTime(expirationTime)}, but ` +
      `${describeExpiration(wish.expiration, imported, words)} is declared; ` +
      `${words.adoptWithExpiration(keyId)}`,
    { attribute: words.name('expirationTime') },
  );
}

/**
 * A rolling wish adopts any expiry, because it renews it in its window, but not material without
 * one.
 */
function isAdoptable(wish: ExpirationWish, found: ExpirationInstant): boolean {
  switch (wish.kind) {
    case 'keep':
      return true;
    case 'fixed':
      return sameExpiration(wish.instant, found);
    case 'rolling':
      return found !== undefined;
  }
}
