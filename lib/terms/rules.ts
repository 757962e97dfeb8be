/**
 * Rules for the parts of a key and its material. Each rule stands here once,
 * as a test and in words for error messages.
 */
import { formats, ranges } from './kms';
import { environmentVariableFormat, fingerprintFormat } from './material';

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

export const materialRules = {
  fingerprint: {
    accepts: (text: string) => fingerprintFormat.test(text),
    allowed: '"sha256:" and 64 hex digits, as "byok fingerprint" prints it',
  },
  variableName: {
    accepts: (text: string) => environmentVariableFormat.test(text),
    allowed: 'letters, digits and _, not beginning with a digit',
  },
} as const satisfies Record<string, Rule<string>>;
