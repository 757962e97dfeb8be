/** What somebody wants of the expiry, and what that comes to at one moment. */
import {
  type ExpirationInstant,
  formatExpirationTime,
  formatInstant,
} from '../terms/expiration-time';
import type { RollingExpiration } from '../terms/rolling-expiration';
import type { Wording } from './wording';

/**
 * Keep whatever expiry the key has: nobody declared one, and the material was not imported by us.
 */
export const keep = Symbol('keep');

/**
 * Valid for so long after each import, and renewed so long before the end; the texts are for the
 * reason.
 */
export type Rolling = RollingExpiration;

export type ExpirationWish = ExpirationInstant | typeof keep | Rolling;

export function isRolling(wish: ExpirationWish): wish is Rolling {
  return typeof wish === 'object' && 'validForMs' in wish;
}

/** The expiry of an import made now. @param known what `keep` keeps */
export function expirationOfImport(
  wish: ExpirationWish,
  known: ExpirationInstant,
  now: Date,
): ExpirationInstant {
  if (wish === keep) {
    return known;
  }
  return isRolling(wish)
    ? new Date(Math.floor((now.getTime() + wish.validForMs) / 1000) * 1000)
    : wish;
}

/**
 * The expiry that material which is there should have now; outside its window a rolling one is as
 * it should be.
 *
 * @param inWindow as whoever observed the key found it: the window must not open between a review
 *   and what it allows
 */
export function wantedExpiration(
  wish: ExpirationWish,
  known: ExpirationInstant,
  inWindow: boolean,
  now: Date,
): ExpirationInstant {
  return isRolling(wish) && known !== undefined && !inWindow
    ? known
    : expirationOfImport(wish, known, now);
}

export function isInWindow(expiration: ExpirationInstant, windowMs: number, now: Date): boolean {
  return expiration !== undefined && now.getTime() >= expiration.getTime() - windowMs;
}

/** Why the expiry changes, in absolute dates: the text must not depend on the minute. */
export function describeChange(
  wish: ExpirationWish,
  known: ExpirationInstant,
  wanted: ExpirationInstant,
  { name }: Wording,
): string {
  const attribute = name('expirationTime');
  if (!isRolling(wish)) {
    return `${attribute} changes from ${formatExpirationTime(known)} to ${formatExpirationTime(wanted)}`;
  }
  return known === undefined
    ? `${attribute} changes from never to ${wish.validFor} after the import`
    : `the material expires on ${formatInstant(known)} and is renewed from ${formatInstant(
        new Date(known.getTime() - wish.renewBeforeMs),
      )} on (${name('renewBefore')} ${wish.renewBefore}), to be valid for ${wish.validFor}`;
}

/** The expiry of an import in words, for a reason. */
export function describeExpiration(
  wish: ExpirationWish,
  wanted: ExpirationInstant,
  { name }: Wording,
): string {
  return isRolling(wish)
    ? `valid for ${wish.validFor}`
    : `${name('expirationTime')} ${formatExpirationTime(wanted)}`;
}
