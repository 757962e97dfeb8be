/**
 * What a person may wish of the material, beside its expiry: each option named and described once,
 * for every construct and command that offers it.
 */
import type { WrappingAlgorithm } from './kms';
import type { MaterialDestroyPolicy } from './material';

/**
 * Options of material.
 * @typeParam Late what may stand for a value that is known later
 */
export interface MaterialOptions<Late = never> {
  /**
   * How the material is wrapped for its transport to the KMS:
   * "RSAES_OAEP_SHA_256", or the legacy "RSAES_OAEP_SHA_1" and "RSAES_PKCS1_V1_5".
   * A change takes effect at the next import.
   * @see https://support.huaweicloud.com/intl/en-us/api-dew/CreateParametersForImport.html
   * @default "RSAES_OAEP_SHA_256"
   */
  readonly wrappingAlgorithm?: WrappingAlgorithm | Late;
  /**
   * How long before expiry plans start to warn: a whole number and a unit (s, m, h or d).
   * @default "14d"
   */
  readonly warnBefore?: string;
  /**
   * Pin: "sha256:" and 64 hex digits, as `byok fingerprint` prints it. Nothing else is imported.
   * @default - no pin
   */
  readonly fingerprint?: string;
  /**
   * What destroy does to the material: "retain" (it stays in the KMS), "delete_material" (at once,
   * without days of grace) or "refuse" (destroy is an error).
   * @default "retain"
   */
  readonly onDestroy?: MaterialDestroyPolicy | Late;
  /**
   * False refuses a change of the expiry, and every renewal of a rolling one,
   * because the key cannot be used between deletion and import.
   * @default true
   */
  readonly allowInterruption?: boolean | Late;
  /**
   * True lets the material be deleted and imported again even if nothing proves
   * that the source holds the same material.
   * @default false
   */
  readonly allowUnverifiedRenewal?: boolean | Late;
  /**
   * True lets a first import take plainly weak material (few different bytes, a repeated pattern,
   * text, a counter, an RSA exponent below 65537).
   * @default false
   */
  readonly allowWeakMaterial?: boolean | Late;
}

/** What each switch is if it is not set. */
export const switchDefaults = {
  allowInterruption: true,
  allowUnverifiedRenewal: false,
  allowWeakMaterial: false,
} as const satisfies { readonly [Name in keyof MaterialOptions]?: boolean };

export type Switch = keyof typeof switchDefaults;

export const switches = Object.keys(switchDefaults) as readonly Switch[];

/** Each switch as it counts. */
export type Switches = { readonly [Name in Switch]: boolean };

/** All options. */
export const materialOptions = [
  'wrappingAlgorithm',
  'warnBefore',
  'fingerprint',
  'onDestroy',
  ...switches,
] as const satisfies readonly (keyof MaterialOptions)[];
