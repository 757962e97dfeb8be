/** Writes MessagePack, limited to what Terraform's values use; see the reader. */
import { ByteWriter } from '../byte-writer';
import { type Unknown, unknown } from './value';

/** What we can write. An object carries its own enumerable names. */
export type Packable =
  | null
  | boolean
  | number
  | string
  | Unknown
  | readonly Packable[]
  | { readonly [name: string]: Packable };

/** @param value its numbers must be integers that a double holds exactly */
export function encodeMsgpack(value: Packable): Uint8Array {
  return new Writer().value(value).finish();
}

/** Where the length of a value stands: in its first byte, or in the two or four bytes after it. */
const heads = {
  map: { within: 0x80, longest: 15, two: 0xde, four: 0xdf },
  list: { within: 0x90, longest: 15, two: 0xdc, four: 0xdd },
  text: { within: 0xa0, longest: 31, two: 0xda, four: 0xdb },
} as const;

class Writer extends ByteWriter {
  value(value: Packable): this {
    if (value === null) {
      return this.#bytes(0xc0);
    }
    if (value === unknown) {
      return this.#bytes(0xd4, 0, 0);
    }
    if (typeof value === 'boolean') {
      return this.#bytes(value ? 0xc3 : 0xc2);
    }
    if (typeof value === 'number') {
      return this.#integer(value);
    }
    if (typeof value === 'string') {
      return this.#text(value);
    }
    return isList(value) ? this.#list(value) : this.#map(Object.entries(value));
  }

  #integer(value: number): this {
    if (value >= -32 && value <= 127) {
      return this.#bytes(value & 0xff);
    }
    this.#bytes(0xd3).reserve(8);
    this.length = this.buffer.writeBigInt64BE(BigInt(value), this.length);
    return this;
  }

  #text(value: string): this {
    const size = Buffer.byteLength(value);
    this.#head('text', size).reserve(size);
    this.length += this.buffer.write(value, this.length);
    return this;
  }

  #list(items: readonly Packable[]): this {
    this.#head('list', items.length);
    for (const item of items) {
      this.value(item);
    }
    return this;
  }

  #map(entries: readonly (readonly [name: string, item: Packable])[]): this {
    this.#head('map', entries.length);
    for (const [name, item] of entries) {
      this.#text(name).value(item);
    }
    return this;
  }

  #head(kind: keyof typeof heads, size: number): this {
    const { within, longest, two, four } = heads[kind];
    if (size <= longest) {
      return this.#bytes(within | size);
    }
    const [first, width] = size <= 0xffff ? [two, 2] : [four, 4];
    this.#bytes(first).reserve(width);
    this.length = this.buffer.writeUIntBE(size, this.length, width);
    return this;
  }

  #bytes(...bytes: readonly number[]): this {
    this.reserve(bytes.length);
    for (const byte of bytes) {
      this.buffer[this.length++] = byte;
    }
    return this;
  }
}

function isList(value: object): value is readonly Packable[] {
  return Array.isArray(value);
}
