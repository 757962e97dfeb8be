/** What is not done although it is wished, each with what to do instead. Pure. */
import { ByokError } from '../errors';
import { movesWithTheClock } from '../terms/counted-from-now';
import { type ExpirationInstant, formatExpirationTime, formatInstant } from '../terms/expiration-time';
import { isAsymmetric } from '../terms/kms';
import { sameFingerprint } from '../wrap/fingerprint';
import type { Knowledge, Wish } from './decision';
import { isRolling, keep } from './expiration-wish';

/** The KMS accepts only the same bytes for ever, so other material is refused while the key still works. */
export function refuseForeignMaterial({ pin }: Wish, { proof, atHand }: Pick<Knowledge, 'proof' | 'atHand'>): ByokError | undefined {
  if (proof !== undefined && atHand !== undefined && !sameFingerprint(proof.fingerprint, atHand)) {
    return new ByokError(
      'ERR_MATERIAL_DIFFERS',
      `the material at hand has fingerprint ${atHand}, but this key is bound for ever to ${proof.fingerprint}; give the material it was first imported with, or rotate by making a new key`,
    );
  }
  if (pin !== undefined && proof !== undefined && !sameFingerprint(pin, proof.fingerprint)) {
    return new ByokError(
      'ERR_MATERIAL_DIFFERS',
      `fingerprint is pinned to ${pin}, but this key is bound for ever to ${proof.fingerprint}; correct the pin, or make a new key`,
      {
        attribute: 'fingerprint',
      },
    );
  }
  return refuseUnpinned(pin, atHand);
}

/** Apply imports nothing but what was reviewed. */
export function refuseUnpinned(pin: string | undefined, atHand: string | undefined): ByokError | undefined {
  return pin === undefined || atHand === undefined || sameFingerprint(pin, atHand)
    ? undefined
    : new ByokError(
        'ERR_MATERIAL_DIFFERS',
        `the material at hand has fingerprint ${atHand}, but fingerprint is pinned to ${pin}; give the reviewed material, or correct the pin`,
        {
          attribute: 'fingerprint',
        },
      );
}

/**
 * Imported private keys last as long as their key: the KMS neither expires nor deletes them.
 *
 * @param keySpec undefined while it is not known
 */
export function refuseExpiringPrivateKey(wish: Wish, keySpec: string | undefined): ByokError | undefined {
  return keySpec !== undefined && isAsymmetric(keySpec) ? refuseAnyExpiration(wish, keySpec) : undefined;
}

/** @param what the asymmetric key, for the message */
export function refuseAnyExpiration({ expiration }: Wish, what: string): ByokError | undefined {
  return expiration === keep || expiration === undefined
    ? undefined
    : new ByokError(
        'ERR_ARGUMENT',
        `${isRolling(expiration) ? `valid_for is "${expiration.validFor}"` : `expiration_time is ${formatExpirationTime(expiration)}`}, but the material of an asymmetric key (${what}) never expires; omit it${isRolling(expiration) ? '' : ', or give "never"'}`,
        { attribute: isRolling(expiration) ? 'valid_for' : 'expiration_time' },
      );
}

/** An expiry that moves with the clock would be another one at every apply, and each time cost an outage. */
export function refuseMoving(
  { expiration: to }: Wish,
  from: ExpirationInstant,
  importedAt: Date | undefined,
  now: Date,
): ByokError | undefined {
  return from === undefined || importedAt === undefined || !(to instanceof Date) || !movesWithTheClock(from, to, importedAt, now)
    ? undefined
    : new ByokError(
        'ERR_REFUSED',
        `expiration_time changes from ${formatInstant(from)} to ${formatInstant(to)}, as far as time has gone on since the import of ${formatInstant(importedAt)}: it is counted from now, as by timestamp() or plantimestamp(), and would interrupt the key at every apply; give a fixed instant in full minutes, or valid_for and renew_before (Expiration.rolling in constructs)`,
        { attribute: 'expiration_time' },
      );
}

/** Undefined unless the expiry that is about to be declared has passed. */
export function refusePastExpiration(wished: ExpirationInstant, now: Date): ByokError | undefined {
  return isPast(wished, now) ? pastExpiration(wished, now) : undefined;
}

export function pastExpiration(wished: ExpirationInstant, now: Date): ByokError {
  return new ByokError(
    'ERR_ARGUMENT',
    `expiration_time is ${formatExpirationTime(wished)}, which is past (it is now ${formatInstant(now)}); give a later instant, or "never"`,
    { attribute: 'expiration_time' },
  );
}

export function isPast(instant: ExpirationInstant, now: Date): boolean {
  return instant !== undefined && instant.getTime() <= now.getTime();
}
