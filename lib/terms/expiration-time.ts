/**
 * Formats of an expiry: RFC 3339 in whole seconds, epoch seconds, or "never".
 * Two texts for one instant are the same value. The KMS itself counts in seconds.
 */
import { ByokError } from '../errors';
import { ranges } from './kms';
import { plainSpelling, type Spelling } from './setting';

export const never = 'never';

/** Undefined means "never expires". */
export type ExpirationInstant = Date | undefined;

const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})([Zz]|[+-]\d{2}:\d{2})$/;

/**
 * @param shown what the error repeats of the text
 * @throws ByokError ERR_ARGUMENT when the text has none of these formats
 */
export function parseExpirationTime(
  text: string,
  { name, rolling }: Pick<Spelling, 'name' | 'rolling'> = plainSpelling,
  shown = `"${text}"`,
): ExpirationInstant {
  if (text === never) {
    return undefined;
  }
  const milliseconds = /^\d{1,11}$/.test(text) ? Number(text) * 1000 : parseRfc3339(text);
  const { minimum, maximum } = ranges.expirationTime;
  if (
    milliseconds === undefined ||
    milliseconds < minimum * 1000 ||
    milliseconds > maximum * 1000
  ) {
    const counted = /T.*\.\d/i.test(text)
      ? '; an instant with fractions of a second is computed from the current time, and moves ' +
        `each time: give a rolling expiry instead (${name('validFor')} and ` +
        `${name('renewBefore')}${rolling === undefined ? '' : `, ${rolling}`})`
      : '';
    throw new ByokError(
      'ERR_ARGUMENT',
      `${name('expirationTime')} is ${shown}; allowed are an instant in whole seconds such ` +
        `as "2030-01-31T00:00:00Z", epoch seconds such as "1893456000", or "never"${counted}`,
      { attribute: name('expirationTime') },
    );
  }
  return new Date(milliseconds);
}

/** RFC 3339 in UTC and whole seconds, or "never". */
export function formatExpirationTime(instant: ExpirationInstant): string {
  return instant === undefined ? never : formatInstant(instant);
}

/** What `formatInstant` writes. */
export const instantFormat =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

/** RFC 3339 in UTC and whole seconds. */
export function formatInstant(instant: Date): string {
  return `${instant.toISOString().slice(0, 19)}Z`;
}

export function sameExpiration(a: ExpirationInstant, b: ExpirationInstant): boolean {
  return seconds(a) === seconds(b);
}

function seconds(instant: ExpirationInstant): number | undefined {
  return instant === undefined ? undefined : Math.floor(instant.getTime() / 1000);
}

/** `Date.parse` turns 30 February into a day of March, so we format the day back and compare. */
function parseRfc3339(text: string): number | undefined {
  const match = rfc3339.exec(text);
  const milliseconds = match === null ? Number.NaN : Date.parse(text.toUpperCase());
  if (match === null || Number.isNaN(milliseconds)) {
    return undefined;
  }
  const local = `${text.slice(0, 19).toUpperCase()}Z`;
  return formatInstant(new Date(Date.parse(local))) === local ? milliseconds : undefined;
}
