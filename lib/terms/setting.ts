/**
 * What a person sets, by the names that the code has for it. How it is spelled in a sentence is for
 * the front-end to say: `expiration_time` in Terraform, `expirationTime` in TypeScript,
 * `--expiration-time` on a command line. A sentence receives the spelling, and is never repaired.
 */
export const settings = [
  // a key
  'keyId',
  'alias',
  'description',
  'keySpec',
  'enabled',
  'tags',
  'pendingDays',
  'cancelPendingDeletion',
  // its material
  'expirationTime',
  'validFor',
  'renewBefore',
  'fingerprint',
  'wrappingAlgorithm',
  'onDestroy',
  'allowInterruption',
  'allowUnverifiedRenewal',
  'allowWeakMaterial',
  'timeouts',
  // where that comes from
  'material',
  'materialFile',
  'materialEnv',
  'materialCommand',
  'wrapCommand',
  'importToken',
  'encryptedKeyMaterial',
  'encryptedPrivatekey',
  'materialEncoding',
  'materialPassword',
  'materialVersion',
  // the connection
  'cloud',
  'region',
  'projectId',
  'projectName',
  'enterpriseProjectId',
  'kmsEndpoint',
  'authUrl',
  'authToken',
  'userName',
  'password',
  'domainName',
  'accessKey',
  'secretKey',
  'securityToken',
  'caFile',
  'maxRetries',
  'maxRequestsPerSecond',
] as const;

export type Setting = (typeof settings)[number];

/** How a front-end spells what a person sets. */
export interface Spelling {
  /** For example `expiration_time`, `expirationTime`, `--expiration-time`. */
  readonly name: (setting: Setting) => string;
  /**
   * A clause that tells to set it: `set allow_weak_material = true`, `set allowWeakMaterial =
   * true`, `give --allow-weak-material`.
   */
  readonly set: (setting: Setting, value: string | boolean) => string;
  /**
   * Whether a variable of the environment gives a setting of the connection: beside the setting
   * itself, alone, or not at all.
   */
  readonly variables: (setting: Setting) => 'too' | 'only' | 'never';
  /**
   * What makes a rolling expiry, where that is more than its two settings: `Expiration.rolling in
   * constructs`.
   */
  readonly rolling?: string;
}

/** In the names that the code has: for whom no front-end speaks. */
export const plainSpelling: Spelling = {
  name: (setting) => setting,
  set: (setting, value) => `set ${setting} = ${valueText(value)}`,
  variables: () => 'too',
};

/** Of constructs, whose properties have the names that the code has. */
export const constructSpelling: Spelling = {
  ...plainSpelling,
  rolling: 'Expiration.rolling in constructs',
};

/** As configurations and programs write a value. */
export function valueText(value: string | boolean): string {
  return typeof value === 'string' ? `"${value}"` : String(value);
}

/** A part of a sentence, which may name settings. */
export type Phrase = string | ((spelling: Spelling) => string);

export function say(phrase: Phrase, spelling: Spelling): string {
  return typeof phrase === 'string' ? phrase : phrase(spelling);
}
