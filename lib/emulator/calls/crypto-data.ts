/**
 * encrypt-data and decrypt-data: AES-256-GCM under the material
 * of a symmetric key (see ciphertext.ts), or RSAES-OAEP with an RSA key of usage ENCRYPT_DECRYPT.
 * An RSA ciphertext does not name its key, so decrypting it needs the key id.
 */
import { constants, createPublicKey, privateDecrypt, publicEncrypt } from 'node:crypto';
import { formats, type KeySpecRow, keySpecs, ranges } from '../../terms/kms';
import type { KmsApiCode } from '../../terms/kms-errors';
import { defineCall, type KeyBody } from '../api-call';
import { refusal } from '../api-error';
import { decodeBase64 } from '../base64';
import { encrypt, tryDecrypt, tryReadKeyId } from '../ciphertext';
import type { StoredKey } from '../key';
import type { KeyStore } from '../key-store';
import { loadPrivateKey } from '../private-key';
import { usableMaterial } from '../usable-material';

interface ContextBody {
  readonly encryption_algorithm?: string;
  readonly additional_authenticated_data?: string;
  readonly encryption_context?: Readonly<Record<string, string>>;
}

interface EncryptDataBody extends ContextBody, KeyBody {
  readonly plain_text: string;
}

export const encryptData = defineCall<EncryptDataBody>({
  operation: 'encrypt-data',
  required: ['key_id', 'plain_text'],
  optional: ['encryption_algorithm', 'additional_authenticated_data', 'encryption_context'],
  handle(body, { keys }) {
    const key = keys.find(body.key_id);
    const plainText = Buffer.from(body.plain_text, 'utf8');
    if (plainText.length > ranges.plainText.maximum) {
      throw refusal('KMS.0308', `plain_text must have at most ${ranges.plainText.maximum} bytes`);
    }
    const material = materialForUse(key, body);
    const cipherText =
      rowOf(key).family === 'rsa'
        ? encryptOaep(material, body, plainText).toString('base64')
        : encrypt(key.keyId, material, plainText, readContext(body));
    return { key_id: key.keyId, cipher_text: cipherText };
  },
});

interface DecryptDataBody extends ContextBody {
  readonly cipher_text: string;
  /** For asymmetric keys. */
  readonly key_id?: string;
}

export const decryptData = defineCall<DecryptDataBody>({
  operation: 'decrypt-data',
  required: ['cipher_text'],
  optional: [
    'key_id',
    'encryption_algorithm',
    'additional_authenticated_data',
    'encryption_context',
  ],
  handle(body, { keys }) {
    const key = findDecryptingKey(body, keys);
    const material = materialForUse(key, body);
    const plainText =
      rowOf(key).family === 'rsa'
        ? tryDecryptOaep(material, body)
        : tryDecrypt(material, body.cipher_text, readContext(body));
    if (plainText === undefined) {
      throw refusal('KMS.2201');
    }
    return {
      key_id: key.keyId,
      plain_text: plainText.toString('utf8'),
      plain_text_base64: plainText.toString('base64'),
    };
  },
});

/** A symmetric ciphertext names its own key. */
function findDecryptingKey(
  { key_id: given, cipher_text: cipherText }: DecryptDataBody,
  keys: KeyStore,
): StoredKey {
  const key = given === undefined ? undefined : keys.find(given);
  if (key !== undefined && rowOf(key).family !== 'symmetric') {
    return key;
  }
  const keyId = tryReadKeyId(cipherText);
  if (keyId === undefined || !new RegExp(formats.keyId).test(keyId) || (given ?? keyId) !== keyId) {
    throw refusal('KMS.2201');
  }
  return keys.find(keyId);
}

const oaepHashes: Readonly<
  Record<string, { readonly oaepHash: string; readonly hashBytes: number }>
> = {
  RSAES_OAEP_SHA_256: { oaepHash: 'sha256', hashBytes: 32 },
  RSAES_OAEP_SHA_1: { oaepHash: 'sha1', hashBytes: 20 },
};

/** Algorithms for each kind of key, and the refusal of any other algorithm. */
const algorithmsByFamily: Readonly<
  Record<
    KeySpecRow['family'],
    { readonly names: readonly string[]; readonly otherwise: KmsApiCode }
  >
> = {
  symmetric: { names: ['SYMMETRIC_DEFAULT'], otherwise: 'KMS.2105' },
  rsa: { names: Object.keys(oaepHashes), otherwise: 'KMS.2106' },
  ec: { names: [], otherwise: 'KMS.1114' },
};

function materialForUse(
  key: StoredKey,
  { encryption_algorithm: algorithm = 'SYMMETRIC_DEFAULT' }: ContextBody,
): Buffer {
  const { family } = rowOf(key);
  if (family === 'rsa' && key.usage !== 'ENCRYPT_DECRYPT') {
    throw refusal('KMS.0335');
  }
  const { names, otherwise } = algorithmsByFamily[family];
  if (!names.includes(algorithm)) {
    throw refusal(otherwise);
  }
  return usableMaterial(key);
}

function encryptOaep(
  material: Buffer,
  { encryption_algorithm: algorithm = '' }: ContextBody,
  plainText: Buffer,
): Buffer {
  const { oaepHash, hashBytes } = oaepHashes[algorithm] ?? { oaepHash: '', hashBytes: 0 };
  const publicKey = createPublicKey(loadPrivateKey(material));
  const longest = (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8 - 2 * hashBytes - 2;
  if (plainText.length > longest) {
    throw refusal('KMS.2108', `plain_text must have at most ${longest} bytes`);
  }
  return publicEncrypt(
    { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash },
    plainText,
  );
}

function tryDecryptOaep(
  material: Buffer,
  { cipher_text, encryption_algorithm: algorithm = '' }: DecryptDataBody,
): Buffer | undefined {
  const { oaepHash = '' } = oaepHashes[algorithm] ?? {};
  try {
    const cipherText = decodeBase64(cipher_text) ?? Buffer.alloc(0);
    return privateDecrypt(
      { key: loadPrivateKey(material), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash },
      cipherText,
    );
  } catch {
    return undefined;
  }
}

function rowOf({ spec }: StoredKey): KeySpecRow {
  return keySpecs[spec];
}

/**
 * Huawei Cloud takes a string. Open Telekom Cloud takes an object,
 * and the order of its names must not matter.
 */
function readContext({
  additional_authenticated_data: data,
  encryption_context: context,
}: ContextBody): string {
  return (
    data ??
    (context === undefined
      ? ''
      : JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))))
  );
}
