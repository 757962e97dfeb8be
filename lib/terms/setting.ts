/**
 * What a person sets, by the names that the code has for it. How it is spelled in a sentence is for
 * the front-end to say: `expiration_time` in Terraform, `expirationTime` in TypeScript,
 * `--expiration-time` on a command line. A sentence receives the spelling, and is never repaired.
 */
import { keyOptions } from './key-options';
import { materialOptions } from './material-options';

/** What a key is; of its material, `keyId` names it. */
export const keySettings = ['alias', ...keyOptions, 'keyOnDestroy'] as const;

const expirySettings = ['expirationTime', 'validFor', 'renewBefore'] as const;

/** Where the material comes from: one of them at most. */
export const sourceSettings = [
  'material',
  'materialFile',
  'materialEnv',
  'materialCommand',
  'wrapCommand',
  'importToken',
] as const;

const aboutSource = [
  'encryptedKeyMaterial',
  'encryptedPrivatekey',
  'materialEncoding',
  // in any of the forms that a front-end offers
  'materialPassword',
  'materialPasswordEnv',
  'materialPasswordValue',
  'materialVersion',
] as const;

/** What a person wishes of the material, and says about it. */
export const materialSettings = [
  'keyId',
  ...sourceSettings,
  ...aboutSource,
  ...expirySettings,
  ...materialOptions,
  'timeouts',
] as const;

const ofConnection = [
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

export const settings = [...keySettings, ...materialSettings, ...ofConnection] as const;

export type Setting = (typeof settings)[number];

/** How a front-end spells what a person sets. */
export interface Spelling {
  /** For example `expiration_time`, `expirationTime`, `--expiration-time`. */
  readonly name: (setting: Setting) => string;
  /** A clause that tells to set it: `set on_destroy = "retain"`, `give --timeout`. */
  readonly set: (setting: Setting, value: string | boolean) => string;
  /**
   * Whether a variable of the environment gives a setting of the connection: beside the setting
   * itself, alone, or not at all.
   */
  readonly variables: (setting: Setting) => 'too' | 'only' | 'never';
  /** Where the pages of docs/ tell of it. */
  readonly documented: (setting: Setting) => string;
  /**
   * What makes a rolling expiry, where that is more than its two settings: `Expiration.rolling in
   * constructs`.
   */
  readonly rolling?: string;
  /** What stands for "never" as an expiry, where that is not a text: `Expiration.never()`. */
  readonly never?: string;
}

/** In the names that the code has: for whom no front-end speaks. */
export const plainSpelling: Spelling = {
  name: (setting) => setting,
  set: (setting, value) => `set ${setting} = ${valueText(value)}`,
  variables: () => 'too',
  documented: (setting) => `${attributeOf(setting)} in docs/index.md`,
};

/** Of constructs, whose properties have the names that the code has. */
export const constructSpelling: Spelling = {
  ...plainSpelling,
  rolling: 'Expiration.rolling in constructs',
};

/** As Terraform spells it, unless it has another name there. */
export function attributeOf(setting: Setting): string {
  return setting.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** As configurations and programs write a value. */
export function valueText(value: string | boolean): string {
  return typeof value === 'string' ? `"${value}"` : String(value);
}

/** A part of a sentence, which may name settings. */
export type Phrase = string | ((spelling: Spelling) => string);

export function say(phrase: Phrase, spelling: Spelling): string {
  return typeof phrase === 'string' ? phrase : phrase(spelling);
}
