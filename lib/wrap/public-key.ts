/** Public keys as get-publickey returns them. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { ByokError } from '../errors';

/**
 * @param pem labelled "PUBLIC KEY"; the documented example holds a bare PKCS#1 key under that
 *   label, so we read both
 * @returns DER SubjectPublicKeyInfo
 * @throws ByokError ERR_KMS
 */
export function publicKeyOfPem(pem: string): Buffer {
  const der = Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');
  for (const type of ['spki', 'pkcs1'] as const) {
    const key = tryParse(der, type);
    if (key !== undefined) {
      return key.export({ type: 'spki', format: 'der' });
    }
  }
  throw new ByokError(
    'ERR_KMS',
    'the public key from the KMS is neither SubjectPublicKeyInfo nor PKCS#1',
  );
}

function tryParse(der: Buffer, type: 'spki' | 'pkcs1'): KeyObject | undefined {
  try {
    return createPublicKey({ key: der, format: 'der', type });
  } catch {
    return undefined;
  }
}
