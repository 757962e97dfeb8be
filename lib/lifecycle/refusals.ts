/** Requests we refuse, and what to do instead. Pure. */
import { ByokError } from '../errors';
import type { Material } from '../material/material';
import { movesWithTheClock } from '../terms/counted-from-now';
import {
  type ExpirationInstant,
  formatExpirationTime,
  formatInstant,
} from '../terms/expiration-time';
import { isAsymmetric } from '../terms/kms';
import type { Switches } from '../terms/material-options';
import { sameFingerprint } from '../wrap/fingerprint';
import type { Knowledge, Wish } from './decision';
import { isRolling } from './expiration-wish';
import type { Wording } from './wording';

/**
 * A key accepts only the same bytes for ever, so we refuse other material while the key still
 * works.
 */
export function refuseForeignMaterial(
  { pin }: Wish,
  { proof, atHand }: Pick<Knowledge, 'proof' | 'atHand'>,
  words: Wording,
): ByokError | undefined {
  if (proof !== undefined && atHand !== undefined && !sameFingerprint(proof.fingerprint, atHand)) {
    return new ByokError(
      'ERR_MATERIAL_DIFFERS',
      `the given material has fingerprint ${atHand}, but this key is bound for ever to ` +
        `${proof.fingerprint}; give the material that was imported first, or make a new key to ` +
        'rotate',
    );
  }
  if (pin !== undefined && proof !== undefined && !sameFingerprint(pin, proof.fingerprint)) {
    return new ByokError(
      'ERR_MATERIAL_DIFFERS',
      `fingerprint is pinned to ${pin}, but this key is bound for ever to ${proof.fingerprint}; correct the pin, or make a new key`,
      { attribute: words.name('fingerprint') },
    );
  }
  return refuseUnpinned(pin, atHand, words);
}

/**
 * Only a first import looks at this: material that its key already holds is never too weak.
 *
 * @throws ByokError ERR_MATERIAL_INVALID
 */
export function requireStrength(
  { allowWeakMaterial }: Switches,
  material: Pick<Material, 'checkStrength'>,
): void {
  if (!allowWeakMaterial) {
    material.checkStrength();
  }
}

/** We import only what was reviewed. */
export function refuseUnpinned(
  pin: string | undefined,
  atHand: string | undefined,
  words: Wording,
): ByokError | undefined {
  return pin === undefined || atHand === undefined || sameFingerprint(pin, atHand)
    ? undefined
    : new ByokError(
        'ERR_MATERIAL_DIFFERS',
        `the given material has fingerprint ${atHand}, but fingerprint is pinned to ${pin}; give the reviewed material, or correct the pin`,
        { attribute: words.name('fingerprint') },
      );
}

/**
 * Imported private keys last as long as their key: the KMS neither expires nor deletes them.
 *
 * @param keySpec undefined while unknown
 */
export function refuseExpiringPrivateKey(
  wish: Wish,
  keySpec: string | undefined,
  words: Wording,
): ByokError | undefined {
  return keySpec !== undefined && isAsymmetric(keySpec)
    ? refuseAnyExpiration(wish, keySpec, words)
    : undefined;
}

/** @param what names the asymmetric key in the message */
export function refuseAnyExpiration(
  { expiration }: Wish,
  what: string,
  words: Wording,
): ByokError | undefined {
  if (expiration.kind === 'keep') {
    return undefined;
  }
  if (expiration.kind === 'fixed' && expiration.instant === undefined) {
    return undefined;
  }
  const attribute = words.name(isRolling(expiration) ? 'validFor' : 'expirationTime');
  const declared = isRolling(expiration)
    ? `"${expiration.validFor}"`
    : formatExpirationTime(expiration.instant);
  return new ByokError(
    'ERR_ARGUMENT',
    `${attribute} is ${declared}, but the material of an asymmetric key (${what}) never ` +
      `expires; leave it out${isRolling(expiration) ? '' : ', or give "never"'}`,
    { attribute },
  );
}

/**
 * An expiry computed from the clock would change at every run, and every change costs an outage.
 */
export function refuseMoving(
  { expiration }: Wish,
  from: ExpirationInstant,
  importedAt: Date | undefined,
  now: Date,
  { name, fromNow, run, rolling }: Wording,
): ByokError | undefined {
  const to = expiration.kind === 'fixed' ? expiration.instant : undefined;
  return from === undefined ||
    importedAt === undefined ||
    to === undefined ||
    !movesWithTheClock(from, to, importedAt, now)
    ? undefined
    : new ByokError(
        'ERR_REFUSED',
        `${name('expirationTime')} changes from ${formatInstant(from)} to ` +
          `${formatInstant(to)}, by just the time since the import on ` +
          `${formatInstant(importedAt)}: it seems to be computed from the current time ` +
          `(${fromNow}) and would interrupt the key at every ${run}; give a fixed instant in ` +
          `full minutes, or ${name('validFor')} and ` +
          `${name('renewBefore')}${rolling === undefined ? '' : ` (${rolling})`}`,
        { attribute: name('expirationTime') },
      );
}

/** Undefined unless the expiry to be declared has passed. */
export function refusePastExpiration(
  wished: ExpirationInstant,
  now: Date,
  words: Wording,
): ByokError | undefined {
  return isPast(wished, now) ? pastExpiration(wished, now, words) : undefined;
}

export function pastExpiration(wished: ExpirationInstant, now: Date, { name }: Wording): ByokError {
  return new ByokError(
    'ERR_ARGUMENT',
    `${name('expirationTime')} is ${formatExpirationTime(wished)}, which is past (it is ` +
      `now ${formatInstant(now)}); give a later instant, or "never"`,
    { attribute: name('expirationTime') },
  );
}

export function isPast(instant: ExpirationInstant, now: Date): boolean {
  return instant !== undefined && instant.getTime() <= now.getTime();
}

export function expiredMeanwhile(wished: ExpirationInstant, words: Wording): ByokError {
  const attribute = words.name('expirationTime');
  return new ByokError(
    'ERR_CHANGED_SINCE_PLAN',
    `${attribute} ${formatExpirationTime(wished)} has passed since the key was examined, so ` +
      `the material is not imported; declare a later one and ${words.again}`,
    { attribute },
  );
}

/** @param change as `describeChange` says it */
export function refuseRewrapping(change: string, words: Wording): ByokError {
  return new ByokError(
    'ERR_REFUSED',
    `${change}. This KMS would have to delete the material for that, and material that ` +
      'was wrapped elsewhere cannot be wrapped again here; keep the expiry, or give the ' +
      `material itself or a ${words.name('wrapCommand')}`,
    { attribute: words.name('expirationTime') },
  );
}

/** @param change as `describeChange` says it */
export function refuseUnproven(change: string, words: Wording): ByokError {
  return new ByokError(
    'ERR_REFUSED',
    `${change}. This KMS would have to delete the material for that, and nothing proves ` +
      'that the given material is what the key holds, so importing it again may fail; keep ' +
      `the expiry, or ${words.set('allowUnverifiedRenewal', true)} once you are certain ` +
      'that it is the same',
    { attribute: words.name('expirationTime') },
  );
}

/** About material that was wrapped elsewhere, and is deleted under another address. */
export function refuseImportAgain(words: Wording): ByokError {
  const message =
    `${words.another} deletes the material of this key, and material that was wrapped ` +
    `elsewhere cannot be imported again from here; ${words.set('onDestroy', 'retain')} there ` +
    'first';
  return new ByokError('ERR_REFUSED', message, { attribute: words.name('keyId') });
}
