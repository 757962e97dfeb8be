/** What a case asks of Terraform, whoever plays it, and what is declared. */
import type { WrappingAlgorithm } from '../lib/schema/kms';
import type { Attributes } from './terraform-values';

export const resourceNames = ['key', 'material'] as const;

export type ResourceName = (typeof resourceNames)[number];

export const resourceTypes = { key: 'byok_external_key', material: 'byok_key_material' } as const;

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

export interface CommandResult {
  readonly ok: boolean;
  /** Errors and warnings. */
  readonly messages: readonly string[];
  /** For example `material: update`. */
  readonly actions: readonly string[];
}

export interface Terraform {
  apply(declared: Declared): Promise<CommandResult>;
  /** `actions` is empty when there is nothing to do. */
  plan(declared: Declared): Promise<CommandResult>;
  /** @param refresh false: `-refresh=false`, where nothing but the destroy itself is planned @default true */
  destroy(declared: Declared, refresh?: boolean): Promise<CommandResult>;
  import(name: ResourceName, id: string, declared: Declared): Promise<CommandResult>;
  /** `terraform state rm` */
  forget(name: ResourceName): Promise<void>;
  /** As the state has them. */
  attributes(name: ResourceName): Attributes | undefined;
  /** SIGKILL to the provider; false when none runs. */
  kill(): boolean;
  /** The next command gets a new process: time has moved. */
  end(): Promise<void>;
  /** Ends everything, and takes it away. */
  remove(): Promise<void>;
  /** What Terraform would call a bug in the provider, and what processes left behind, since it was asked last. */
  complaints(): string[];
  /** Everything that was written down for longer than a command: state, private state, logs; what the provider wrote since it was asked last. */
  written(): Buffer;
  readonly starts: number;
}

/** @param keyId of the material: the key's, or what stands for it while it is not known */
export function keyAttributes({ alias, keySpec, keyOnDestroy, enabled, cancelPendingDeletion }: Declared): Attributes {
  return { alias, key_spec: keySpec, on_destroy: keyOnDestroy, enabled, cancel_pending_deletion: cancelPendingDeletion };
}

export function materialAttributes(material: DeclaredMaterial, keyId: unknown): Attributes {
  const { expiry, wrappingAlgorithm } = material;
  const rolling = rollingOf(expiry);
  return {
    key_id: keyId,
    ...material.source(),
    wrapping_algorithm: wrappingAlgorithm,
    expiration_time: rolling === undefined ? expiry : undefined,
    valid_for: rolling && `${rolling.validForDays}d`,
    renew_before: rolling && `${rolling.renewBeforeDays}d`,
    on_destroy: material.onDestroy,
    fingerprint: material.pin,
    allow_unverified_renewal: material.allowUnverifiedRenewal,
  };
}
