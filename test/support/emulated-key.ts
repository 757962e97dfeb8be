/**
 * A key of the emulator seen past our own client: its description, and what material it really
 * holds.
 */
import { createDecipheriv, createHmac } from 'node:crypto';
import type { Emulator } from '../../lib/emulator';
import { ok, type ReachedEmulator } from '../emulator/plain-http';

export interface KeyInfo {
  readonly key_id: string;
  readonly key_state: string;
  readonly expiration_time: string;
  readonly key_alias: string;
}

export async function describeKey(emulator: ReachedEmulator, keyId: string): Promise<KeyInfo> {
  return (await ok<{ key_info: KeyInfo }>(emulator, 'describe-key', { key_id: keyId })).key_info;
}

/** Operations on one key since the journal was cleared, in order, without the reads. */
export function writesOf(emulator: Emulator): string[] {
  return emulator
    .calls()
    .map(({ operation }) => operation)
    .filter((operation) => !['describe-key', 'list-keys', 'encrypt-data'].includes(operation));
}

/**
 * Encrypts by the KMS and decrypts here, with the material: true only when the key holds exactly
 * these bytes.
 */
export async function holdsMaterial(
  emulator: ReachedEmulator,
  keyId: string,
  material: Buffer,
): Promise<boolean> {
  const plain = 'proof of possession';
  const { cipher_text } = await ok<{ cipher_text: string }>(emulator, 'encrypt-data', {
    key_id: keyId,
    plain_text: plain,
  });
  return tryDecrypt(Buffer.from(cipher_text, 'base64'), material) === plain;
}

/** Layout as documented in lib/emulator/ciphertext.ts. */
function tryDecrypt(bytes: Buffer, material: Buffer): string | undefined {
  const decipher = createDecipheriv('aes-256-gcm', material, bytes.subarray(40, 52));
  decipher.setAAD(bytes.subarray(0, 124)).setAuthTag(bytes.subarray(124, 140));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(140)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

export function fingerprintOf(material: Buffer): string {
  return `sha256:${createHmac('sha256', material).update('cdktf-byok fingerprint v1').digest('hex')}`;
}
