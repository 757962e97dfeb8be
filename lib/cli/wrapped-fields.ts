/**
 * The fields of import-key-material as read from files and variables, checked against the forms of
 * the API page before anything is sent.
 */
import { ByokError } from '../errors';
import {
  type PreWrapped,
  tryDecodeWrappedField,
  type WrappedFieldName,
  wrappedFieldForms,
} from '../material/pre-wrapped';
import { Secret } from '../secret';
import { wordingOf } from './wording';

/** None of these fields is called by a flag, so all commands call them alike. */
const { name: nameOf } = wordingOf({ options: [] });

/**
 * What was read, and how an error names its place, for example `file "EncryptedKeyMaterial.bin"`.
 */
export interface FieldContent {
  readonly content: Buffer;
  readonly place: string;
}

export interface WrappedFields {
  readonly importToken: FieldContent;
  readonly encryptedKeyMaterial: FieldContent;
  /** For asymmetric keys. */
  readonly encryptedPrivatekey: FieldContent | undefined;
}

/** @throws ByokError ERR_MATERIAL_INVALID naming the field and its place, never its value */
export function openWrappedFields({
  importToken,
  encryptedKeyMaterial,
  encryptedPrivatekey,
}: WrappedFields): PreWrapped {
  return {
    importToken: Secret.fromText(decoded('importToken', importToken).toString('base64')),
    wrapped: {
      encryptedKeyMaterial: decoded('encryptedKeyMaterial', encryptedKeyMaterial),
      ...(encryptedPrivatekey === undefined
        ? {}
        : { encryptedPrivatekey: decoded('encryptedPrivatekey', encryptedPrivatekey) }),
    },
  };
}

/** Removes line breaks, which `openssl base64` adds: the API wants one line. */
function decoded(field: WrappedFieldName, { content, place }: FieldContent): Buffer {
  // openssl and HSMs write bytes; the token is always text.
  const mayBeBytes = field !== 'importToken';
  const base64 =
    mayBeBytes && !isText(content)
      ? content.toString('base64')
      : content.toString('latin1').replace(/\s+/g, '');
  const bytes = tryDecodeWrappedField(field, base64);
  if (bytes === undefined) {
    const name = nameOf(field);
    throw new ByokError(
      'ERR_MATERIAL_INVALID',
      `${name} in ${place} has ${content.length} bytes; allowed are ${wrappedFieldForms[field].allowed}${
        mayBeBytes ? ', or as many bytes as they stand for' : ''
      }`,
      { attribute: name },
    );
  }
  return bytes;
}

/** Ciphertext of this length is never printable by chance. */
function isText(content: Buffer): boolean {
  return content.every(
    (byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09,
  );
}
