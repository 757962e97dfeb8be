/**
 * Checks every request parameter before it is sent, against the form and range on the API pages. A
 * refusal names tokens, wrapped material and texts, and never shows them.
 */
import { ByokError } from '../errors';
import { formats, ranges, type WrappingAlgorithm, wrappingAlgorithmNames } from '../terms/kms';
import { keyRules } from '../terms/rules';
import type { Setting, Spelling } from '../terms/setting';
import { shown } from '../terms/shown-value';
import type { Tags } from './model';

type Format = keyof typeof formats;

type NameOf = Spelling['name'];

interface TextField {
  /** Its name on the wire. */
  readonly name: string;
  /** The setting that gives it; undefined if there is none. */
  readonly setting?: Setting;
  readonly format: Format;
  readonly secret?: boolean;
  /** The form in words, if the expression alone is no help. */
  readonly allowed?: string;
}

const fields = {
  keyId: {
    name: 'key_id',
    setting: 'keyId',
    format: 'keyId',
    allowed: 'the 36 characters of a key id such as "0d0466b0-e727-4d9c-b35d-f84bb474a37f"',
  },
  importToken: {
    name: 'import_token',
    setting: 'importToken',
    format: 'importToken',
    secret: true,
  },
  encryptedKeyMaterial: {
    name: 'encrypted_key_material',
    setting: 'encryptedKeyMaterial',
    format: 'encryptedKeyMaterial',
    secret: true,
  },
  encryptedPrivatekey: {
    name: 'encrypted_privatekey',
    setting: 'encryptedPrivatekey',
    format: 'encryptedPrivatekey',
    secret: true,
  },
} as const satisfies Record<string, TextField>;

/** Fields of a request body that must not appear anywhere. */
export const secretFieldNames: readonly string[] = Object.values<TextField>(fields).flatMap(
  ({ name, secret }) => (secret === true ? [name] : []),
);

export function checkText(field: keyof typeof fields, value: string, nameOf: NameOf): string {
  const { name, setting, format, secret, allowed }: TextField = fields[field];
  if (!new RegExp(formats[format]).test(value)) {
    const found =
      secret === true ? `has ${value.length} characters of another form` : `is ${shown(value)}`;
    throw refused(
      setting === undefined ? name : nameOf(setting),
      found,
      allowed === undefined ? formats[format] : `${allowed} (${formats[format]})`,
    );
  }
  return value;
}

export function checkAlias(alias: string, nameOf: NameOf): string {
  if (!keyRules.alias.accepts(alias)) {
    throw refused(nameOf('alias'), `is ${shown(alias)}`, keyRules.alias.allowed);
  }
  return alias;
}

export function checkDescription(description: string, nameOf: NameOf): string {
  if (!keyRules.description.accepts(description)) {
    throw refused(
      nameOf('description'),
      `has ${description.length} characters`,
      keyRules.description.allowed,
    );
  }
  return description;
}

/** @returns text: the API wants this number as a string */
export function checkPendingDays(pendingDays: number, nameOf: NameOf): string {
  if (!keyRules.pendingDays.accepts(pendingDays)) {
    throw refused(nameOf('pendingDays'), `is ${pendingDays}`, keyRules.pendingDays.allowed);
  }
  return String(pendingDays);
}

/** @returns seconds since 1970; milliseconds are cut off */
export function checkExpirationTime(expirationTime: Date, nameOf: NameOf): number {
  const { minimum, maximum } = ranges.expirationTime;
  const seconds = Math.floor(expirationTime.getTime() / 1000);
  if (!(seconds >= minimum && seconds <= maximum)) {
    throw refused(
      nameOf('expirationTime'),
      `is ${seconds} seconds since 1970`,
      `${minimum} to ${maximum}`,
    );
  }
  return seconds;
}

const tagRules = { key: keyRules.tagKey, value: keyRules.tagValue } as const;

/** @returns as the API wants them: a list of objects */
export function checkTags(
  tags: Tags,
  nameOf: NameOf,
): { readonly key: string; readonly value: string }[] {
  return Object.entries(tags).map(([key, value]) => ({
    key: checkTagText('key', key, nameOf),
    value: checkTagText('value', value, nameOf),
  }));
}

function checkTagText(part: keyof typeof tagRules, text: string, nameOf: NameOf): string {
  if (!tagRules[part].accepts(text)) {
    throw refused(nameOf('tags'), `holds the ${part} ${shown(text)}`, tagRules[part].allowed);
  }
  return text;
}

export function checkWrappingAlgorithm(name: string, nameOf: NameOf): string {
  if (!wrappingAlgorithmNames.includes(name as WrappingAlgorithm)) {
    throw refused(
      nameOf('wrappingAlgorithm'),
      `is ${shown(name)}`,
      wrappingAlgorithmNames.join(', '),
    );
  }
  return name;
}

function refused(name: string, found: string, allowed: string): ByokError {
  return new ByokError('ERR_ARGUMENT', `${name} ${found}; allowed is ${allowed}`, {
    attribute: name,
  });
}

/** The body of a call that is about a key alone. */
export const keyIdBody = (keyId: string, nameOf: NameOf) => ({
  key_id: checkText('keyId', keyId, nameOf),
});
