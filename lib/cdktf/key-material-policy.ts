/**
 * Policy as code: an aspect that checks all imported material of a stack against rules
 * and reports violations.
 */
import type { IAspect } from 'cdktf';
import type { IConstruct } from 'constructs';
import { requireFaultless } from '../policy/faults';
import { findingsOf } from '../policy/judge';
import type { KeyMaterialPolicyProps } from '../policy/rules';
import { annotate } from './annotate';
import { tryFindKeyMaterial } from './declared-key-material';
import { judgedIn, policyWording } from './judged-key-material';
import { propertyNames } from './property-names';
import { synthesisTime } from './synthesis-time';

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
 * `byok review --policy` judges plans by the same rules.
 */
export class KeyMaterialPolicy implements IAspect {
  readonly #props: KeyMaterialPolicyProps;

  /** @throws ByokError ERR_ARGUMENT when a rule is misspelled */
  constructor(props: KeyMaterialPolicyProps) {
    requireFaultless(props, 'KeyMaterialPolicy', propertyNames.KeyMaterialPolicyProps);
    this.#props = props;
  }

  /** Called for every construct in the scope. */
  visit(node: IConstruct): void {
    const material = tryFindKeyMaterial(node);
    if (material === undefined) {
      return;
    }
    const { now = synthesisTime(), ...policy } = this.#props;
    for (const { rule, level, message } of findingsOf(
      policy,
      judgedIn(material),
      now,
      policyWording,
    )) {
      annotate(node, level, `KeyMaterialPolicy, ${rule}: ${message}`);
    }
  }
}
