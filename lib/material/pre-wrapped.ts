/** Material that was wrapped elsewhere: the request of the API page itself, with the token that it was wrapped for. */
import { ByokError } from '../errors';
import { formats } from '../schema/kms';
import { Secret } from '../secret';
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

const forms: Readonly<Record<keyof PreWrappedFields, { form: string; length: string }>> = {
  import_token_wo: { form: formats.importToken, length: '200 to 6144' },
  encrypted_key_material_wo: { form: formats.encryptedKeyMaterial, length: '344 to 360' },
  encrypted_privatekey_wo: { form: formats.encryptedPrivatekey, length: '200 to 6144' },
};

/** @throws ByokError ERR_MATERIAL_INVALID naming the field, never its value */
export function openPreWrapped(fields: PreWrappedFields): PreWrapped {
  for (const [name, { form, length }] of Object.entries(forms)) {
    const value = fields[name as keyof PreWrappedFields];
    if (value !== undefined && !new RegExp(form).test(value)) {
      throw new ByokError(
        'ERR_MATERIAL_INVALID',
        `${name} has ${value.length} characters; allowed are ${length} characters of Base64 on one line`,
        {
          attribute: name,
        },
      );
    }
  }
  const { import_token_wo: token, encrypted_key_material_wo: key, encrypted_privatekey_wo: privateKey } = fields;
  return {
    importToken: Secret.fromText(token),
    wrapped: {
      encryptedKeyMaterial: Buffer.from(key, 'base64'),
      ...(privateKey === undefined ? {} : { encryptedPrivatekey: Buffer.from(privateKey, 'base64') }),
    },
  };
}
