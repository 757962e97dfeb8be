/**
 * A rolling expiry never shortens what a key has: that would cost an outage. Material may therefore
 * outlive the declared validity until its window opens, and a person who declared it should know.
 */
import { formatInstant } from '../terms/expiration-time';
import type { Notice } from './context';
import { type ExpirationWish, isRolling } from './expiration-wish';
import { holdsMaterial, type MaterialObservation } from './material-status';
import type { Wording } from './wording';

/** Clocks of two machines may differ by so much, and no notice comes of that. */
const clocksDifferMs = 5 * 60_000;

/** @returns one notice if the material expires later than an import made now would */
export function noticesOfKept(
  wish: ExpirationWish,
  { status, expiration }: MaterialObservation,
  now: Date,
  words: Wording,
): Notice[] {
  if (
    !isRolling(wish) ||
    expiration === undefined ||
    !holdsMaterial(status) ||
    expiration.getTime() <= now.getTime() + wish.validForMs + clocksDifferMs
  ) {
    return [];
  }
  const [validFor, renewBefore] = [words.name('validFor'), words.name('renewBefore')];
  const opens = new Date(expiration.getTime() - wish.renewBeforeMs);
  return [
    {
      summary: 'The material expires later than declared',
      detail:
        `It keeps its expiry ${formatInstant(expiration)}, which is later than ${validFor} ` +
        `${wish.validFor} allows, because a change would interrupt the key. ${validFor} counts ` +
        `from ${formatInstant(opens)} on (${renewBefore} ${wish.renewBefore}), when the material ` +
        `is renewed. To make it expire earlier, declare a fixed ${words.name('expirationTime')} ` +
        `for one ${words.run}.`,
      attribute: words.name('validFor'),
    },
  ];
}
