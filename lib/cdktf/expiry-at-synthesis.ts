/**
 * What synthesis can say of an expiry by the clock. It only warns: the plan, which knows the key,
 * decides.
 */
import { faultsOfParsing } from '../errors';
import { isWholeHoursAhead } from '../terms/counted-from-now';
import { type ExpirationInstant, parseExpirationTime } from '../terms/expiration-time';
import { literal } from './config-attributes';

/** Whether an expiry that is known at synthesis has passed. */
export function isPastExpiration(expirationTime: string | undefined, now: Date): boolean {
  const instant = knownInstant(expirationTime);
  return instant !== undefined && instant <= now;
}

/**
 * Whether an expiry that is known at synthesis seems to count from that moment.
 * Then it differs each time.
 */
export function isCountedExpiration(expirationTime: string | undefined, now: Date): boolean {
  const instant = knownInstant(expirationTime);
  return instant !== undefined && isWholeHoursAhead(instant, now);
}

function knownInstant(expirationTime: string | undefined): ExpirationInstant {
  const text = literal(expirationTime);
  return text === undefined || faultsOfParsing(() => parseExpirationTime(text)).length > 0
    ? undefined
    : parseExpirationTime(text);
}
