/**
 * A value that must never be printed: key material, tokens, passwords. It shows itself as
 * `[secret]` to string conversion, `JSON.stringify`, `console.log` and template literals; the bytes
 * come out only where they are asked for by name.
 */
import { inspect } from 'node:util';

const placeholder = '[secret]';

export class Secret {
  readonly #bytes: Buffer;
  #wiped = false;

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Takes the buffer over: `wipe` will overwrite it. */
  static fromBytes(bytes: Buffer): Secret {
    return new Secret(bytes);
  }

  static fromText(text: string): Secret {
    return new Secret(Buffer.from(text, 'utf8'));
  }

  /**
   * The bytes themselves, not a copy. @throws Error once they are wiped: zeros must not pass for a
   * secret
   */
  reveal(): Buffer {
    if (this.#wiped) {
      throw new Error('a secret was asked for after it was wiped');
    }
    return this.#bytes;
  }

  /** @throws Error as `reveal` does */
  revealText(): string {
    return this.reveal().toString('utf8');
  }

  get length(): number {
    return this.#bytes.length;
  }

  /**
   * Overwrites the bytes. Copies that the runtime made, such as strings, are out of reach: see
   * DESIGN.md.
   */
  wipe(): void {
    this.#wiped = true;
    this.#bytes.fill(0);
  }

  toString(): string {
    return placeholder;
  }

  toJSON(): string {
    return placeholder;
  }

  [inspect.custom](): string {
    return placeholder;
  }
}
