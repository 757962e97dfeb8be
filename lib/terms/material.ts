/** Words about material: its status, its encoding, its source, and what destroy does to it. */
/** What we can find out about the material of a key. */
export const materialStatuses = {
  present: 'the key holds its material',
  expiring:
    'the material expires within the window of its rolling expiry, and is due to be renewed',
  expired_not_purged:
    'the material is past its expiry, but the KMS has not deleted it yet (it takes up to 24 hours)',
  purged_after_expiry: 'the KMS deleted the material after its expiry',
  deleted_outside:
    'the key holds no material, and no expiry explains it: it was deleted, an import was interrupted, or none was made yet',
  key_disabled: 'the key holds its material and is disabled',
  key_pending_deletion: 'the key is scheduled for deletion',
  key_not_ready: 'the key is still being activated',
  key_frozen: 'the service froze the key, usually over a bill',
  key_not_found: 'the key no longer exists',
  unknown: 'the KMS reports an undocumented state, or we could not look at the key after an import',
} as const;

export type MaterialStatus = keyof typeof materialStatuses;

export const materialDestroyPolicies = {
  retain: 'the material stays in the KMS, and only Terraform forgets it',
  delete_material: 'the material is deleted at once, without the grace period that keys have',
  refuse: 'destroy fails',
} as const;

/** What destroy does to the material. */
export type MaterialDestroyPolicy = keyof typeof materialDestroyPolicies;

/** Default of `warn_before`. */
export const defaultWarnBefore = '14d';

export const defaultMaterialDestroyPolicy: MaterialDestroyPolicy = 'retain';

/**
 * Format of the name of an environment variable.
 * A key in hexadecimal does not match it, and a key in Base64 almost never does.
 */
export const environmentVariableFormat = /^(?![0-9A-Fa-f]{32,}$)[A-Za-z_][A-Za-z0-9_]*$/;

/** Format of a fingerprint, as `byok fingerprint` prints it. */
export const fingerprintFormat = /^sha256:[0-9a-f]{64}$/;

export const materialEncodings = ['base64', 'hex', 'raw', 'pem', 'der', 'pkcs12'] as const;

/** How the source encodes the key material. */
export type MaterialEncoding = (typeof materialEncodings)[number];

export const defaultMaterialEncoding: MaterialEncoding = 'base64';

/** Attributes that say where the material comes from; at most one may be set. */
export const materialSourceAttributes = [
  'material_wo',
  'material_file',
  'material_env',
  'material_command',
  'wrap_command',
  'import_token_wo',
] as const;

export type MaterialSourceAttribute = (typeof materialSourceAttributes)[number];

/** Sources whose changes Terraform cannot see. `material_wo_version` can count them. */
export const writeOnlySourceAttributes = ['material_wo', 'import_token_wo'] as const;

/** The parts of material that was wrapped elsewhere. The first one names the source. */
export const preWrappedAttributes = [
  'import_token_wo',
  'encrypted_key_material_wo',
  'encrypted_privatekey_wo',
] as const;
