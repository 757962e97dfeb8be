/** Why we believe that the KMS holds the material of a fingerprint, and how it is remembered. */
import { isRecord } from '../json';
import { fingerprintFormat } from '../terms/material';

export interface Proof {
  readonly fingerprint: string;
  /**
   * An import that was seen to succeed: the KMS binds material to a key for ever, so this never
   * wears off. Or the public key, which the KMS showed for a private key.
   */
  readonly proof: 'imported' | 'public_key';
}

/** @returns undefined for anything that is not exactly what we write: it proves nothing */
export function toProof(value: unknown): Proof | undefined {
  if (
    !isRecord(value) ||
    typeof value.fingerprint !== 'string' ||
    !fingerprintFormat.test(value.fingerprint)
  ) {
    return undefined;
  }
  const { fingerprint, proof } = value;
  return proof === 'imported' || proof === 'public_key' ? { fingerprint, proof } : undefined;
}
