/**
 * The ciphertext of encrypt-data: AES-256-GCM under the key's own material,
 * so anyone who has the material can open it elsewhere.
 * Base64 of
 *
 *   offset   0, 4 bytes   "BYK1"
 *   offset   4, 36 bytes  key id, ASCII
 *   offset  40, 12 bytes  nonce
 *   offset  52, 72 bytes  zero
 *   offset 124, 16 bytes  GCM tag
 *   offset 140            ciphertext, as long as the plaintext
 *
 * GCM's additional data are bytes 0 to 123,
 * followed by the caller's context in UTF-8, if there is any.
 * With the zeros, 1 to 4096 bytes of plaintext become the documented 188 to 5648 characters.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { decodeBase64 } from './base64';

const magic = Buffer.from('BYK1', 'ascii');
const keyIdEnd = 40;
const nonceEnd = 52;
const headLength = 124;
const bodyStart = 140;

/** @param context the caller's additional data; empty if there is none */
export function encrypt(
  keyId: string,
  material: Buffer,
  plainText: Buffer,
  context: string,
): string {
  const nonce = randomBytes(nonceEnd - keyIdEnd);
  const head = Buffer.concat([magic, Buffer.from(keyId, 'ascii'), nonce], headLength);
  const cipher = createCipheriv('aes-256-gcm', material, nonce, {
    authTagLength: bodyStart - headLength,
  });
  cipher.setAAD(Buffer.concat([head, Buffer.from(context, 'utf8')]));
  const body = Buffer.concat([cipher.update(plainText), cipher.final()]);
  return Buffer.concat([head, cipher.getAuthTag(), body]).toString('base64');
}

/** The key that a ciphertext names; undefined if we did not make the ciphertext. */
export function tryReadKeyId(cipherText: string): string | undefined {
  const bytes = decodeBase64(cipherText);
  if (
    bytes === undefined ||
    bytes.length <= bodyStart ||
    !bytes.subarray(0, magic.length).equals(magic)
  ) {
    return undefined;
  }
  return bytes.toString('ascii', magic.length, keyIdEnd);
}

/** Undefined if material, context and ciphertext do not belong together. */
export function tryDecrypt(
  material: Buffer,
  cipherText: string,
  context: string,
): Buffer | undefined {
  const bytes = Buffer.from(cipherText, 'base64');
  const head = bytes.subarray(0, headLength);
  const decipher = createDecipheriv('aes-256-gcm', material, bytes.subarray(keyIdEnd, nonceEnd), {
    authTagLength: bodyStart - headLength,
  });
  decipher
    .setAAD(Buffer.concat([head, Buffer.from(context, 'utf8')]))
    .setAuthTag(bytes.subarray(headLength, bodyStart));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(bodyStart)), decipher.final()]);
  } catch {
    return undefined;
  }
}
