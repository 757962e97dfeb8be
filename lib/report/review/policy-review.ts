/**
 * What a policy finds in a plan: all material that is there after an apply is judged, also where
 * nothing changes, by the same rules as the declarations of constructs. Pure.
 */
import {
  findingsOf,
  type JudgedMaterial,
  type Known,
  type PolicyWording,
} from '../../policy/judge';
import {
  type KeyMaterialPolicySeverity,
  type Policy,
  type RuleName,
  ruleNames,
  sourceNames,
} from '../../policy/rules';
import { wording } from '../../provider/wording';
import { wrappingAlgorithmNames } from '../../terms/kms';
import { materialDestroyPolicies, materialSourceAttributes } from '../../terms/material';
import type { Configuration } from '../configuration';
import { type Subject, shownNameOf } from './key-facts';
import { type PlannedChange, textOf } from './planned-change';

/** A policy, and the time by which it judges a fixed expiry. */
export interface PolicyInput {
  readonly policy: Policy;
  readonly now: Date;
}

/** What a rule of the policy found, as the JSON of a review tells it. */
export interface PolicyResult {
  readonly stack: string;
  /** As the key is named among `keys`. */
  readonly key: string;
  /** Of the material. */
  readonly address: string;
  readonly rule: RuleName;
  readonly level: KeyMaterialPolicySeverity;
  readonly message: string;
}

export interface PolicyReview {
  /** How many materials were judged. */
  readonly judged: number;
  readonly results: readonly PolicyResult[];
}

const policyWording: PolicyWording = {
  name: wording.name,
  expiration: 'expiration_time, or valid_for and renew_before',
  rolling: 'valid_for and renew_before',
  exempt: 'keep keys that cannot expire in a stack without this rule',
};

export function judgePlan(
  materials: readonly PlannedChange[],
  subjects: readonly Subject[],
  configuration: Configuration,
  stack: string,
  input: PolicyInput,
): PolicyReview {
  const names = new Map(
    subjects.flatMap((subject): [string, string][] =>
      subject.materialChange === undefined
        ? []
        : [[subject.materialChange.address, shownNameOf(subject)]],
    ),
  );
  const planned = materials
    .filter(({ after, deposed }) => after !== undefined && !deposed)
    .map((change) => ({
      key: names.get(change.address) ?? change.address,
      address: change.address,
      material: judgedIn(change, configuration),
    }));
  return judgeMaterials(planned, stack, input);
}

interface NamedMaterial {
  readonly key: string;
  readonly address: string;
  readonly material: JudgedMaterial;
}

export function judgeMaterials(
  materials: readonly NamedMaterial[],
  stack: string,
  { policy, now }: PolicyInput,
): PolicyReview {
  return {
    judged: materials.length,
    results: materials.flatMap(({ key, address, material }) =>
      findingsOf(policy, material, now, policyWording).map((finding) => ({
        stack,
        key,
        address,
        ...finding,
      })),
    ),
  };
}

/** For sorting: errors first, then by the order of the rules. */
export function byLevel(one: PolicyResult, other: PolicyResult): number {
  const rank = ({ level, rule }: PolicyResult) =>
    (level === 'error' ? 0 : ruleNames.length) + ruleNames.indexOf(rule);
  return rank(one) - rank(other);
}

const sayLater = {
  apply: 'is known only after apply, so that it cannot be checked in the plan; write the value out',
  hidden:
    'is sensitive, so that it is not read from the plan; write the value out, it is no secret',
  reference:
    'is a reference whose value the plan does not show; write the value out, or give it by a variable',
  unseen: 'cannot be checked, since the plan does not show how the material is declared',
  unfamiliar: 'has a value that is not known here',
} as const;

function judgedIn(change: PlannedChange, configuration: Configuration): JudgedMaterial {
  const validFor = knownOf(change, 'valid_for');
  return {
    validFor,
    // The one that a rolling expiry happens to have is not declared.
    expirationTime: validFor === 'absent' ? expirationOf(change, configuration) : 'absent',
    fingerprint: pinOf(change, configuration),
    wrappingAlgorithm: among(knownOf(change, 'wrapping_algorithm'), wrappingAlgorithmNames),
    onDestroy: among(knownOf(change, 'on_destroy'), Object.keys(materialDestroyPolicies)),
    sources: sourcesOf(change, configuration).map((attribute) => sourceNames[attribute]),
  };
}

function knownOf({ after, unknown, hidden }: PlannedChange, name: string): Known {
  if (unknown[name] === true) {
    return { later: sayLater.apply };
  }
  if (hidden.includes(name)) {
    return { later: sayLater.hidden };
  }
  const value = textOf(after?.[name]);
  return value === undefined ? 'absent' : { value };
}

/** Of a key that is new, nothing is known, although what is not declared never expires. */
function expirationOf(change: PlannedChange, configuration: Configuration): Known {
  const isUndeclared = configuration.written(change.address, 'expiration_time') === 'none';
  const isNew = change.actions.includes('create');
  return isUndeclared && isNew && change.unknown.expiration_time === true
    ? 'absent'
    : knownOf(change, 'expiration_time');
}

/** The values hold a fingerprint in any case: only the configuration tells whether it is a pin. */
function pinOf({ address }: PlannedChange, configuration: Configuration): Known {
  switch (configuration.written(address, 'fingerprint')) {
    case 'none':
      return 'absent';
    case 'constant':
    case 'variable':
      return { value: 'given' };
    case 'reference':
      return { later: sayLater.reference };
    default:
      return { later: sayLater.unseen };
  }
}

/** What is not one of them is refused elsewhere, and is not repeated here. */
function among(known: Known, names: readonly string[]): Known {
  return typeof known === 'object' && 'value' in known && !names.includes(known.value)
    ? { later: sayLater.unfamiliar }
    : known;
}

/** No plan holds a write-only value: that it is written is all that there is to see. */
function sourcesOf({ address, after, unknown, hidden }: PlannedChange, { written }: Configuration) {
  const set = materialSourceAttributes.filter(
    (name) => after?.[name] !== undefined || hidden.includes(name),
  );
  const isLater = (name: string) => unknown[name] === true;
  return set.length > 0
    ? set
    : materialSourceAttributes.filter(
        (name) =>
          isLater(name) || (name.endsWith('_wo') && (written(address, name) ?? 'none') !== 'none'),
      );
}
