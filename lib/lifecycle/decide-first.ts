/**
 * What is to be done about a key that is new here: import, or adopt the material that is there
 * already. Never deletes anything. As `decide`, it tells what will be done and, with a fresh look
 * at the key, drives the doing.
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
import {
  describeExpiration,
  type ExpirationWish,
  expirationOfImport,
  isRolling,
  keep,
} from './expiration-wish';
import type { FirstStep } from './material-request';
import { refuseExpiringPrivateKey, refusePastExpiration } from './refusals';
import { refuseOrigin } from './require-external-key';
import type { Wording } from './wording';

export interface FirstDecision {
  readonly step: FirstStep;
  /** Of the material once that is done. */
  readonly expiration: ExpirationInstant;
  /** Neither is done. */
  readonly refusal: ByokError | undefined;
}

export function decideFirst(wish: Wish, key: KeyDetail, now: Date, words: Wording): FirstDecision {
  const { keyId, keyState, keySpec, expirationTime } = key;
  const imported = expirationOfImport(wish.expiration, undefined, now);
  const unsuitable =
    refuseOrigin(key, words, words.name('keyId')) ?? refuseExpiringPrivateKey(wish, keySpec, words);
  if (hasMaterial(keyState)) {
    const fits = sameExpiration(adoptable(wish.expiration, expirationTime), expirationTime);
    return {
      step: 'adopt',
      expiration: expirationTime,
      refusal: unsuitable ?? (fits ? undefined : refuseOtherExpiration(wish, key, imported, words)),
    };
  }
  // A key that is not ready yet is waited for.
  const willTakeIt = keyState === keyStates.toBeActivated || keyState === keyStates.pendingImport;
  const refusal = willTakeIt
    ? refusePastExpiration(imported, now, words)
    : new ByokError(
        'ERR_KEY_UNSUITABLE',
        `key ${keyId} is in state ${describeKeyState(keyState)}; material can be imported in state ${describeKeyState(keyStates.pendingImport)} only`,
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
    `key ${keyId} already holds material that expires ${formatExpirationTime(expirationTime)}, and ${describeExpiration(wish.expiration, imported, words)} is declared; ${words.adoptWithExpiry(keyId)}`,
    { attribute: words.name('expirationTime') },
  );
}

/** Any expiry will do for a rolling one, which renews it in its window; none at all will not. */
function adoptable(wish: ExpirationWish, found: ExpirationInstant): ExpirationInstant {
  return isRolling(wish) && found === undefined
    ? new Date(0)
    : isRolling(wish) || wish === keep
      ? found
      : wish;
}
