/**
 * Wrapping key pairs, a fresh one for every get-parameters-for-import. Generating an RSA-2048 pair takes 0.1 s in OpenSSL and
 * seconds in node-forge, so a few are made ahead in the background. Only the generation is OpenSSL's: the unwrapping, which
 * is what checks the client, is done by node-forge (see unwrap.ts).
 */
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';

export interface WrappingKeyPair {
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Buffer;
  /** DER PKCS#8. */
  readonly privateKey: Buffer;
}

const depth = 3;

const generateKeyPairAsync = promisify(generateKeyPair);

export class WrappingKeyPool {
  readonly #pending: Promise<WrappingKeyPair>[];

  constructor() {
    this.#pending = Array.from({ length: depth }, generate);
  }

  /** No pair is handed out twice. */
  take(): Promise<WrappingKeyPair> {
    const next = this.#pending.shift() ?? generate();
    this.#pending.push(generate());
    return next;
  }

  /** Waits for pairs that are being made, so that nothing runs on after the emulator. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#pending);
  }
}

function generate(): Promise<WrappingKeyPair> {
  const pair = generateKeyPairAsync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  });
  // A failure is reported to whoever takes the pair, not to the process.
  pair.catch(() => undefined);
  return pair;
}
