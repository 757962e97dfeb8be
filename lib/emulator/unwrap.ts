/**
 * Unwraps key material with BigInt and node-forge, a second implementation of RFC 8017.
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
  const block = decrypt(key, wrapped);
  if (block === undefined) {
    return undefined;
  }
  // With the exponent 1, and without the primes, node-forge leaves the block as it is and decodes it.
  Object.assign(key, { d: forge.jsbn.BigInteger.ONE, p: undefined, q: undefined });
  try {
    return Buffer.from(unwrappers[algorithm](key, block.toString('binary')), 'binary');
  } catch {
    return undefined;
  }
}

/**
 * RSADP of RFC 8017 §5.1.2. The one of node-forge takes five times as long, most of it to hide from
 * a stopwatch what here is no secret.
 *
 * @returns undefined if the ciphertext is no number of as many bytes as the modulus, and below it
 */
function decrypt(key: forge.pki.rsa.PrivateKey, wrapped: Buffer): Buffer | undefined {
  const [n, p, q, dP, dQ, qInv] = [key.n, key.p, key.q, key.dP, key.dQ, key.qInv].map((number) =>
    BigInt(`0x${number.toString(16)}`),
  ) as [bigint, bigint, bigint, bigint, bigint, bigint];
  const size = Math.ceil(key.n.bitLength() / 8);
  const ciphertext = BigInt(`0x0${wrapped.toString('hex')}`);
  if (wrapped.length !== size || ciphertext >= n) {
    return undefined;
  }
  const m2 = power(ciphertext, dQ, q);
  const m1 = power(ciphertext, dP, p);
  const h = ((((m1 - m2) * qInv) % p) + p) % p;
  return Buffer.from((m2 + q * h).toString(16).padStart(2 * size, '0'), 'hex');
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  const factor = base % modulus;
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === '1') {
      result = (result * factor) % modulus;
    }
  }
  return result;
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
