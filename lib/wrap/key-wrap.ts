/**
 * AES key wrap with padding (RFC 5649), like OpenSSL's `-id-aes256-wrap-pad`: how private keys
 * travel to the KMS.
 */
import { createCipheriv } from 'node:crypto';

/**
 * The constant half of the alternative initial value, RFC 5649 §3; the cipher adds the length
 * itself.
 */
const alternativeInitialValue = Buffer.from('A65959A6', 'hex');

/**
 * @param wrappingKey 16, 24 or 32 bytes
 * @param content at least one byte
 * @returns `content` padded to a multiple of 8 bytes, plus 8
 */
export function aesKeyWrapWithPadding(wrappingKey: Buffer, content: Buffer): Buffer {
  const cipher = createCipheriv(
    `id-aes${wrappingKey.length * 8}-wrap-pad`,
    wrappingKey,
    alternativeInitialValue,
  );
  return Buffer.concat([cipher.update(content), cipher.final()]);
}
