/** What the parts of a key may be: each rule once, as a test and in words, for whoever reports a value that is not allowed. */
import { formats, ranges } from './kms';

/** A rule about one value. */
export interface Rule<Value> {
  readonly accepts: (value: Value) => boolean;
  /** What is accepted, in words that follow "allowed is" or "allowed are". */
  readonly allowed: string;
}

const { keyDescription, pendingDays, tagKey, tagValue } = ranges;

const alias = new RegExp(formats.keyAlias);

const keyId = new RegExp(formats.keyId);

/** Lengths are counted in UTF-16 units, as JavaScript and the KMS do. */
const tagText = ({ minimum, maximum }: { readonly minimum: number; readonly maximum: number }): Rule<string> => ({
  accepts: (text) => text.length >= minimum && text.length <= maximum && !/[\p{Cc}*<>\\=]/u.test(text),
  allowed: `${minimum} to ${maximum} characters, none of them a control character or one of * < > \\ =`,
});

export const keyRules = {
  keyId: { accepts: (id: string) => keyId.test(id), allowed: '36 characters such as "0d0466b0-e727-4d9c-b35d-f84bb474a37f"' },
  /** The service keeps names that end in "/default" for its own keys. */
  alias: {
    accepts: (name: string) => alias.test(name) && !name.endsWith('/default'),
    allowed: '1 to 255 of the characters a-z A-Z 0-9 : / _ -, not ending in "/default"',
  },
  description: {
    accepts: (text: string) => text.length <= keyDescription.maximum,
    allowed: `at most ${keyDescription.maximum} characters`,
  },
  pendingDays: {
    accepts: (days: number) => Number.isInteger(days) && days >= pendingDays.minimum && days <= pendingDays.maximum,
    allowed: `a whole number from ${pendingDays.minimum} to ${pendingDays.maximum}`,
  },
  tagKey: tagText(tagKey),
  tagValue: tagText(tagValue),
  /** Most keys of most accounts have fewer; the console allows so many. */
  numberOfTags: { accepts: (count: number) => count <= 20, allowed: '20' },
} as const satisfies Record<string, Rule<string> | Rule<number>>;
