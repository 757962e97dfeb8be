/**
 * The import token: opaque Base64 that binds a wrapping key pair to one key,
 * one wrapping algorithm and 24 hours.
 * Like the real one, it starts with 00 00 88 06 and a UUID. It carries its own content,
 * encrypted and authenticated under a secret that only this emulator has:
 *
 *   00 00 88 06 | token id, 36 bytes ASCII | nonce, 12 | tag, 16 | AES-256-GCM of the content
 *
 * The first 40 bytes are the AAD.
 */
import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import type { WrappingAlgorithm } from '../terms/kms';
import { refusal } from './api-error';
import { decodeBase64 } from './base64';

export interface ImportTokenContent {
  readonly keyId: string;
  readonly wrappingAlgorithm: WrappingAlgorithm;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** DER PKCS#8 of the private wrapping key, Base64. */
  readonly privateKey: string;
}

export const importTokenLifetimeMs = 24 * 60 * 60 * 1000;

const magic = Buffer.from([0x00, 0x00, 0x88, 0x06]);
const headLength = magic.length + 36;
const nonceLength = 12;
const tagLength = 16;

export class ImportTokens {
  readonly #secret = randomBytes(32);
  readonly #used = new Set<string>();
  readonly #singleUse: boolean;

  constructor(options: { singleUse: boolean }) {
    this.#singleUse = options.singleUse;
  }

  seal(content: ImportTokenContent): string {
    const head = Buffer.concat([magic, Buffer.from(randomUUID(), 'ascii')]);
    const nonce = randomBytes(nonceLength);
    const cipher = createCipheriv('aes-256-gcm', this.#secret, nonce, {
      authTagLength: tagLength,
    }).setAAD(head);
    const body = Buffer.concat([cipher.update(JSON.stringify(content), 'utf8'), cipher.final()]);
    return Buffer.concat([head, nonce, cipher.getAuthTag(), body]).toString('base64');
  }

  /**
   * @throws ApiError KMS.2605 when this emulator did not make the token,
   * or the token is single-use and was used
   */
  open(token: string): ImportTokenContent {
    const bytes = decodeBase64(token);
    const minimum = headLength + nonceLength + tagLength;
    if (
      bytes === undefined ||
      bytes.length <= minimum ||
      this.#used.has(bytes.toString('ascii', magic.length, headLength))
    ) {
      throw refusal('KMS.2605');
    }
    const nonce = bytes.subarray(headLength, headLength + nonceLength);
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#secret, nonce, {
        authTagLength: tagLength,
      });
      decipher
        .setAAD(bytes.subarray(0, headLength))
        .setAuthTag(bytes.subarray(headLength + nonceLength, minimum));
      const content = Buffer.concat([decipher.update(bytes.subarray(minimum)), decipher.final()]);
      return JSON.parse(content.toString('utf8')) as ImportTokenContent;
    } catch {
      throw refusal('KMS.2605');
    }
  }

  /** Marks a token that led to an import. It matters only if tokens are single-use. */
  spend(token: string): void {
    if (this.#singleUse) {
      this.#used.add(Buffer.from(token, 'base64').toString('ascii', magic.length, headLength));
    }
  }
}
