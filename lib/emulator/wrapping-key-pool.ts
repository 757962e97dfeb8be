/**
 * Wrapping key pairs, a new one for every get-parameters-for-import.
 * OpenSSL takes 0.1 s to generate an RSA-2048 pair and node-forge takes seconds,
 * so the next one is made in the background.
 * OpenSSL only generates. Other code does the unwrapping,
 * which is what checks the client (see unwrap.ts).
 */
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';

export interface WrappingKeyPair {
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Buffer;
  /** DER PKCS#8. */
  readonly privateKey: Buffer;
}

/** How many pairs to keep ready after the first was taken. */
const depth = 1;

const generateKeyPairAsync = promisify(generateKeyPair);

/** The pair that all pools with `one` share. */
let only: Promise<WrappingKeyPair> | undefined;

interface Taker {
  readonly resolve: (pair: WrappingKeyPair) => void;
  readonly reject: (reason: unknown) => void;
}

export class WrappingKeyPool {
  readonly #ready: WrappingKeyPair[] = [];
  readonly #takers: Taker[] = [];
  readonly #generating = new Set<Promise<void>>();
  readonly #one: boolean;

  /** @param one give the same pair every time */
  constructor({ one }: { readonly one: boolean }) {
    this.#one = one;
  }

  /** Starts the first pair if an import is likely to follow soon. */
  warm(): void {
    if (!this.#one) {
      this.#fill(1);
    }
  }

  /**
   * Gives each pair once, unless there is only one.
   * The pair that is ready first goes first, because the time to make one varies tenfold.
   */
  take(): Promise<WrappingKeyPair> {
    if (this.#one) {
      only ??= generate();
      return only;
    }
    const taken = new Promise<WrappingKeyPair>((resolve, reject) =>
      this.#takers.push({ resolve, reject }),
    );
    this.#serve();
    this.#fill(depth);
    return taken;
  }

  /** Waits for pairs in the making, so nothing outlives the emulator. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#generating, only]);
  }

  #serve(): void {
    const [taker, pair] = [this.#takers[0], this.#ready[0]];
    if (taker !== undefined && pair !== undefined) {
      this.#takers.shift();
      this.#ready.shift();
      taker.resolve(pair);
    }
  }

  #fill(count: number): void {
    while (this.#ready.length + this.#generating.size < count + this.#takers.length) {
      const generating: Promise<void> = this.#generate().finally(() =>
        this.#generating.delete(generating),
      );
      this.#generating.add(generating);
    }
  }

  /** A failure goes to the caller that waits for the pair, not to the process. */
  async #generate(): Promise<void> {
    try {
      this.#ready.push(await generate());
      this.#serve();
    } catch (error) {
      this.#takers.shift()?.reject(error);
    }
  }
}

function generate(): Promise<WrappingKeyPair> {
  return generateKeyPairAsync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  });
}
