/** What a single setting of a declaration may be. Pure. */
import { isByokError } from '../errors';
import { parseDuration } from '../terms/duration';
import { parseExpirationTime } from '../terms/expiration-time';
import { mayBeSecret } from '../terms/given-content';
import { keyDestroyPolicies } from '../terms/key';
import { keySpecs, wrappingAlgorithmNames } from '../terms/kms';
import { isPlain } from '../terms/known-names';
import { materialDestroyPolicies, materialEncodings } from '../terms/material';
import { type Switch, switches } from '../terms/material-options';
import { keyRules, materialRules, type Rule } from '../terms/rules';
import type { Setting, Spelling } from '../terms/setting';

/** The longest validity. The KMS accepts no expiry that lies much further ahead. */
const longestValidFor = '36500d';

interface Surroundings {
  readonly words: Spelling;
  readonly isKnown: (value: unknown) => boolean;
  /** What a message repeats of a wrong value. */
  readonly show: (value: unknown) => string;
}

export interface ValueRule {
  /** @returns a message for each fault, which begins with the name */
  readonly judge: (value: unknown, name: string, around: Surroundings) => readonly string[];
  /** Its value may be a secret that was put in the wrong place. @default false */
  readonly isSecret?: boolean;
}

const duration = parsing((text, { name, shown }) => parseDuration(text, name, name, shown));

export const valueRules = {
  keyId: matching(keyRules.keyId),
  alias: matching(keyRules.alias),
  description: {
    judge: (value, name, { show }) =>
      typeof value === 'string' && keyRules.description.accepts(value)
        ? []
        : [
            `${name} ${typeof value === 'string' ? `has ${value.length} characters` : `is ${show(value)}`}; allowed are ${keyRules.description.allowed}`,
          ],
  },
  keySpec: among(Object.keys(keySpecs)),
  enabled: among([true, false]),
  tags: { judge: judgeTags },
  pendingDays: {
    judge: (value, name, { show }) =>
      typeof value === 'number' && keyRules.pendingDays.accepts(value)
        ? []
        : [`${name} is ${show(value)}; allowed is ${keyRules.pendingDays.allowed}`],
  },
  cancelPendingDeletion: among([true, false]),
  keyOnDestroy: among(Object.keys(keyDestroyPolicies)),
  expirationTime: parsing((text, { words, shown }) => parseExpirationTime(text, words, shown)),
  validFor: {
    judge: (value, name, around) => {
      const faults = duration.judge(value, name, around);
      return faults.length > 0 || lengthOf(value) <= lengthOf(longestValidFor)
        ? faults
        : [`${name} is ${around.show(value)}; allowed are up to ${longestValidFor}`];
    },
  },
  renewBefore: duration,
  warnBefore: duration,
  fingerprint: matching(materialRules.fingerprint),
  wrappingAlgorithm: among(wrappingAlgorithmNames),
  onDestroy: among(Object.keys(materialDestroyPolicies)),
  ...(Object.fromEntries(switches.map((name) => [name, among([true, false])])) as Readonly<
    Record<Switch, ValueRule>
  >),
  timeouts: { judge: judgeTimeouts },
  materialFile: {
    judge: (value, name) =>
      value === '' ? [`${name} is empty; give the path of the file that holds the material`] : [],
  },
  materialEnv: variableName(),
  materialCommand: program(),
  wrapCommand: program(),
  materialEncoding: among(materialEncodings),
  materialPasswordEnv: variableName(),
} as const satisfies { readonly [Name in Setting]?: ValueRule };

/** In milliseconds, of a text that is a duration. */
export function lengthOf(text: unknown): number {
  return parseDuration(String(text), 'duration');
}

function matching({ accepts, allowed }: Rule<string>): ValueRule {
  return {
    judge: (value, name, { show }) =>
      typeof value === 'string' && accepts(value)
        ? []
        : [`${name} is ${show(value)}; allowed are ${allowed}`],
  };
}

/** Truth values may come as text, as templates and configurations pass them on. */
function among(allowed: readonly (string | boolean)[]): ValueRule {
  return {
    judge: (value, name, { show }) =>
      allowed.some((one) => one === value || (typeof one === 'boolean' && String(one) === value))
        ? []
        : [
            `${name} is ${show(value)}; allowed are ${allowed.map((one) => JSON.stringify(one)).join(', ')}`,
          ],
  };
}

interface Parsing {
  readonly name: string;
  readonly words: Spelling;
  /** The value as a message repeats it. */
  readonly shown: string;
}

function parsing(parse: (text: string, around: Parsing) => unknown): ValueRule {
  return {
    judge: (value, name, { words, show }) => {
      try {
        parse(String(value), { name, words, shown: show(value) });
        return [];
      } catch (error) {
        if (isByokError(error)) {
          return [error.message];
        }
        throw error;
      }
    },
  };
}

/** One for all operations, or each by its name. */
function judgeTimeouts(value: unknown, name: string, around: Surroundings): readonly string[] {
  return typeof value === 'object' && value !== null
    ? Object.entries(value)
        .filter(([, text]) => text !== undefined && text !== null && around.isKnown(text))
        .flatMap(([operation, text]) => duration.judge(text, `${name}.${operation}`, around))
    : duration.judge(value, name, around);
}

function judgeTags(
  value: unknown,
  name: string,
  { isKnown, show }: Surroundings,
): readonly string[] {
  const { tagKey, tagValue, numberOfTags } = keyRules;
  const allowed = 'allowed are texts by name, as in { team = "payments" }';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [`${name} is ${show(value)}; ${allowed}`];
  }
  if (!isPlain(value)) {
    return [`${name} is no plain object, and what it holds would be lost; ${allowed}`];
  }
  const entries = Object.entries(value);
  return [
    ...(numberOfTags.accepts(entries.length)
      ? []
      : [`${name} holds ${entries.length} tags; allowed are ${numberOfTags.allowed}`]),
    ...entries.flatMap(([key, text]: [string, unknown]) => [
      ...(!isKnown(key) || tagKey.accepts(key)
        ? []
        : [`${name} holds the name ${show(key)}; allowed are ${tagKey.allowed}`]),
      ...(text === null || text === undefined
        ? [`${name} has no value for ${show(key)}; give it a value, or leave the tag out`]
        : !isKnown(text) || tagValue.accepts(String(text))
          ? []
          : [`${name} gives ${show(key)} ${show(text)}; allowed are ${tagValue.allowed}`]),
    ]),
  ];
}

/** A person who gave the value in place of the name must not find it in a message. */
function variableName(): ValueRule {
  const { accepts, allowed } = materialRules.variableName;
  return {
    isSecret: true,
    judge: (value, name) =>
      typeof value === 'string' && accepts(value) && !mayBeSecret(value)
        ? []
        : [
            `${name} is no name of an environment variable (not shown, it may be the secret itself); allowed are ${allowed}`,
          ],
  };
}

/** The words are not shown: a secret may be among them. */
function program(): ValueRule {
  return {
    judge: (argv, name, { isKnown }) => {
      const isList =
        Array.isArray(argv) &&
        argv.every((word) => typeof word === 'string' || (word != null && !isKnown(word)));
      const found = !isList
        ? 'is no list of texts'
        : argv.length === 0
          ? 'is empty'
          : argv.includes('')
            ? 'holds an empty text'
            : undefined;
      return found === undefined
        ? []
        : [
            `${name} ${found}; give a program and its arguments, each as an element, such as ["vault", "kv", "get"]`,
          ];
    },
  };
}
