/**
 * The documented signing algorithms: for each the kind of key, the hash,
 * and how to sign and verify a digest.
 */
import { createHash, type KeyObject } from 'node:crypto';
import { signEcdsa, verifyEcdsa } from './ecdsa';
import { type HashName, rsaPkcs1, rsaPss } from './rsa-signature';

export interface SigningAlgorithm {
  readonly family: 'rsa' | 'ec';
  readonly digestBytes: number;
  hash(message: Buffer): Buffer;
  sign(privateKey: KeyObject, digest: Buffer): Buffer;
  /** Takes the private key, which a KMS has, too: see ecdsa.ts. */
  verify(privateKey: KeyObject, digest: Buffer, signature: Buffer): boolean;
}

export const signingAlgorithms = {
  RSASSA_PSS_SHA_256: rsa(rsaPss, 'sha256', 32),
  RSASSA_PSS_SHA_384: rsa(rsaPss, 'sha384', 48),
  RSASSA_PSS_SHA_512: rsa(rsaPss, 'sha512', 64),
  RSASSA_PKCS1_V1_5_SHA_256: rsa(rsaPkcs1, 'sha256', 32),
  RSASSA_PKCS1_V1_5_SHA_384: rsa(rsaPkcs1, 'sha384', 48),
  RSASSA_PKCS1_V1_5_SHA_512: rsa(rsaPkcs1, 'sha512', 64),
  ECDSA_SHA_256: ecdsa('sha256', 32),
  ECDSA_SHA_384: ecdsa('sha384', 48),
  ECDSA_SHA_512: ecdsa('sha512', 64),
} as const satisfies Record<string, SigningAlgorithm>;

export type SigningAlgorithmName = keyof typeof signingAlgorithms;

function rsa(scheme: typeof rsaPss, hash: HashName, digestBytes: number): SigningAlgorithm {
  return {
    family: 'rsa',
    digestBytes,
    hash: (message) => createHash(hash).update(message).digest(),
    sign: (privateKey, digest) => scheme.sign(privateKey, hash, digest),
    verify: (privateKey, digest, signature) => scheme.verify(privateKey, hash, digest, signature),
  };
}

function ecdsa(hash: HashName, digestBytes: number): SigningAlgorithm {
  return {
    family: 'ec',
    digestBytes,
    hash: (message) => createHash(hash).update(message).digest(),
    sign: signEcdsa,
    verify: verifyEcdsa,
  };
}
