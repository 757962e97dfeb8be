/**
 * What a message may repeat of a value that is wrong: a secret may have been given in its place, as
 * in `--key-id "$KEY"`. So only what looks like what belongs there is shown.
 */
import { isPrintable } from '../printable';
import { mayBeSecret } from './given-content';
import type { Setting } from './setting';

const shortText = /^.{0,40}$/;

/** Right or cut off: it is made to be shown. */
const fingerprint = /^sha256:[0-9a-f]*$/i;

/**
 * @param likely what it is likely to hold, right or wrong
 * @returns the value in quotes, or only its length
 */
export function shown(value: string, likely: RegExp = shortText): string {
  if (value === '') {
    return '""';
  }
  const isHarmless = fingerprint.test(value) || !mayBeSecret(value);
  return likely.test(value) && isPrintable(value) && isHarmless
    ? JSON.stringify(value)
    : hidden(value);
}

export function hidden({ length }: string): string {
  return `a text of ${length} characters, which may be a secret and is not shown`;
}

/** A number and perhaps a unit, as in "90 days", "1.5h", "P90D", "-3"; or a plain word. */
const duration = /^(?:P?T?[+-]?\d[\d.,]{0,8} ?[a-z]{0,7}|[a-z]{1,12}(?: [a-z]{1,12})?)$/i;

/** A host, or the beginning of a URL. */
const url = /^(?:(?=.*(?:\/\/|[.…]))[\w.:[\]/…@ -]{1,200}|[a-z-]{1,20})$/;

const likelyValues: Partial<Record<Setting, RegExp>> = {
  // Groups of hex digits, or a name: no key material has hyphens or is as short.
  keyId: /^(?:(?=.*-)[0-9a-f-]{1,40}|(?:alias\/)?[a-z_-]{1,20})$/i,
  fingerprint: /^(?:[a-z\d]{1,8}:[0-9a-f]*|[a-z]{1,20})$/i,
  expirationTime: /^(?:[+-]?\d[\d:.,+TZ -]{0,39}|[a-z]{1,10}(?: [a-z\d]{1,10}){0,2})$/i,
  validFor: duration,
  renewBefore: duration,
  warnBefore: duration,
  timeouts: duration,
  region: /^[a-z]{1,20}(?:[-_./][a-z\d]{0,14}){0,4}$/i,
  projectId: /^[a-z\d]{1,40}(?:[-_][a-z\d]{0,14}){0,4}$/i,
  kmsEndpoint: url,
  authUrl: url,
};

/** What a message repeats of a wrong value of a setting. */
export function shownOf(value: unknown, setting: Setting): string {
  if (typeof value === 'string') {
    return shown(value, likelyValues[setting]);
  }
  return typeof value === 'object' ? shown(JSON.stringify(value)) : String(value);
}
