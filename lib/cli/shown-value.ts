/**
 * What a message may repeat of a value that is wrong: a secret may have been given in its place, as
 * in `--key-id "$KEY"`. So only what looks like what belongs there is shown.
 */
import { isPrintable } from '../printable';
import { isContent } from '../terms/given-content';
import type { Setting } from '../terms/setting';

/** @returns the value in quotes, or only its length */
export function shown(value: string, likely: RegExp): string {
  return likely.test(value) && isPrintable(value) && !isContent(value)
    ? `"${value}"`
    : hidden(value);
}

const shortText = /^.{0,40}$/;

/** A number and perhaps a unit, as in "90 days", "1.5h", "P90D", "-3". */
const duration = /^P?T?[+-]?\d[\d.,]{0,8} ?[a-z]{0,7}$/i;

/** A host, or the beginning of a URL. */
const url = /^(?=.*[.:])[\w.:[\]/…@-]{1,200}$/;

/** What each setting is likely to hold, right or wrong; of others, a short text. */
const likelyValues: Partial<Record<Setting, RegExp>> = {
  // Groups of hex digits: no key material has hyphens.
  keyId: /^(?=.*-)[0-9a-f-]{1,40}$/i,
  fingerprint: /^sha256:[0-9a-f]*$/i,
  expirationTime: /^(?:[+-]?\d[\d:.,+TZ -]{0,39}|[a-z]{1,10})$/i,
  validFor: duration,
  renewBefore: duration,
  warnBefore: duration,
  timeouts: duration,
  region: /^[a-z]{1,20}(?:[-_./][a-z\d]{0,14}){0,4}$/i,
  projectId: /^[a-z\d]{1,40}(?:[-_][a-z\d]{0,14}){0,4}$/i,
  kmsEndpoint: url,
  authUrl: url,
};

/** What a message repeats of a wrong value. */
export function shownOf(value: string, setting: Setting): string {
  return shown(value, likelyValues[setting] ?? shortText);
}

function hidden({ length }: string): string {
  return `a text of ${length} characters, which may be a secret and is not shown`;
}

/** Where commander repeats an argument, and what it may look like there. */
const repeated: readonly (readonly [RegExp, likely: RegExp])[] = [
  [/(?<=^error: unknown command )'(.*)'/s, /^[a-z-]{1,20}$/],
  [/(?<=^error: unknown option )'(.*)'/s, /^--?[a-z-]{1,40}(?:=…)?$/],
  [/(?<=^error: option '[^']*' argument )'(.*)'(?= is invalid)/s, /^\w{1,20}$/],
  [/(?<=^error: command-argument value )'(.*)'(?= is invalid)/s, /^\w{1,20}$/],
];

/** @param said by commander about arguments; its suggestions stay */
export function withoutSecrets(said: string): string {
  return repeated.reduce(
    (text, [place, likely]) =>
      text.replace(place, (whole, value: string) => (likely.test(value) ? whole : hidden(value))),
    // The name of an unknown option is shown without the value behind it.
    said.replace(/(?<=^error: unknown option '[^=]*)=.*(?=')/s, '=…'),
  );
}
