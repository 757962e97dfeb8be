/** What a life declares: one key and one material, as attributes. */
import type { WrappingAlgorithm } from '../lib/terms/kms';
import { type Configuration, declare } from './configuration';
import type { Attributes } from './terraform-values';

export interface Declared {
  alias: string;
  /** Undefined: AES_256. */
  readonly keySpec: 'EC_P256' | 'RSA_2048' | undefined;
  keyOnDestroy: 'schedule_deletion' | 'retain';
  enabled: boolean | undefined;
  cancelPendingDeletion: boolean;
  /** Undefined: not declared, so that Terraform destroys it. */
  material: DeclaredMaterial | undefined;
}

export interface DeclaredMaterial {
  /** As the configuration names the source; asked for each command, since what it gives changes. */
  readonly source: () => Attributes;
  expiry: DeclaredExpiry;
  wrappingAlgorithm: WrappingAlgorithm | undefined;
  onDestroy: 'retain' | 'delete_material' | 'refuse';
  pin: string | undefined;
  allowUnverifiedRenewal: boolean;
}

/** An `expiration_time`, or the pair that rolls. */
export type DeclaredExpiry = string | undefined | RollingExpiry;

export interface RollingExpiry {
  readonly validForDays: number;
  readonly renewBeforeDays: number;
}

export function rollingOf(expiry: DeclaredExpiry): RollingExpiry | undefined {
  return typeof expiry === 'object' ? expiry : undefined;
}

export function expiryAttributes(expiry: DeclaredExpiry): Attributes {
  const rolling = rollingOf(expiry);
  return rolling === undefined
    ? { expiration_time: expiry }
    : { valid_for: `${rolling.validForDays}d`, renew_before: `${rolling.renewBeforeDays}d` };
}

/** Under the addresses "key" and "material". */
export function configurationOf({ material, ...key }: Declared): Configuration {
  const { alias, keySpec, keyOnDestroy, enabled, cancelPendingDeletion } = key;
  const attributes = {
    alias,
    key_spec: keySpec,
    on_destroy: keyOnDestroy,
    enabled,
    cancel_pending_deletion: cancelPendingDeletion,
  };
  const objects = [declare({ type: 'key', name: 'key', attributes })];
  return {
    objects:
      material === undefined
        ? objects
        : [
            ...objects,
            declare({
              type: 'material',
              name: 'material',
              keyName: 'key',
              attributes: materialAttributes(material),
            }),
          ],
  };
}

function materialAttributes({
  source,
  expiry,
  wrappingAlgorithm,
  onDestroy,
  pin,
  allowUnverifiedRenewal,
}: DeclaredMaterial): Attributes {
  return {
    ...source(),
    ...expiryAttributes(expiry),
    wrapping_algorithm: wrappingAlgorithm,
    on_destroy: onDestroy,
    fingerprint: pin,
    allow_unverified_renewal: allowUnverifiedRenewal,
  };
}
