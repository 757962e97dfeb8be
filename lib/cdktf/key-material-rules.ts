/**
 * The rules of a `KeyMaterialPolicy`: pure functions of the declaration.
 * A value that only Terraform will know is neither a violation nor a proof,
 * so it has a result of its own.
 */

import { parseDuration } from '../terms/duration';
import { never, parseExpirationTime } from '../terms/expiration-time';
import {
  defaultWrappingAlgorithm,
  type WrappingAlgorithm,
  wrappingAlgorithmNames,
} from '../terms/kms';
import {
  defaultMaterialDestroyPolicy,
  type MaterialDestroyPolicy,
  type MaterialSourceAttribute,
  materialDestroyPolicies,
  materialSourceAttributes,
} from '../terms/material';
import { faultsOfParsing, literal, propertyOf } from './config-attributes';
import type { KeyMaterialConfig } from './key-material-config';

/** The policy's name of each source, by the attribute that the source sets. */
const sourceNames = {
  material_wo: 'variable',
  material_file: 'file',
  material_env: 'environment',
  material_command: 'command',
  wrap_command: 'wrap-command',
  import_token_wo: 'pre-wrapped',
} as const satisfies Record<MaterialSourceAttribute, string>;

/**
 * A source of material: the name of its method of `KeyMaterialSource`,
 * without `from` and in kebab case.
 */
export type KeyMaterialSourceName = (typeof sourceNames)[MaterialSourceAttribute];

/** What a policy requires of material. An omitted rule requires nothing. */
export interface KeyMaterialRules {
  /**
   * How long material may live: a whole number and a unit (s, m, h or d), for example "365d".
   * A rolling expiry is judged by its `validFor`,
   * a fixed one by the time that remains at synthesis.
   * Material without an expiry violates the rule. That includes material of asymmetric keys,
   * which cannot expire: keep those out of the scope of the policy.
   * @default - any, and none
   */
  readonly maximumValidity?: string;
  /**
   * True requires a literal `fingerprint`, so the material itself is reviewed.
   * Pre-wrapped material cannot have one.
   * @default false
   */
  readonly requirePin?: boolean;
  /**
   * How material may be wrapped for its transport to the KMS.
   * For pre-wrapped material we cannot know it.
   * @default - every algorithm
   */
  readonly allowedWrappingAlgorithms?: WrappingAlgorithm[];
  /**
   * Sources that are not allowed.
   * @default - none
   */
  readonly forbiddenSources?: KeyMaterialSourceName[];
  /**
   * Allowed values of `onDestroy`. If a key omits it, it is "retain".
   * @default - every policy
   */
  readonly requiredOnDestroy?: MaterialDestroyPolicy[];
}

/** What a rule found. */
export interface Judgement {
  readonly rule: keyof KeyMaterialRules;
  /** False if only Terraform knows a value, so the rule found nothing either way. */
  readonly checked: boolean;
  readonly message: string;
}

/**
 * Everything that the rules find in a configuration.
 * Faults that no configuration may have are left to the construct.
 */
export function judgementsOf(
  rules: KeyMaterialRules,
  material: KeyMaterialConfig,
  now: Date,
): Judgement[] {
  const {
    maximumValidity,
    requirePin,
    allowedWrappingAlgorithms,
    forbiddenSources,
    requiredOnDestroy,
  } = rules;
  return [
    ...(maximumValidity === undefined ? [] : judgeValidity(maximumValidity, material, now)),
    ...(requirePin === true ? judgePin(material) : []),
    ...(allowedWrappingAlgorithms === undefined
      ? []
      : judgeWrapping(allowedWrappingAlgorithms, material)),
    ...(forbiddenSources === undefined ? [] : judgeSource(forbiddenSources, material)),
    ...(requiredOnDestroy === undefined ? [] : judgeOnDestroy(requiredOnDestroy, material)),
  ];
}

/** What is wrong with the rules themselves. A misspelled rule would allow what it should forbid. */
export function faultsOfRules(rules: KeyMaterialRules): string[] {
  const { maximumValidity } = rules;
  return [
    ...(maximumValidity === undefined
      ? []
      : faultsOfParsing(() => parseDuration(maximumValidity, 'maximumValidity'))),
    ...faultsOfList(
      'allowedWrappingAlgorithms',
      rules.allowedWrappingAlgorithms,
      wrappingAlgorithmNames,
    ),
    ...faultsOfList('forbiddenSources', rules.forbiddenSources, Object.values(sourceNames)),
    ...faultsOfList(
      'requiredOnDestroy',
      rules.requiredOnDestroy,
      Object.keys(materialDestroyPolicies),
    ),
  ];
}

function faultsOfList(
  name: keyof KeyMaterialRules,
  values: readonly string[] | undefined,
  allowed: readonly string[],
): string[] {
  return (values ?? [])
    .filter((value) => !allowed.includes(value))
    .map((value) => `${name} holds "${value}"; allowed are ${quoted(allowed)}`);
}

function judgeValidity(
  maximum: string,
  { expirationTime, validFor }: KeyMaterialConfig,
  now: Date,
): Judgement[] {
  const limit = parseDuration(maximum, 'maximumValidity');
  const violation = (found: string, advice: string): Judgement[] => [
    {
      rule: 'maximumValidity',
      checked: true,
      message: `${found}; allowed is a validity of at most "${maximum}": ${advice}`,
    },
  ];
  if (validFor === undefined && (expirationTime === undefined || expirationTime === never)) {
    return violation(
      'the material never expires',
      'give expiration, or keep keys that cannot expire out of the scope of this policy',
    );
  }
  const [rolling, fixed] = [literal(validFor), literal(expirationTime)];
  if (rolling !== undefined) {
    const tooLong =
      faultsOfParsing(() => parseDuration(rolling, 'validFor')).length === 0 &&
      parseDuration(rolling, 'validFor') > limit;
    return tooLong ? violation(`validFor is "${rolling}"`, 'give a shorter one') : [];
  }
  if (fixed !== undefined) {
    const valid = faultsOfParsing(() => parseExpirationTime(fixed)).length === 0;
    const tooLate = valid && Number(parseExpirationTime(fixed)) - now.getTime() > limit;
    return tooLate
      ? violation(
          `expirationTime is "${fixed}"`,
          'give an earlier instant, or Expiration.rolling(…)',
        )
      : [];
  }
  return unchecked('maximumValidity', validFor === undefined ? 'expirationTime' : 'validFor');
}

function judgePin({ fingerprint, importTokenWo }: KeyMaterialConfig): Judgement[] {
  if (fingerprint !== undefined) {
    return literal(fingerprint) === undefined ? unchecked('requirePin', 'fingerprint') : [];
  }
  const message =
    importTokenWo === undefined
      ? 'fingerprint is not given; required is the pin of the material that was reviewed: give it, as "byok fingerprint" prints it'
      : 'fingerprint is not given, and material that was wrapped elsewhere cannot have one; required is a pin: use another source';
  return [{ rule: 'requirePin', checked: true, message }];
}

function judgeWrapping(allowed: readonly string[], material: KeyMaterialConfig): Judgement[] {
  if (material.importTokenWo !== undefined) {
    const message = `how the material was wrapped elsewhere cannot be told here; allowed are ${quoted(allowed)}: see to it where it is wrapped`;
    return [{ rule: 'allowedWrappingAlgorithms', checked: false, message }];
  }
  return judgeMembership(
    'allowedWrappingAlgorithms',
    'wrappingAlgorithm',
    allowed,
    material.wrappingAlgorithm ?? defaultWrappingAlgorithm,
  );
}

function judgeOnDestroy(allowed: readonly string[], { onDestroy }: KeyMaterialConfig): Judgement[] {
  return judgeMembership(
    'requiredOnDestroy',
    'onDestroy',
    allowed,
    onDestroy ?? defaultMaterialDestroyPolicy,
  );
}

function judgeMembership(
  rule: keyof KeyMaterialRules,
  property: string,
  allowed: readonly string[],
  value: unknown,
): Judgement[] {
  const known = literal(value);
  if (known === undefined) {
    return unchecked(rule, property);
  }
  const message = `${property} is "${known}"; allowed are ${quoted(allowed)}: give one of them`;
  return allowed.includes(String(known)) ? [] : [{ rule, checked: true, message }];
}

function judgeSource(
  forbidden: readonly KeyMaterialSourceName[],
  material: KeyMaterialConfig,
): Judgement[] {
  const others = Object.values(sourceNames).filter((name) => !forbidden.includes(name));
  return materialSourceAttributes
    .filter((attribute) => propertyOf(material, attribute) !== undefined)
    .map((attribute) => sourceNames[attribute])
    .filter((name) => forbidden.includes(name))
    .map((name) => ({
      rule: 'forbiddenSources',
      checked: true,
      message: `the source of the material is "${name}"; allowed are ${quoted(others)}: use one of them`,
    }));
}

function unchecked(rule: keyof KeyMaterialRules, property: string): Judgement[] {
  const message = `${property} is known to Terraform only, so that it cannot be checked at synthesis; write the value out, or review the plan`;
  return [{ rule, checked: false, message }];
}

function quoted(values: readonly string[]): string {
  return values.map((value) => `"${value}"`).join(', ');
}
