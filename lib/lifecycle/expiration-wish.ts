/** What expiry is wanted, and what that means at a given moment. */
import {
  type ExpirationInstant,
  formatExpirationTime,
  formatInstant,
} from '../terms/expiration-time';
import type { Wording } from './wording';

/** Keep the expiry that the key has: none was declared, and we did not import the material. */
export const keep = { kind: 'keep' } as const;

/** One instant, or never. */
export interface Fixed {
  readonly kind: 'fixed';
  readonly instant: ExpirationInstant;
}

export function fixed(instant: ExpirationInstant): Fixed {
  return { kind: 'fixed', instant };
}

/**
 * Valid for this long after each import, and renewed this long before the end; the texts are for
 * the reason.
 */
export interface Rolling {
  readonly kind: 'rolling';
  readonly validFor: string;
  readonly renewBefore: string;
  readonly validForMs: number;
  readonly renewBeforeMs: number;
}

export type ExpirationWish = typeof keep | Fixed | Rolling;

export function isRolling(wish: ExpirationWish): wish is Rolling {
  return wish.kind === 'rolling';
}

/**
 * The expiry of an import made now.
 * @param known what `keep` keeps
 */
export function expirationOfImport(
  wish: ExpirationWish,
  known: ExpirationInstant,
  now: Date,
): ExpirationInstant {
  switch (wish.kind) {
    case 'keep':
      return known;
    case 'fixed':
      return wish.instant;
    case 'rolling':
      return new Date(Math.floor((now.getTime() + wish.validForMs) / 1000) * 1000);
  }
}

/**
 * The expiry that the existing material should have now. Outside its window, a rolling one may stay
 * as it is.
 *
 * @param inWindow as found when the key was observed: the window must not open between a review and
 *   what it allows
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

/** Why the expiry changes, in absolute dates: the text must not change with the minute. */
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

/** The expiry of an import, in the words of a reason. */
export function describeExpiration(
  wish: ExpirationWish,
  wanted: ExpirationInstant,
  { name }: Wording,
): string {
  return isRolling(wish)
    ? `valid for ${wish.validFor}`
    : `${name('expirationTime')} ${formatExpirationTime(wanted)}`;
}
