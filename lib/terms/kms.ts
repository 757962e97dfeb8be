/**
 * The vocabulary of the KMS API, each word described once:
 * states, specs, algorithm names and formats of parameters.
 * Sources: the page "Importing Key Materials" and its siblings in the API references
 * of Huawei Cloud and Open Telekom Cloud.
 */

/**
 * Values of `key_state` in the answer of describe-key.
 * No page documents 6; unlisted states are shown as they come.
 */
export const keyStates = {
  toBeActivated: '1',
  enabled: '2',
  disabled: '3',
  pendingDeletion: '4',
  pendingImport: '5',
  frozen: '7',
} as const;

export type KnownKeyState = (typeof keyStates)[keyof typeof keyStates];

export const keyStateMeanings = {
  '1': 'to be activated',
  '2': 'enabled',
  '3': 'disabled',
  '4': 'scheduled for deletion',
  '5': 'pending import',
  '7': 'frozen',
} as const satisfies Record<KnownKeyState, string>;

/** For example "2 (enabled)". */
export function describeKeyState(state: string): string {
  return Object.hasOwn(keyStateMeanings, state)
    ? `${state} (${keyStateMeanings[state as KnownKeyState]})`
    : `${state} (not documented)`;
}

/**
 * Enabled and disabled keys have material.
 * In state 4 or 7 a key may have material, but nothing shows it.
 */
export function hasMaterial(keyState: string): boolean {
  return keyState === keyStates.enabled || keyState === keyStates.disabled;
}

/** What kind of key a spec stands for, and what its material must be. */
export type KeySpecRow =
  | {
      readonly family: 'symmetric';
      readonly materialBytes: number;
      readonly usages: readonly KeyUsage[];
    }
  | { readonly family: 'rsa'; readonly modulusBits: number; readonly usages: readonly KeyUsage[] }
  /** `curve` is the name that OpenSSL and Node use. */
  | { readonly family: 'ec'; readonly curve: string; readonly usages: readonly KeyUsage[] };

export const keyUsages = ['ENCRYPT_DECRYPT', 'SIGN_VERIFY'] as const;

/** What a key may do. */
export type KeyUsage = (typeof keyUsages)[number];

/** Key specs whose material can be imported. A new key gets the first usage by default. */
export const keySpecs = {
  AES_256: { family: 'symmetric', materialBytes: 32, usages: ['ENCRYPT_DECRYPT'] },
  RSA_2048: { family: 'rsa', modulusBits: 2048, usages: ['SIGN_VERIFY', 'ENCRYPT_DECRYPT'] },
  RSA_3072: { family: 'rsa', modulusBits: 3072, usages: ['SIGN_VERIFY', 'ENCRYPT_DECRYPT'] },
  RSA_4096: { family: 'rsa', modulusBits: 4096, usages: ['SIGN_VERIFY', 'ENCRYPT_DECRYPT'] },
  EC_P256: { family: 'ec', curve: 'prime256v1', usages: ['SIGN_VERIFY'] },
  EC_P384: { family: 'ec', curve: 'secp384r1', usages: ['SIGN_VERIFY'] },
} as const satisfies Record<string, KeySpecRow>;

/** What kind of key it is. */
export type KeySpec = keyof typeof keySpecs;

/** What create-key makes when no spec is given. */
export const defaultKeySpec: KeySpec = 'AES_256';

/** Undefined for specs that we cannot import, such as SM2, SM4 and HMAC_256. */
export function tryFindKeySpec(name: string): KeySpecRow | undefined {
  return Object.hasOwn(keySpecs, name) ? keySpecs[name as KeySpec] : undefined;
}

export function isAsymmetric(keySpec: string): boolean {
  const family = tryFindKeySpec(keySpec)?.family;
  return family === 'rsa' || family === 'ec';
}

/** Values of `wrapping_algorithm` of get-parameters-for-import. */
export const wrappingAlgorithmNames = [
  'RSAES_OAEP_SHA_256',
  'RSAES_OAEP_SHA_1',
  'RSAES_PKCS1_V1_5',
] as const;

/** How the material is wrapped for its transport to the KMS. */
export type WrappingAlgorithm = (typeof wrappingAlgorithmNames)[number];

/** Our default; the API has none. */
export const defaultWrappingAlgorithm: WrappingAlgorithm = 'RSAES_OAEP_SHA_256';

/**
 * Formats of request parameters from the API pages,
 * as sources of JSON schema patterns: without delimiters.
 */
export const formats = {
  /** Lowercase letters and digits, not only hex: the API page says so. */
  keyId: '^[0-9a-z]{8}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{12}$',
  importToken: '^[0-9a-zA-Z+/=]{200,6144}$',
  encryptedKeyMaterial: '^[0-9a-zA-Z+/=]{344,360}$',
  encryptedPrivatekey: '^[0-9a-zA-Z+/=]{200,6144}$',
  keyAlias: '^[a-zA-Z0-9:/_-]{1,255}$',
  keyState: '^[1-5]{1}$',
  projectId: '^[0-9a-zA-Z]{32}$',
  /** "0" is the default project. */
  enterpriseProjectId: '^(0|[0-9a-z]{8}(-[0-9a-z]{4}){3}-[0-9a-z]{12})$',
  /** The page says "36-byte serial number of a request message" and shows a UUID. */
  sequence: '^.{36}$',
  cipherText: '^[0-9a-zA-Z+/=]{128,5648}$',
} as const;

/** Ranges of numbers and lengths, both ends included. */
export const ranges = {
  /** Seconds since 1970-01-01T00:00:00Z; source: metadata of the vendor's SDK. */
  expirationTime: { minimum: 0, maximum: 10_000_000_000 },
  pendingDays: { minimum: 7, maximum: 1096 },
  keyDescription: { minimum: 0, maximum: 255 },
  plainText: { minimum: 1, maximum: 4096 },
  /** Characters of the name and of the value of a tag. */
  tagKey: { minimum: 1, maximum: 36 },
  tagValue: { minimum: 0, maximum: 43 },
} as const;
