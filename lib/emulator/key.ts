/**
 * One key of the emulator: its fields, how answers show it,
 * and what happens to it when its material goes.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { Secret } from '../secret';
import { type KeySpec, keyStates } from '../terms/kms';

export type KeyOrigin = 'kms' | 'external';

/** Instants are milliseconds since 1970. */
export interface StoredKey {
  readonly keyId: string;
  readonly origin: KeyOrigin;
  readonly spec: KeySpec;
  readonly usage: string;
  readonly createdAt: number;
  /** "0" is the default one. */
  readonly enterpriseProjectId: string;
  readonly tags: Map<string, string>;
  alias: string;
  description: string;
  /** "1" to "5", "7". */
  state: string;
  /** How many more describe-key calls show a new key as to be activated. */
  readsToActivation: number;
  deletionAt: number | undefined;
  /** The bytes of a symmetric key; PKCS#8 DER of an asymmetric one. */
  material: Secret | undefined;
  /**
   * Expiry of the material; undefined means never.
   * It outlives the material only with `keepExpirationTime`.
   */
  expiresAt: number | undefined;
  /** SHA-256 of the first material, the only material that this key ever accepts. */
  boundDigest: Buffer | undefined;
}

export interface KeyPlace {
  readonly domainId: string;
  readonly realm: string;
}

/**
 * One element of `key_info` or `key_details`. Every number is a string, "" means none,
 * and all times are milliseconds.
 */
export function showKey(key: StoredKey, { domainId, realm }: KeyPlace): object {
  return {
    key_id: key.keyId,
    domain_id: domainId,
    key_alias: key.alias,
    realm,
    key_description: key.description,
    creation_date: String(key.createdAt),
    scheduled_deletion_date: showInstant(key.deletionAt),
    key_spec: key.spec,
    key_usage: key.usage,
    key_state: key.state,
    default_key_flag: '0',
    key_type: '1',
    expiration_time: showInstant(key.expiresAt),
    origin: key.origin,
    key_rotation_enabled: 'false',
    sys_enterprise_project_id: key.enterpriseProjectId,
    keystore_id: '0',
  };
}

/** False if the key was bound to other material before. */
export function accepts(key: StoredKey, material: Buffer): boolean {
  return key.boundDigest === undefined || timingSafeEqual(key.boundDigest, digest(material));
}

/** Takes ownership of the buffer. */
export function placeMaterial(
  key: StoredKey,
  material: Buffer,
  expiresAt: number | undefined,
): void {
  key.boundDigest ??= digest(material);
  key.material = Secret.fromBytes(material);
  key.expiresAt = expiresAt;
  key.state = keyStates.enabled;
}

/** Wipes the material. A key that is scheduled for deletion stays scheduled. */
export function removeMaterial(key: StoredKey, options: { keepExpirationTime: boolean }): void {
  key.material?.wipe();
  key.material = undefined;
  if (!options.keepExpirationTime) {
    key.expiresAt = undefined;
  }
  if (key.state !== keyStates.pendingDeletion) {
    key.state = keyStates.pendingImport;
  }
}

/** Each read of a key that is to be activated brings its activation closer. */
export function countRead(key: StoredKey): void {
  if (key.readsToActivation > 0) {
    key.readsToActivation -= 1;
    if (key.readsToActivation === 0 && key.state === keyStates.toBeActivated) {
      key.state = key.material === undefined ? keyStates.pendingImport : keyStates.enabled;
    }
  }
}

function showInstant(instant: number | undefined): string {
  return instant === undefined ? '' : String(instant);
}

function digest(material: Buffer): Buffer {
  return createHash('sha256').update(material).digest();
}
