/**
 * Wraps key material for import-key-material: one table row for each wrapping algorithm, with
 * everything that differs between them. Pure cryptography on node:crypto; it uses no network and
 * keeps nothing.
 */
import { constants, publicEncrypt } from 'node:crypto';
import { ByokError } from '../errors';
import type { WrappingAlgorithm } from '../terms/kms';
import { plainSpelling, type Spelling } from '../terms/setting';
import { parseWrappingKey } from './wrapping-key';

interface WrappingRow {
  /** Padding of RSA, RFC 8017. */
  readonly padding: number;
  /** Hash of OAEP; MGF1 uses the same hash and the label is empty, as the service expects. */
  readonly oaepHash?: 'sha1' | 'sha256';
  /** Why users should think twice. */
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
    warning:
      'RSAES_PKCS1_V1_5 is open to padding-oracle attacks: use RSAES_OAEP_SHA_256 unless your HSM cannot',
  },
};

/**
 * @param publicKey DER SubjectPublicKeyInfo, as get-parameters-for-import returns it
 * @param spelling names of settings in messages
 * @returns as many bytes as the modulus: 256 for the service's RSA_2048
 * @throws ByokError ERR_KMS unless only the KMS can open what the wrapping key wraps
 */
export function wrapMaterial(
  algorithm: WrappingAlgorithm,
  publicKey: Buffer,
  material: Buffer,
  spelling: Spelling = plainSpelling,
): Buffer {
  const { padding, oaepHash } = wrappingAlgorithms[algorithm];
  const key = parseWrappingKey(publicKey, spelling);
  try {
    return publicEncrypt(
      { key, padding, ...(oaepHash === undefined ? {} : { oaepHash }) },
      material,
    );
  } catch (cause) {
    // The size of the content was checked where it comes from, and fits.
    const message =
      'the wrapping key from the KMS cannot wrap anything; check ' +
      `${spelling.name('kmsEndpoint')}, and tell its operator`;
    throw new ByokError('ERR_KMS', message, { cause });
  }
}
