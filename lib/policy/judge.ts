/**
 * Judges a declaration by the rules of a policy. Pure, and the same for every front-end: each hands
 * in what it knows of the declaration, and the names that its users write.
 */
import { faultsOfParsing } from '../errors';
import { parseDuration } from '../terms/duration';
import { never, parseExpirationTime } from '../terms/expiration-time';
import { defaultWrappingAlgorithm } from '../terms/kms';
import { defaultMaterialDestroyPolicy } from '../terms/material';
import type { Setting } from '../terms/setting';
import {
  type KeyMaterialPolicySeverity,
  type KeyMaterialSourceName,
  type Policy,
  type RuleName,
  sourceNames,
} from './rules';

/**
 * What is known of a declared value. A value that is known later is neither a violation nor a
 * proof, so it is told why it cannot be checked, in words that follow its name.
 */
export type Known = { readonly value: string } | { readonly later: string } | 'absent';

/** Material as it is declared, in no front-end's terms. */
export interface JudgedMaterial {
  readonly expirationTime: Known;
  readonly validFor: Known;
  readonly fingerprint: Known;
  readonly wrappingAlgorithm: Known;
  readonly onDestroy: Known;
  /** The sources that are declared. More than one: it is known later which of them is. */
  readonly sources: readonly KeyMaterialSourceName[];
}

/** How a front-end words what a person can do. */
export interface PolicyWording {
  /** For example `expirationTime`, `expiration_time`. */
  readonly name: (setting: Setting) => string;
  /** What gives an expiry: `expiration`. */
  readonly expiration: string;
  /** What gives one that rolls: `Expiration.rolling(…)`. */
  readonly rolling: string;
  /** How keys that cannot expire are not judged: `keep keys that cannot expire out of …`. */
  readonly exempt: string;
}

/** What a rule found. */
export interface PolicyFinding {
  readonly rule: RuleName;
  readonly level: KeyMaterialPolicySeverity;
  readonly message: string;
}

interface Judgement {
  readonly rule: RuleName;
  /** False if a value is known later, so the rule found nothing either way. */
  readonly checked: boolean;
  readonly message: string;
}

/**
 * Everything that the rules find. What cannot be checked is a warning, however strict the policy
 * is. Faults that no declaration may have are left to those who refuse them.
 *
 * @param policy without faults
 */
export function findingsOf(
  { severity = 'error', severities = {}, ...rules }: Policy,
  material: JudgedMaterial,
  now: Date,
  words: PolicyWording,
): PolicyFinding[] {
  const {
    maximumValidity,
    requirePin,
    allowedWrappingAlgorithms,
    forbiddenSources,
    requiredOnDestroy,
  } = rules;
  const judgements = [
    ...(maximumValidity === undefined ? [] : judgeValidity(maximumValidity, material, now, words)),
    ...(requirePin === true ? judgePin(material, words) : []),
    ...(allowedWrappingAlgorithms === undefined
      ? []
      : judgeWrapping(allowedWrappingAlgorithms, material, words)),
    ...(forbiddenSources === undefined ? [] : judgeSource(forbiddenSources, material)),
    ...(requiredOnDestroy === undefined
      ? []
      : judgeMembership('requiredOnDestroy', words.name('onDestroy'), requiredOnDestroy, {
          known: material.onDestroy,
          omitted: defaultMaterialDestroyPolicy,
        })),
  ];
  return judgements.map(({ rule, checked, message }) => ({
    rule,
    level: checked ? (severities[rule] ?? severity) : 'warning',
    message,
  }));
}

function judgeValidity(
  maximum: string,
  { expirationTime, validFor }: JudgedMaterial,
  now: Date,
  { name, expiration, rolling, exempt }: PolicyWording,
): Judgement[] {
  const limit = parseDuration(maximum, 'maximumValidity');
  const violation = (found: string, advice: string): Judgement[] => [
    {
      rule: 'maximumValidity',
      checked: true,
      message: `${found}; allowed is a validity of at most "${maximum}": ${advice}`,
    },
  ];
  const length = literalOf(validFor);
  if (length !== undefined) {
    const tooLong =
      faultsOfParsing(() => parseDuration(length, 'validFor')).length === 0 &&
      parseDuration(length, 'validFor') > limit;
    return tooLong ? violation(`${name('validFor')} is "${length}"`, 'give a shorter one') : [];
  }
  const end = literalOf(expirationTime) ?? (expirationTime === 'absent' ? never : undefined);
  if (end === never && validFor === 'absent') {
    return violation('the material never expires', `give ${expiration}, or ${exempt}`);
  }
  if (end !== undefined && end !== never) {
    const valid = faultsOfParsing(() => parseExpirationTime(end)).length === 0;
    const tooLate = valid && Number(parseExpirationTime(end)) - now.getTime() > limit;
    return tooLate
      ? violation(`${name('expirationTime')} is "${end}"`, `give an earlier instant, or ${rolling}`)
      : [];
  }
  return [
    ...unchecked('maximumValidity', name('validFor'), validFor),
    ...(validFor === 'absent'
      ? unchecked('maximumValidity', name('expirationTime'), expirationTime)
      : []),
  ];
}

function judgePin({ fingerprint, sources }: JudgedMaterial, { name }: PolicyWording): Judgement[] {
  const property = name('fingerprint');
  if (fingerprint !== 'absent') {
    return unchecked('requirePin', property, fingerprint);
  }
  const message = isPreWrapped(sources)
    ? `${property} is not given, and material that was wrapped elsewhere cannot have one; required is a pin: use another source`
    : `${property} is not given; required is the pin of the material that was reviewed: give it, as "byok fingerprint" prints it`;
  return [{ rule: 'requirePin', checked: true, message }];
}

function judgeWrapping(
  allowed: readonly string[],
  { wrappingAlgorithm, sources }: JudgedMaterial,
  { name }: PolicyWording,
): Judgement[] {
  if (isPreWrapped(sources)) {
    const message = `how the material was wrapped elsewhere cannot be told here; allowed are ${quoted(allowed)}: see to it where it is wrapped`;
    return [{ rule: 'allowedWrappingAlgorithms', checked: false, message }];
  }
  return judgeMembership('allowedWrappingAlgorithms', name('wrappingAlgorithm'), allowed, {
    known: wrappingAlgorithm,
    omitted: defaultWrappingAlgorithm,
  });
}

function judgeMembership(
  rule: RuleName,
  property: string,
  allowed: readonly string[],
  { known, omitted }: { readonly known: Known; readonly omitted: string },
): Judgement[] {
  const value = known === 'absent' ? omitted : literalOf(known);
  if (value === undefined) {
    return unchecked(rule, property, known);
  }
  const message = `${property} is "${value}"; allowed are ${quoted(allowed)}: give one of them`;
  return allowed.includes(value) ? [] : [{ rule, checked: true, message }];
}

function judgeSource(
  forbidden: readonly KeyMaterialSourceName[],
  { sources }: JudgedMaterial,
): Judgement[] {
  const others = Object.values(sourceNames).filter((name) => !forbidden.includes(name));
  const found = sources.filter((name) => forbidden.includes(name));
  if (sources.length > 1 && found.length > 0) {
    const message = `the source of the material is one of ${quoted(sources)}, and cannot be told here; allowed are ${quoted(others)}: declare one of them alone`;
    return [{ rule: 'forbiddenSources', checked: false, message }];
  }
  return found.map((name) => ({
    rule: 'forbiddenSources',
    checked: true,
    message: `the source of the material is "${name}"; allowed are ${quoted(others)}: use one of them`,
  }));
}

function isPreWrapped(sources: readonly KeyMaterialSourceName[]): boolean {
  return sources.length === 1 && sources[0] === 'pre-wrapped';
}

function literalOf(known: Known): string | undefined {
  return typeof known === 'object' && 'value' in known ? known.value : undefined;
}

function unchecked(rule: RuleName, property: string, known: Known): Judgement[] {
  return typeof known === 'object' && 'later' in known
    ? [{ rule, checked: false, message: `${property} ${known.later}` }]
    : [];
}

function quoted(values: readonly string[]): string {
  return values.map((value) => `"${value}"`).join(', ');
}
