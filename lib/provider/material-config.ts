/** From the attributes of `byok_key_material` to the terms of the lifecycle. */
import { keep, type Proof, type Wish } from '../lifecycle/decide';
import type { MaterialObservation } from '../lifecycle/material-status';
import { type MaterialAtHand, type MaterialSource, readMaterial } from '../material/source';
import { type ExpirationInstant, formatExpirationTime, parseExpirationTime, sameExpiration } from '../schema/expiration-time';
import { type MaterialDestroyPolicy, type MaterialEncoding, type MaterialStatus, materialSourceAttributes } from '../schema/key-material';
import type { WrappingAlgorithm } from '../schema/kms';
import type { Value, Values } from '../tfplugin/value';
import { flag, text } from './attributes';

/** @param proof with one, the material is ours, and an expiry that nobody declares means never */
export function wishOf(config: Values, proof: Proof | undefined): Wish {
  const declared = text(config, 'expiration_time');
  return {
    expiration: declared !== undefined ? parseExpirationTime(declared) : proof === undefined ? keep : undefined,
    pin: text(config, 'fingerprint'),
    allowInterruption: flag(config, 'allow_interruption') ?? true,
    allowUnverifiedRenewal: flag(config, 'allow_unverified_renewal') ?? false,
  };
}

export function wrappingAlgorithmOf(values: Values): WrappingAlgorithm {
  return (text(values, 'wrapping_algorithm') ?? 'RSAES_OAEP_SHA_256') as WrappingAlgorithm;
}

/** Null in state means retain. */
export function destroyPolicyOf(state: Values): MaterialDestroyPolicy {
  return (text(state, 'on_destroy') ?? 'retain') as MaterialDestroyPolicy;
}

/** The attribute that names the source of the material. */
export function sourceAttributeOf(config: Values): MaterialSource['attribute'] | undefined {
  return materialSourceAttributes.find((name) => config[name] !== null);
}

/**
 * Reads the source that the configuration names. Nothing is executed, so this is safe in a plan.
 *
 * @throws ByokError ERR_MATERIAL_INVALID
 */
export async function materialOf(config: Values, env: Readonly<Record<string, string | undefined>>): Promise<MaterialAtHand> {
  const attribute = sourceAttributeOf(config);
  const value = attribute === undefined ? undefined : text(config, attribute);
  if (attribute !== undefined && value === undefined) {
    return { missing: `${attribute} is only known after apply`, attribute };
  }
  const source = attribute === undefined || value === undefined ? undefined : sourceOf(attribute, value);
  return readMaterial(source, (text(config, 'material_encoding') ?? 'base64') as MaterialEncoding, env);
}

function sourceOf(attribute: MaterialSource['attribute'], value: string): MaterialSource {
  const sources: Readonly<Record<MaterialSource['attribute'], MaterialSource>> = {
    material_wo: { attribute: 'material_wo', value },
    material_file: { attribute: 'material_file', path: value },
    material_env: { attribute: 'material_env', name: value },
  };
  return sources[attribute];
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
  return known === undefined ? undefined : parseExpirationTime(known);
}

/** Equal instants keep the text they had, so that a spelling is never a difference. */
export function expirationText(before: Value | undefined, instant: ExpirationInstant): string {
  return typeof before === 'string' && sameExpiration(parseExpirationTime(before), instant) ? before : formatExpirationTime(instant);
}

export function isVerified(proof: Proof | undefined, fingerprint: Value | undefined): boolean {
  return proof !== undefined && proof.fingerprint === fingerprint;
}
