/**
 * What is wrong with a policy itself. A misspelled rule would allow what it was to forbid, and
 * files and JavaScript have no types, so every value is checked.
 */
import { ByokError, faultsOfParsing } from '../errors';
import { parseDuration } from '../terms/duration';
import { wrappingAlgorithmNames } from '../terms/kms';
import { refuseUnknownNames } from '../terms/known-names';
import { materialDestroyPolicies } from '../terms/material';
import { shown } from '../terms/shown-value';
import {
  type Policy,
  policyNames,
  type RuleName,
  ruleNames,
  severityNames,
  sourceNames,
} from './rules';

/**
 * @param names the properties that it may have
 * @param owner what has them, for messages
 * @throws ByokError ERR_ARGUMENT
 */
export function requireFaultless(
  policy: object,
  owner: string,
  names: readonly string[] = policyNames,
): void {
  refuseUnknownNames(policy, names, owner);
  const { severities } = policy as Policy;
  if (severities !== undefined) {
    refuseUnknownNames(severities, ruleNames, `severities of ${owner}`);
  }
  const [fault] = faultsOf(policy as Values);
  if (fault !== undefined) {
    throw new ByokError('ERR_ARGUMENT', fault);
  }
}

type Values = { readonly [Name in keyof Policy]: unknown };

function faultsOf({ severity, severities, ...rules }: Values): readonly string[] {
  const ofRules = ruleNames.flatMap((name) =>
    rules[name] === undefined ? [] : faultsByRule[name](rules[name]),
  );
  const levels = Object.entries((severities ?? {}) as object).map(
    ([name, level]: [string, unknown]): [string, unknown] => [`severities.${name}`, level],
  );
  const ofLevels = [['severity', severity] as const, ...levels]
    .filter(([, level]) => level !== undefined && !severityNames.some((one) => one === level))
    .map(([name, level]) => `${name} is ${text(level)}; allowed are "error" and "warning"`);
  return [...ofRules, ...ofLevels];
}

const faultsByRule: Readonly<Record<RuleName, (value: unknown) => readonly string[]>> = {
  maximumValidity: (value) =>
    typeof value === 'string'
      ? faultsOfParsing(() => parseDuration(value, 'maximumValidity', undefined, shown(value)))
      : [
          `maximumValidity is ${text(value)}; allowed is a text of a whole number and a unit (s, m, h or d), such as "365d"`,
        ],
  requirePin: (value) =>
    typeof value === 'boolean' ? [] : [`requirePin is ${text(value)}; allowed are true and false`],
  allowedWrappingAlgorithms: listOf('allowedWrappingAlgorithms', wrappingAlgorithmNames),
  forbiddenSources: listOf('forbiddenSources', Object.values(sourceNames), { mayBeEmpty: true }),
  requiredOnDestroy: listOf('requiredOnDestroy', Object.keys(materialDestroyPolicies)),
};

/** A list of what is allowed that allows nothing is a mistake. */
function listOf(name: RuleName, allowed: readonly string[], { mayBeEmpty = false } = {}) {
  const names = allowed.map((value) => `"${value}"`).join(', ');
  return (value: unknown): readonly string[] => {
    if (!Array.isArray(value) || (value.length === 0 && !mayBeEmpty)) {
      return [
        `${name} is ${Array.isArray(value) ? 'an empty list' : text(value)}; allowed is a list of ${names}`,
      ];
    }
    return value
      .filter((one: unknown) => !allowed.some((other) => other === one))
      .map((one: unknown) => `${name} holds ${text(one)}; allowed are ${names}`);
  };
}

/** The file that was given may be another than was meant, and hold a secret. */
function text(value: unknown): string {
  return typeof value === 'string'
    ? shown(value)
    : Array.isArray(value)
      ? 'a list'
      : typeof value === 'object' && value !== null
        ? 'an object'
        : String(value);
}
