/**
 * Reads MessagePack, limited to what Terraform's values use. We wrote our own,
 * because a library is six times as large, every start of the provider would load it,
 * and it refuses a map with the name "__proto__".
 * The tests compare it with @msgpack/msgpack.
 */
import { type Unknown, unknown } from './value';

/**
 * Every extension is an unknown value, even if it says what is known about the value.
 *
 * @returns null, boolean, number, bigint for a whole number of 64 bits, string, Uint8Array,
 * `unknown`, or arrays and objects of them
 * @throws RangeError when the bytes are not exactly one value
 */
export function decodeMsgpack(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes);
  const value = reader.value();
  reader.end();
  return value;
}

/** What a first byte from 192 to 223 (0xc0 to 0xdf) says about the bytes after it. */
const formats: Readonly<Record<number, (reader: Reader) => unknown>> = {
  192: () => null,
  194: () => false,
  195: () => true,
  196: (reader) => reader.bytes(reader.uint(1)),
  197: (reader) => reader.bytes(reader.uint(2)),
  198: (reader) => reader.bytes(reader.uint(4)),
  199: (reader) => reader.extension(reader.uint(1)),
  200: (reader) => reader.extension(reader.uint(2)),
  201: (reader) => reader.extension(reader.uint(4)),
  202: (reader) => reader.float(4),
  203: (reader) => reader.float(8),
  204: (reader) => reader.uint(1),
  205: (reader) => reader.uint(2),
  206: (reader) => reader.uint(4),
  207: (reader) => reader.uint64(),
  208: (reader) => reader.int(1),
  209: (reader) => reader.int(2),
  210: (reader) => reader.int(4),
  211: (reader) => reader.int64(),
  212: (reader) => reader.extension(1),
  213: (reader) => reader.extension(2),
  214: (reader) => reader.extension(4),
  215: (reader) => reader.extension(8),
  216: (reader) => reader.extension(16),
  217: (reader) => reader.text(reader.uint(1)),
  218: (reader) => reader.text(reader.uint(2)),
  219: (reader) => reader.text(reader.uint(4)),
  220: (reader) => reader.list(reader.uint(2)),
  221: (reader) => reader.list(reader.uint(4)),
  222: (reader) => reader.map(reader.uint(2)),
  223: (reader) => reader.map(reader.uint(4)),
};

class Reader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(): unknown {
    const first = this.uint(1);
    if (first < 0x80) {
      return first;
    }
    if (first < 0x90) {
      return this.map(first & 0x0f);
    }
    if (first < 0xa0) {
      return this.list(first & 0x0f);
    }
    if (first < 0xc0) {
      return this.text(first & 0x1f);
    }
    if (first >= 0xe0) {
      return first - 0x100;
    }
    const read = formats[first];
    if (read === undefined) {
      throw new RangeError(`no value begins with the byte ${first}`);
    }
    return read(this);
  }

  end(): void {
    if (this.#position < this.#bytes.length) {
      throw new RangeError(`after the value are ${this.#bytes.length - this.#position} more bytes`);
    }
  }

  uint(size: 1 | 2 | 4): number {
    return this.#bytes.readUIntBE(this.#advance(size), size);
  }

  int(size: 1 | 2 | 4): number {
    return this.#bytes.readIntBE(this.#advance(size), size);
  }

  uint64(): bigint {
    return this.#bytes.readBigUInt64BE(this.#advance(8));
  }

  int64(): bigint {
    return this.#bytes.readBigInt64BE(this.#advance(8));
  }

  float(size: 4 | 8): number {
    const from = this.#advance(size);
    return size === 4 ? this.#bytes.readFloatBE(from) : this.#bytes.readDoubleBE(from);
  }

  bytes(size: number): Uint8Array {
    const from = this.#advance(size);
    return this.#bytes.subarray(from, from + size);
  }

  text(size: number): string {
    const from = this.#advance(size);
    return this.#bytes.toString('utf8', from, from + size);
  }

  /** The byte before the content is the type. */
  extension(size: number): Unknown {
    this.#advance(1 + size);
    return unknown;
  }

  list(size: number): unknown[] {
    const items: unknown[] = [];
    for (let index = 0; index < size; index++) {
      items.push(this.value());
    }
    return items;
  }

  map(size: number): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    for (let index = 0; index < size; index++) {
      entries.push([this.#key(), this.value()]);
    }
    // Unlike an assignment, this treats "__proto__" as an ordinary name.
    return Object.fromEntries(entries);
  }

  #key(): string {
    const key = this.value();
    if (typeof key !== 'string') {
      throw new RangeError('a name in a map is no string');
    }
    return key;
  }

  /** @returns the index at which the skipped bytes begin */
  #advance(size: number): number {
    const from = this.#position;
    if (from + size > this.#bytes.length) {
      throw new RangeError(`the value ends ${from + size - this.#bytes.length} bytes early`);
    }
    this.#position += size;
    return from;
  }
}
