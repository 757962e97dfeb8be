/**
 * Wraps key material for import-key-material: one table row per wrapping algorithm, everything that differs between
 * them in that row. Pure crypto on node:crypto; talks to nobody and keeps nothing.
 */
import { constants, createPublicKey, type KeyObject, publicEncrypt } from 'node:crypto';
import { ByokError } from '../errors';
import type { WrappingAlgorithm } from '../schema/kms';

interface WrappingRow {
  /** Padding of RSA, RFC 8017. */
  readonly padding: number;
  /** Hash of OAEP; MGF1 uses the same one and the label is empty, as the service expects. */
  readonly oaepHash?: 'sha1' | 'sha256';
  /** Why somebody should think twice. */
  readonly warning?: string;
}

export const wrappingAlgorithms: Readonly<Record<WrappingAlgorithm, WrappingRow>> = {
  RSAES_OAEP_SHA_256: { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
  RSAES_OAEP_SHA_1: {
    padding: constants.RSA_PKCS1_OAEP_PADDING,
    oaepHash: 'sha1',
    warning: 'RSAES_OAEP_SHA_1 is legacy: use RSAES_OAEP_SHA_256 unless your HSM cannot',
  },
  RSAES_PKCS1_V1_5: {
    padding: constants.RSA_PKCS1_PADDING,
    warning: 'RSAES_PKCS1_V1_5 is open to padding-oracle attacks: use RSAES_OAEP_SHA_256 unless your HSM cannot',
  },
};

/**
 * @param publicKey DER SubjectPublicKeyInfo, as get-parameters-for-import answers it
 * @returns as many bytes as the modulus has: 256 for the service's RSA_2048
 * @throws ByokError ERR_KMS when the wrapping key is not an RSA key of at least 2048 bits
 */
export function wrapMaterial(algorithm: WrappingAlgorithm, publicKey: Buffer, material: Buffer): Buffer {
  const { padding, oaepHash } = wrappingAlgorithms[algorithm];
  return publicEncrypt({ key: parseWrappingKey(publicKey), padding, ...(oaepHash === undefined ? {} : { oaepHash }) }, material);
}

/**
 * Whoever answers with a short key could read the material, so a short one is refused.
 *
 * @param der SubjectPublicKeyInfo
 * @throws ByokError ERR_KMS when it is not an RSA key of at least 2048 bits
 */
export function parseWrappingKey(der: Buffer): KeyObject {
  const key = parse(der);
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== 'rsa' || bits < 2048) {
    throw new ByokError(
      'ERR_KMS',
      `the wrapping key is ${key.asymmetricKeyType ?? 'unknown'} with ${bits} bits; RSA with at least 2048 bits is needed`,
    );
  }
  return key;
}

function parse(der: Buffer): KeyObject {
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch (cause) {
    throw new ByokError('ERR_KMS', 'the wrapping key that the KMS answered is not a DER public key', { cause });
  }
}
