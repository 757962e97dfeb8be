/**
 * The material of a case: spelt as a source spells it, wrapped for an import past Terraform, and
 * recognized in a key.
 */
import {
  constants,
  createCipheriv,
  createECDH,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  publicEncrypt,
} from 'node:crypto';
import type { Emulator } from '../lib/emulator';
import { call } from '../test/emulator/plain-http';
import { holdsMaterial } from '../test/support/emulated-key';
import { clearPem } from '../test/support/private-keys';
import type { Random } from './random';

export interface CaseMaterial {
  /** What a source gives: Base64 of 32 bytes, or PEM. */
  readonly text: string;
  readonly fingerprint: string;
  /** What must be written nowhere. */
  readonly secrets: Readonly<Record<string, Buffer | string>>;
  /**
   * The fields of import-key-material. @param publicKey of get-parameters-for-import, for
   * RSAES_OAEP_SHA_256
   */
  wrap(publicKey: string): Readonly<Record<string, string>>;
  /** Whether an enabled key holds it, by what the KMS does with it. */
  isIn(emulator: Emulator, keyId: string): Promise<boolean>;
}

export function symmetricMaterial(bytes: Buffer): CaseMaterial {
  return {
    text: bytes.toString('base64'),
    fingerprint: `sha256:${createHmac('sha256', bytes).update('cdktf-byok fingerprint v1').digest('hex')}`,
    secrets: { bytes },
    wrap: (publicKey) => ({ encrypted_key_material: wrap(publicKey, bytes) }),
    isIn: (emulator, keyId) => holdsMaterial(emulator, keyId, bytes),
  };
}

/** @param random for the intermediate key of {@link CaseMaterial.wrap} */
export function privateKeyMaterial(privateKey: KeyObject, random: Random): CaseMaterial {
  const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const publicHalf = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const intermediate = random.bytes(32);
  return {
    text: pem,
    fingerprint: `sha256:${createHash('sha256').update(publicHalf).digest('hex')}`,
    secrets: clearPem(Buffer.from(pem)).secrets,
    wrap(publicKey) {
      const cipher = createCipheriv(
        'id-aes256-wrap-pad',
        intermediate,
        Buffer.from('a65959a6', 'hex'),
      );
      const wrapped = Buffer.concat([
        cipher.update(privateKey.export({ type: 'pkcs8', format: 'der' })),
        cipher.final(),
      ]);
      return {
        encrypted_key_material: wrap(publicKey, intermediate),
        encrypted_privatekey: wrapped.toString('base64'),
      };
    },
    async isIn(emulator, keyId) {
      const { status, text } = await call(emulator, 'get-publickey', { key_id: keyId });
      return (
        status === 200 &&
        createPublicKey((JSON.parse(text) as { public_key: string }).public_key)
          .export({ type: 'spki', format: 'der' })
          .equals(publicHalf)
      );
    },
  };
}

/** A P-256 key that the seed decides. */
export function ecKey(random: Random): KeyObject {
  const pair = createECDH('prime256v1');
  const scalar = random.bytes(32);
  // Below the order of the curve, whatever the rest is.
  scalar[0] = 0x7f;
  pair.setPrivateKey(scalar);
  const point = pair.getPublicKey();
  const x = point.subarray(1, 33).toString('base64url');
  const y = point.subarray(33).toString('base64url');
  return createPrivateKey({
    key: { kty: 'EC', crv: 'P-256', d: scalar.toString('base64url'), x, y },
    format: 'jwk',
  });
}

function wrap(publicKey: string, bytes: Buffer): string {
  const key = createPublicKey({
    key: Buffer.from(publicKey, 'base64'),
    format: 'der',
    type: 'spki',
  });
  return publicEncrypt(
    { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
    bytes,
  ).toString('base64');
}
