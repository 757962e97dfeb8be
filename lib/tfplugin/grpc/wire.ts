/**
 * The wire format of Protocol Buffers, limited to what the plugin protocol uses.
 * We wrote our own, because a library is fourteen times as large and every start
 * of the provider would load it.
 * The tests compare it with protobufjs.
 */
import { ByteWriter } from '../byte-writer';

export const varint = 0;
export const lengthDelimited = 2;

export class WireWriter extends ByteWriter {
  uint32(value: number): this {
    this.reserve(5);
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.buffer[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.buffer[this.length++] = rest;
    return this;
  }

  /**
   * Also writes int32: both are 64 bits in two's complement.
   * @param value an integer that a double holds exactly
   */
  int64(value: number): this {
    if (value >= 0 && value <= 0xffffffff) {
      return this.uint32(value);
    }
    this.reserve(10);
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 0x7fn) {
      this.buffer[this.length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.buffer[this.length++] = Number(rest);
    return this;
  }

  bool(value: boolean): this {
    return this.uint32(value ? 1 : 0);
  }

  bytes(value: Uint8Array): this {
    this.uint32(value.length).reserve(value.length);
    this.buffer.set(value, this.length);
    this.length += value.length;
    return this;
  }

  string(value: string): this {
    const size = Buffer.byteLength(value);
    this.uint32(size).reserve(size);
    this.length += this.buffer.write(value, this.length);
    return this;
  }

  /** Appends the output of `write` with its length in front. */
  delimited(write: () => void): this {
    const start = this.length;
    write();
    const content = Buffer.from(this.buffer.subarray(start, this.length));
    this.length = start;
    return this.bytes(content);
  }
}

/** Every method throws a RangeError when the bytes end within a value. */
export class WireReader {
  readonly #buffer: Buffer;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.#buffer.length;
  }

  uint32(): number {
    return Number(this.#varint() & 0xffffffffn);
  }

  int32(): number {
    return Number(BigInt.asIntN(32, this.#varint()));
  }

  int64(): number {
    return Number(BigInt.asIntN(64, this.#varint()));
  }

  bool(): boolean {
    return this.#varint() !== 0n;
  }

  bytes(): Uint8Array {
    const end = this.#advance(this.uint32());
    return Uint8Array.prototype.slice.call(this.#buffer, end.from, end.to);
  }

  string(): string {
    const { from, to } = this.#advance(this.uint32());
    return this.#buffer.toString('utf8', from, to);
  }

  /** Skips an unknown field. */
  skip(wireType: number): void {
    const sizes: Readonly<Record<number, () => number>> = {
      1: () => 8,
      5: () => 4,
      [lengthDelimited]: () => this.uint32(),
    };
    const size = sizes[wireType];
    if (size !== undefined) {
      this.#advance(size());
    } else if (wireType === varint) {
      this.#varint();
    } else {
      throw new RangeError(`wire type ${wireType} is not of proto3`);
    }
  }

  #varint(): bigint {
    const start = this.position;
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        return BigInt(value);
      }
    }
    this.position = start;
    return this.#longVarint();
  }

  #longVarint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        return BigInt.asUintN(64, value);
      }
    }
    throw new RangeError('a varint has more than ten bytes');
  }

  #byte(): number {
    const { from } = this.#advance(1);
    return this.#buffer[from] ?? 0;
  }

  #advance(size: number): { from: number; to: number } {
    const from = this.position;
    const to = from + size;
    if (to > this.#buffer.length) {
      throw new RangeError(`the message ends ${to - this.#buffer.length} bytes early`);
    }
    this.position = to;
    return { from, to };
  }
}
