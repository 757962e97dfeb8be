/** Material that was wrapped elsewhere: the request of the API page itself, with the token that it was wrapped for. */
import { ByokError } from '../errors';
import { Secret } from '../secret';
import { formats } from '../terms/kms';
import { tryDecodeBase64 } from './decode';
import type { WrappedMaterial } from './material';

export interface PreWrapped {
  readonly importToken: Secret;
  readonly wrapped: WrappedMaterial;
}

export interface PreWrappedFields {
  readonly import_token_wo: string;
  readonly encrypted_key_material_wo: string;
  readonly encrypted_privatekey_wo: string | undefined;
}

/** What the API page allows in each field, as an expression and in words. */
export const wrappedFieldForms = {
  import_token: { form: formats.importToken, allowed: '200 to 6144 characters of Base64' },
  encrypted_key_material: { form: formats.encryptedKeyMaterial, allowed: '344 to 360 characters of Base64' },
  encrypted_privatekey: { form: formats.encryptedPrivatekey, allowed: '200 to 6144 characters of Base64' },
} as const;

export type WrappedFieldName = keyof typeof wrappedFieldForms;

/** The bytes of a field; undefined when it is not of the form that the API page gives, or no strict Base64. */
export function tryDecodeWrappedField(name: WrappedFieldName, text: string): Buffer | undefined {
  return new RegExp(wrappedFieldForms[name].form).test(text) ? tryDecodeBase64(text) : undefined;
}

/** @throws ByokError ERR_MATERIAL_INVALID naming the field, never its value */
export function openPreWrapped(fields: PreWrappedFields): PreWrapped {
  const { import_token_wo: token, encrypted_key_material_wo: key, encrypted_privatekey_wo: privateKey } = fields;
  decoded('import_token', token);
  return {
    importToken: Secret.fromText(token),
    wrapped: {
      encryptedKeyMaterial: decoded('encrypted_key_material', key),
      ...(privateKey === undefined ? {} : { encryptedPrivatekey: decoded('encrypted_privatekey', privateKey) }),
    },
  };
}

function decoded(name: WrappedFieldName, text: string): Buffer {
  const bytes = tryDecodeWrappedField(name, text);
  if (bytes === undefined) {
    const attribute = `${name}_wo`;
    throw new ByokError(
      'ERR_MATERIAL_INVALID',
      `${attribute} has ${text.length} characters; allowed are ${wrappedFieldForms[name].allowed} on one line`,
      { attribute },
    );
  }
  return bytes;
}
