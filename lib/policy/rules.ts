/**
 * What a policy may require of imported material. As properties of `KeyMaterialPolicy` and as a
 * file for `byok review --policy`, it is the same.
 */
import type { WrappingAlgorithm } from '../terms/kms';
import type { MaterialDestroyPolicy, MaterialSourceAttribute } from '../terms/material';

/** The policy's name of each source, by the attribute that the source sets. */
export const sourceNames = {
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

export type RuleName = keyof KeyMaterialRules;

export const ruleNames = [
  'maximumValidity',
  'requirePin',
  'allowedWrappingAlgorithms',
  'forbiddenSources',
  'requiredOnDestroy',
] as const satisfies readonly RuleName[];

/** What a violation does: "error" fails the synthesis, "warning" is only printed. */
export type KeyMaterialPolicySeverity = 'error' | 'warning';

export const severityNames: readonly KeyMaterialPolicySeverity[] = ['error', 'warning'];

/** A severity for each rule. */
export interface KeyMaterialPolicySeverities {
  /** @default - `severity` of the policy */
  readonly maximumValidity?: KeyMaterialPolicySeverity;
  /** @default - `severity` of the policy */
  readonly requirePin?: KeyMaterialPolicySeverity;
  /** @default - `severity` of the policy */
  readonly allowedWrappingAlgorithms?: KeyMaterialPolicySeverity;
  /** @default - `severity` of the policy */
  readonly forbiddenSources?: KeyMaterialPolicySeverity;
  /** @default - `severity` of the policy */
  readonly requiredOnDestroy?: KeyMaterialPolicySeverity;
}

/** The rules of a policy, and how strict it is. */
export interface KeyMaterialPolicyProps extends KeyMaterialRules {
  /**
   * What a violation does. An error also stops `cdktf destroy`, which synthesizes first.
   * A stack that passes a rule never fails it later just because time has passed.
   * @default "error"
   */
  readonly severity?: KeyMaterialPolicySeverity;
  /**
   * Severities of single rules that differ.
   * @default - `severity` for all
   */
  readonly severities?: KeyMaterialPolicySeverities;
  /**
   * The instant to compare a fixed expiry with.
   * @default - when the stack is synthesized
   */
  readonly now?: Date;
}

/** What a file can hold. */
export type Policy = Omit<KeyMaterialPolicyProps, 'now'>;

export const policyNames = [
  ...ruleNames,
  'severity',
  'severities',
] as const satisfies readonly (keyof Policy)[];
