/**
 * Rules for the parts of a key. Each rule stands here once,
 * as a test and in words for error messages.
 */
import { formats, ranges } from './kms';

/** A rule about one value. */
export interface Rule<Value> {
  readonly accepts: (value: Value) => boolean;
  /** The accepted values, in words that follow "allowed is" or "allowed are". */
  readonly allowed: string;
}

const { keyDescription, pendingDays, tagKey, tagValue } = ranges;

const alias = new RegExp(formats.keyAlias);

const keyId = new RegExp(formats.keyId);

/** Lengths count UTF-16 units, as JavaScript and the KMS do. */
const tagText = ({
  minimum,
  maximum,
}: {
  readonly minimum: number;
  readonly maximum: number;
}): Rule<string> => ({
  accepts: (text) =>
    text.length >= minimum && text.length <= maximum && !/[\p{Cc}*<>\\=]/u.test(text),
  allowed: `${minimum} to ${maximum} characters, none of them a control character or one of * < > \\ =`,
});

export const keyRules = {
  keyId: {
    accepts: (id: string) => keyId.test(id),
    allowed: '36 characters such as "0d0466b0-e727-4d9c-b35d-f84bb474a37f"',
  },
  /** The service reserves names that end in "/default" for its own keys. */
  alias: {
    accepts: (name: string) => alias.test(name) && !name.endsWith('/default'),
    allowed: '1 to 255 of the characters a-z A-Z 0-9 : / _ -, not ending in "/default"',
  },
  description: {
    accepts: (text: string) => text.length <= keyDescription.maximum,
    allowed: `at most ${keyDescription.maximum} characters`,
  },
  pendingDays: {
    accepts: (days: number) =>
      Number.isInteger(days) && days >= pendingDays.minimum && days <= pendingDays.maximum,
    allowed: `a whole number from ${pendingDays.minimum} to ${pendingDays.maximum}`,
  },
  tagKey: tagText(tagKey),
  tagValue: tagText(tagValue),
  /** The number that the console allows. Most keys have fewer. */
  numberOfTags: { accepts: (count: number) => count <= 20, allowed: '20' },
} as const satisfies Record<string, Rule<string> | Rule<number>>;

/**
 * What is wrong with the tags of a construct, one sentence each.
 *
 * @param isKnown false for a value that is known only at deployment, so it cannot be checked here
 */
export function faultsOfTags(
  tags: Readonly<Record<string, string>>,
  isKnown: (text: string) => boolean,
): string[] {
  const { tagKey, tagValue, numberOfTags } = keyRules;
  const entries = Object.entries(tags);
  return [
    ...(numberOfTags.accepts(entries.length)
      ? []
      : [`tags holds ${entries.length} tags; allowed are ${numberOfTags.allowed}`]),
    ...entries.flatMap(([key, value]) => [
      ...(!isKnown(key) || tagKey.accepts(key)
        ? []
        : [`tags holds the name "${key}"; allowed are ${tagKey.allowed}`]),
      ...(!isKnown(value) || tagValue.accepts(value)
        ? []
        : [`tags holds the value "${value}" of "${key}"; allowed are ${tagValue.allowed}`]),
    ]),
  ];
}
