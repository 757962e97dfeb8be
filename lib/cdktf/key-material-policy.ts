/**
 * Policy as code: an aspect that checks all imported material of a stack against rules
 * and reports violations.
 */
import type { IAspect } from 'cdktf';
import type { IConstruct } from 'constructs';
import { ByokError } from '../errors';
import { refuseUnknownNames } from '../terms/known-names';
import { type AnnotationLevel, annotate } from './annotate';
import { tryFindKeyMaterial } from './declared-key-material';
import { faultsOfRules, judgementsOf, type KeyMaterialRules } from './key-material-rules';
import { propertyNames } from './property-names';
import { synthesisTime } from './synthesis-time';

/** What a violation does: "error" fails the synthesis, "warning" is only printed. */
export type KeyMaterialPolicySeverity = AnnotationLevel;

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

/**
 * Rules for all material in a scope, wherever it is:
 * in an `ImportedKey`, in a `RotatedKey`, or as a `KeyMaterial` of its own.
 * The scope is a stack, or a construct in one. If you add the rules to the App,
 * they are silently ignored: no framework visits aspects there.
 * Violations are annotations of the construct that imports the material,
 * so `cdktf synth` prints them with its path.
 *
 *     Aspects.of(stack).add(new KeyMaterialPolicy({ maximumValidity: '365d', requirePin: true }));
 *
 * `Aspects` comes from the framework of the app, cdktf or cdktn. A value that only Terraform will
 * know is always a warning and never an error, because it may be what the rule requires.
 */
export class KeyMaterialPolicy implements IAspect {
  readonly #props: KeyMaterialPolicyProps;

  /** @throws ByokError ERR_ARGUMENT when a rule is misspelled */
  constructor(props: KeyMaterialPolicyProps) {
    refuseUnknownNames(props, propertyNames.KeyMaterialPolicyProps, 'KeyMaterialPolicy');
    refuseUnknownNames(
      props.severities ?? {},
      propertyNames.KeyMaterialPolicySeverities,
      'severities of KeyMaterialPolicy',
    );
    const [fault] = [...faultsOfRules(props), ...faultsOfSeverities(props)];
    if (fault !== undefined) {
      throw new ByokError('ERR_ARGUMENT', fault);
    }
    this.#props = props;
  }

  /** Called for every construct in the scope. */
  visit(node: IConstruct): void {
    const material = tryFindKeyMaterial(node);
    if (material === undefined) {
      return;
    }
    const { severity = 'error', severities = {}, now = synthesisTime(), ...rules } = this.#props;
    for (const { rule, checked, message } of judgementsOf(rules, material, now)) {
      annotate(
        node,
        checked ? (severities[rule] ?? severity) : 'warning',
        `KeyMaterialPolicy, ${rule}: ${message}`,
      );
    }
  }
}

function faultsOfSeverities({ severity, severities = {} }: KeyMaterialPolicyProps): string[] {
  const allowed: readonly unknown[] = ['error', 'warning'];
  return Object.entries({ severity, ...severities })
    .filter(([, level]) => level !== undefined && !allowed.includes(level))
    .map(
      ([name, level]) =>
        `${name === 'severity' ? name : `severities.${name}`} is "${level}"; allowed are "error" and "warning"`,
    );
}
