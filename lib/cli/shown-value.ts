/**
 * What a message may repeat of a value that is wrong: a secret may have been given in its place, as
 * in `--key-id "$KEY"`. So only what looks like what belongs there is shown.
 */
import { isPrintable } from '../printable';

/** @returns the value in quotes, or only its length */
export function shown(value: string, likely: RegExp): string {
  return likely.test(value) && isPrintable(value) ? `"${value}"` : hidden(value);
}

export const shortText = /^.{0,40}$/;

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
