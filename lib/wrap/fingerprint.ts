/**
 * The fingerprint identifies key material without revealing it. Symmetric material: HMAC-SHA-256,
 * keyed by the material, over a fixed text. A private key: SHA-256 over its public half. Equal
 * fingerprints mean equal material, even across keys, so reuse shows.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const context = 'cdktf-byok fingerprint v1';

/** @returns `sha256:` and 64 lower-case hex digits */
export function fingerprint(material: Buffer): string {
  return `sha256:${createHmac('sha256', material).update(context, 'ascii').digest('hex')}`;
}

/** @param publicKey DER SubjectPublicKeyInfo */
export function fingerprintOfPublicKey(publicKey: Buffer): string {
  return `sha256:${createHash('sha256').update(publicKey).digest('hex')}`;
}

export function sameFingerprint(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8')];
  return left.length === right.length && timingSafeEqual(left, right);
}
