/** The messages of commander, which repeat arguments: a secret may be among them. */
import { hidden } from '../terms/shown-value';

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
