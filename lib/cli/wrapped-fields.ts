/** The fields of import-key-material as they lie in files and variables, checked against the forms of the API page before anything is sent. */
import { ByokError } from '../errors';
import type { PreWrapped } from '../material/pre-wrapped';
import { formats } from '../schema/kms';
import { Secret } from '../secret';

/** What was read, and how to name its place in an error, for example `file "EncryptedKeyMaterial.bin"`. */
export interface FieldContent {
  readonly content: Buffer;
  readonly place: string;
}

export interface WrappedFields {
  readonly importToken: FieldContent;
  readonly encryptedKeyMaterial: FieldContent;
  /** Of asymmetric keys. */
  readonly encryptedPrivatekey: FieldContent | undefined;
}

interface Form {
  /** As the API page calls it. */
  readonly name: string;
  readonly form: string;
  readonly characters: string;
  /** openssl and HSMs write bytes; the token is text wherever it comes from. */
  readonly mayBeBytes: boolean;
}

const forms = {
  importToken: { name: 'import_token', form: formats.importToken, characters: '200 to 6144', mayBeBytes: false },
  encryptedKeyMaterial: { name: 'encrypted_key_material', form: formats.encryptedKeyMaterial, characters: '344 to 360', mayBeBytes: true },
  encryptedPrivatekey: { name: 'encrypted_privatekey', form: formats.encryptedPrivatekey, characters: '200 to 6144', mayBeBytes: true },
} as const satisfies Record<keyof WrappedFields, Form>;

/** @throws ByokError ERR_MATERIAL_INVALID naming the field and its place, never its value */
export function openWrappedFields({ importToken, encryptedKeyMaterial, encryptedPrivatekey }: WrappedFields): PreWrapped {
  return {
    importToken: Secret.fromText(base64Of(forms.importToken, importToken)),
    wrapped: {
      encryptedKeyMaterial: Buffer.from(base64Of(forms.encryptedKeyMaterial, encryptedKeyMaterial), 'base64'),
      ...(encryptedPrivatekey === undefined
        ? {}
        : { encryptedPrivatekey: Buffer.from(base64Of(forms.encryptedPrivatekey, encryptedPrivatekey), 'base64') }),
    },
  };
}

/** Line breaks, as `openssl base64` puts them, are taken out: the API wants one line. */
function base64Of({ name, form, characters, mayBeBytes }: Form, { content, place }: FieldContent): string {
  const base64 = mayBeBytes && !isText(content) ? content.toString('base64') : content.toString('latin1').replace(/\s+/g, '');
  // Node's own decoder drops what is not Base64, and something else would be sent than was given.
  if (!new RegExp(form).test(base64) || Buffer.from(base64, 'base64').toString('base64') !== base64) {
    throw new ByokError(
      'ERR_MATERIAL_INVALID',
      `${name} in ${place} has ${content.length} bytes; allowed are ${characters} characters of Base64${
        mayBeBytes ? `, or as many bytes as they stand for` : ''
      }`,
      { attribute: name },
    );
  }
  return base64;
}

/** Ciphertext of this length is never printable by chance. */
function isText(content: Buffer): boolean {
  return content.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09);
}
