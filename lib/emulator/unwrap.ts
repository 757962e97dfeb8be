/**
 * Unwraps key material with node-forge, a second implementation of RFC 8017.
 * So code that shares nothing with the client's wrapping (node:crypto, hence OpenSSL) checks it.
 * Labels are always empty, as in the KMS: a ciphertext made with a label is refused.
 */
import forge from 'node-forge';
import type { WrappingAlgorithm } from '../terms/kms';

type Unwrapper = (privateKey: forge.pki.rsa.PrivateKey, wrapped: string) => string;

const unwrappers = {
  RSAES_OAEP_SHA_256: (privateKey, wrapped) => decryptOaep(privateKey, wrapped, forge.md.sha256),
  RSAES_OAEP_SHA_1: (privateKey, wrapped) => decryptOaep(privateKey, wrapped, forge.md.sha1),
  RSAES_PKCS1_V1_5: (privateKey, wrapped) => privateKey.decrypt(wrapped, 'RSAES-PKCS1-V1_5'),
} satisfies Record<WrappingAlgorithm, Unwrapper>;

/**
 * @param privateKey DER PKCS#8
 * @returns undefined if it does not decrypt
 */
export function unwrap(
  algorithm: WrappingAlgorithm,
  privateKey: Buffer,
  wrapped: Buffer,
): Buffer | undefined {
  const key = forge.pki.privateKeyFromAsn1(forge.asn1.fromDer(privateKey.toString('binary')));
  try {
    return Buffer.from(unwrappers[algorithm](key, wrapped.toString('binary')), 'binary');
  } catch {
    return undefined;
  }
}

/** MGF1 uses the hash of OAEP itself, as the documented openssl command line does. */
function decryptOaep(
  privateKey: forge.pki.rsa.PrivateKey,
  wrapped: string,
  hash: { create(): forge.md.MessageDigest },
): string {
  return privateKey.decrypt(wrapped, 'RSA-OAEP', {
    md: hash.create(),
    mgf1: { md: hash.create() },
  });
}
