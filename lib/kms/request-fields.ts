/**
 * Every request parameter is checked before it is sent, against the form and range that the API pages give. Token, wrapped
 * material and texts are named in a refusal, never shown.
 */
import { ByokError } from '../errors';
import { formats, ranges, type WrappingAlgorithm, wrappingAlgorithmNames } from '../terms/kms';
import { keyRules } from '../terms/rules';
import type { Tags } from './model';

type Format = keyof typeof formats;

interface TextField {
  /** As it is called on the wire and in Terraform. */
  readonly name: string;
  readonly format: Format;
  readonly secret?: boolean;
  /** The form in words, for where the expression alone is no help. */
  readonly allowed?: string;
}

const fields = {
  keyId: { name: 'key_id', format: 'keyId', allowed: 'the 36 characters of a key id such as "0d0466b0-e727-4d9c-b35d-f84bb474a37f"' },
  importToken: { name: 'import_token', format: 'importToken', secret: true },
  encryptedKeyMaterial: { name: 'encrypted_key_material', format: 'encryptedKeyMaterial', secret: true },
  encryptedPrivatekey: { name: 'encrypted_privatekey', format: 'encryptedPrivatekey', secret: true },
  cipherText: { name: 'cipher_text', format: 'cipherText', secret: true },
} as const satisfies Record<string, TextField>;

/** Fields of a request body that may not show up anywhere. */
export const secretFieldNames: readonly string[] = [
  ...Object.values<TextField>(fields).flatMap(({ name, secret }) => (secret === true ? [name] : [])),
  'plain_text',
];

export function checkText(field: keyof typeof fields, value: string): string {
  const { name, format, secret, allowed }: TextField = fields[field];
  if (!new RegExp(formats[format]).test(value)) {
    const found = secret === true ? `has ${value.length} characters of another form` : `is "${value}"`;
    throw refused(name, found, allowed === undefined ? formats[format] : `${allowed} (${formats[format]})`);
  }
  return value;
}

export function checkAlias(alias: string): string {
  if (!keyRules.alias.accepts(alias)) {
    throw refused('key_alias', `is "${alias}"`, keyRules.alias.allowed);
  }
  return alias;
}

export function checkDescription(description: string): string {
  if (!keyRules.description.accepts(description)) {
    throw refused('key_description', `has ${description.length} characters`, keyRules.description.allowed);
  }
  return description;
}

export function checkPlainText(plainText: string): string {
  const { minimum, maximum } = ranges.plainText;
  const bytes = Buffer.byteLength(plainText, 'utf8');
  if (bytes < minimum || bytes > maximum) {
    throw refused('plain_text', `has ${bytes} bytes`, `${minimum} to ${maximum}`);
  }
  return plainText;
}

/** @returns text: the API wants this number as a string */
export function checkPendingDays(pendingDays: number): string {
  if (!keyRules.pendingDays.accepts(pendingDays)) {
    throw refused('pending_days', `is ${pendingDays}`, keyRules.pendingDays.allowed);
  }
  return String(pendingDays);
}

/** @returns seconds since 1970; milliseconds are cut off */
export function checkExpirationTime(expirationTime: Date): number {
  const { minimum, maximum } = ranges.expirationTime;
  const seconds = Math.floor(expirationTime.getTime() / 1000);
  if (!(seconds >= minimum && seconds <= maximum)) {
    throw refused('expiration_time', `is ${seconds} seconds since 1970`, `${minimum} to ${maximum}`);
  }
  return seconds;
}

const tagRules = { key: keyRules.tagKey, value: keyRules.tagValue } as const;

/** @returns as the API wants them: a list of objects */
export function checkTags(tags: Tags): { readonly key: string; readonly value: string }[] {
  return Object.entries(tags).map(([key, value]) => ({ key: checkTagText('key', key), value: checkTagText('value', value) }));
}

function checkTagText(part: keyof typeof tagRules, text: string): string {
  if (!tagRules[part].accepts(text)) {
    throw refused('tags', `holds the ${part} "${text}"`, tagRules[part].allowed);
  }
  return text;
}

export function checkWrappingAlgorithm(name: string): string {
  if (!wrappingAlgorithmNames.includes(name as WrappingAlgorithm)) {
    throw refused('wrapping_algorithm', `is "${name}"`, wrappingAlgorithmNames.join(', '));
  }
  return name;
}

function refused(name: string, found: string, allowed: string): ByokError {
  return new ByokError('ERR_ARGUMENT', `${name} ${found}; allowed is ${allowed}`, { attribute: name });
}
