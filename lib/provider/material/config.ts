/** From the attributes of `byok_key_material` to the terms of the lifecycle. */
import type { Wish } from '../../lifecycle/decision';
import type { Rolling } from '../../lifecycle/expiration-wish';
import type { MaterialObservation } from '../../lifecycle/material-status';
import type { Proof } from '../../lifecycle/proof';
import {
  rollingOf as rollingOfDeclared,
  switchesOf as switchesOfDeclared,
  wishOf as wishOfDeclared,
  wishTexts,
} from '../../lifecycle/wish';
import { keyMaterialSchema } from '../../schema/key-material';
import type { AttributeSchema } from '../../schema/model';
import {
  type ExpirationInstant,
  formatExpirationTime,
  parseExpirationTime,
  sameExpiration,
} from '../../terms/expiration-time';
import { defaultWrappingAlgorithm, type WrappingAlgorithm } from '../../terms/kms';
import {
  defaultMaterialDestroyPolicy,
  type MaterialDestroyPolicy,
  type MaterialStatus,
} from '../../terms/material';
import { type Switches, switches } from '../../terms/material-options';
import type { Value, Values } from '../../tfplugin/values/value';
import { flag, isUnknown, text } from '../attributes';
import { wording } from '../wording';

const attributes: readonly (readonly [string, AttributeSchema])[] = Object.entries(
  keyMaterialSchema.attributes,
);

/**
 * Attributes that are declared although they could be computed: a planned state does not tell the
 * two apart.
 */
export function declaredOf(config: Values): readonly string[] {
  return attributes
    .filter(
      ([name, { optional, computed }]) =>
        optional === true && computed === true && (config[name] ?? null) !== null,
    )
    .map(([name]) => name);
}

/**
 * The configuration that the plan was made from. Terraform plans with what `ignore_changes` leaves,
 * and gives apply the raw configuration. So from the latter only write-only values count, which are
 * nowhere else.
 *
 * @param declared as `declaredOf` said in that plan
 */
export function reviewedConfig(
  planned: Values,
  config: Values,
  declared: readonly string[],
): Values {
  const reviewed = attributes.map(([name, { writeOnly, computed }]) => [
    name,
    writeOnly === true
      ? config[name]
      : computed === true && !declared.includes(name)
        ? null
        : planned[name],
  ]);
  return Object.fromEntries(reviewed);
}

/**
 * A declared expiry wins over a rolling one. Both are there only if `ignore_changes` keeps one of
 * them, and then Terraform accepts no other `expiration_time` than this.
 *
 * @param ours false for adopted material, whose expiry is kept if none is declared
 */
export function wishOf(config: Values, ours: boolean): Wish {
  const declared = wishTexts.map((setting) => [setting, text(config, wording.name(setting))]);
  return {
    ...wishOfDeclared(Object.fromEntries(declared), ours, wording),
    ...switchesOf(config),
  };
}

/** What is not known before apply does not refuse a plan: apply looks again. */
export function switchesOf(config: Values): Switches {
  const known = switches.map((setting) => {
    const name = wording.name(setting);
    return [setting, isUnknown(config, name) || flag(config, name)];
  });
  return switchesOfDeclared(Object.fromEntries(known));
}

/** @throws ByokError ERR_ARGUMENT if one of the pair is not a duration */
export function rollingOf(values: Values): Rolling | undefined {
  const window = { validFor: text(values, 'valid_for'), renewBefore: text(values, 'renew_before') };
  return rollingOfDeclared(window, wording);
}

export function wrappingAlgorithmOf(values: Values): WrappingAlgorithm {
  return (text(values, 'wrapping_algorithm') ?? defaultWrappingAlgorithm) as WrappingAlgorithm;
}

/** Null in state means retain. */
export function destroyPolicyOf(state: Values): MaterialDestroyPolicy {
  return (text(state, 'on_destroy') ?? defaultMaterialDestroyPolicy) as MaterialDestroyPolicy;
}

/** The observation that a refreshed state stands for. */
export function observationOf(state: Values): MaterialObservation {
  return {
    status: (text(state, 'material_status') ?? 'unknown') as MaterialStatus,
    expiration: expirationOf(state),
    keyState: text(state, 'key_state'),
    keySpec: text(state, 'key_spec'),
    scheduledDeletionDate: undefined,
  };
}

/** Null, as in a state that was never refreshed, reads as never. */
export function expirationOf(state: Values): ExpirationInstant {
  const known = text(state, 'expiration_time');
  return known === undefined ? undefined : parseExpirationTime(known, wording);
}

/** Equal instants keep their text, so that a spelling is never a difference. */
export function expirationText(before: Value | undefined, instant: ExpirationInstant): string {
  return typeof before === 'string' && sameExpiration(parseExpirationTime(before, wording), instant)
    ? before
    : formatExpirationTime(instant);
}

export function isVerified(proof: Proof | undefined, fingerprint: Value | undefined): boolean {
  return proof !== undefined && proof.fingerprint === fingerprint;
}
