/**
 * Material that was wrapped elsewhere: the request of the API page itself, with the token that it
 * was wrapped for.
 */
import { ByokError } from '../errors';
import { Secret } from '../secret';
import { formats } from '../terms/kms';
import { plainSpelling, type Spelling } from '../terms/setting';
import { tryDecodeBase64 } from './decode';
import type { WrappedMaterial } from './material';

export interface PreWrapped {
  readonly importToken: Secret;
  readonly wrapped: WrappedMaterial;
}

export interface PreWrappedFields {
  readonly importToken: string;
  readonly encryptedKeyMaterial: string;
  readonly encryptedPrivatekey: string | undefined;
}

/** What the API page allows in each field, as an expression and in words. */
export const wrappedFieldForms = {
  importToken: { form: formats.importToken, allowed: '200 to 6144 characters of Base64' },
  encryptedKeyMaterial: {
    form: formats.encryptedKeyMaterial,
    allowed: '344 to 360 characters of Base64',
  },
  encryptedPrivatekey: {
    form: formats.encryptedPrivatekey,
    allowed: '200 to 6144 characters of Base64',
  },
} as const;

export type WrappedFieldName = keyof typeof wrappedFieldForms;

/**
 * The bytes of a field; undefined if it does not have the form that the API page gives, or is not
 * strict Base64.
 */
export function tryDecodeWrappedField(name: WrappedFieldName, text: string): Buffer | undefined {
  return new RegExp(wrappedFieldForms[name].form).test(text) ? tryDecodeBase64(text) : undefined;
}

/** @throws ByokError ERR_MATERIAL_INVALID naming the field, never its value */
export function openPreWrapped(
  fields: PreWrappedFields,
  { name }: Spelling = plainSpelling,
): PreWrapped {
  const { importToken, encryptedKeyMaterial, encryptedPrivatekey } = fields;
  decoded('importToken', importToken, name);
  return {
    importToken: Secret.fromText(importToken),
    wrapped: {
      encryptedKeyMaterial: decoded('encryptedKeyMaterial', encryptedKeyMaterial, name),
      ...(encryptedPrivatekey === undefined
        ? {}
        : { encryptedPrivatekey: decoded('encryptedPrivatekey', encryptedPrivatekey, name) }),
    },
  };
}

function decoded(field: WrappedFieldName, text: string, nameOf: Spelling['name']): Buffer {
  const bytes = tryDecodeWrappedField(field, text);
  if (bytes === undefined) {
    const attribute = nameOf(field);
    throw new ByokError(
      'ERR_MATERIAL_INVALID',
      `${attribute} has ${text.length} characters; allowed are ${wrappedFieldForms[field].allowed} on one line`,
      { attribute },
    );
  }
  return bytes;
}
