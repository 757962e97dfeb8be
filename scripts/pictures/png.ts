/**
 * Pictures of few colours, as small files: a browser writes three bytes for each pixel, and a
 * palette takes one. Each carries a note (a `tEXt` chunk) of what it was drawn from, since its own
 * bytes depend on the fonts of the machine.
 */
import { crc32, deflateSync, inflateSync } from 'node:zlib';

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of each, line by line. */
  readonly bytes: Buffer;
}

const signature = Buffer.from('89504e470d0a1a0a', 'hex');
const keyword = 'Source\0';

export function smallPng({ width, height, bytes }: Pixels, note: string): Buffer {
  const palette = paletteOf(bytes);
  const indexOf = nearestIn(palette);
  const lines = Buffer.alloc((width + 1) * height);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    // A line begins with its filter: none.
    lines[pixel + Math.floor(pixel / width) + 1] = indexOf(bytes.readUIntBE(pixel * 3, 3));
  }
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 3, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('tEXt', Buffer.from(`${keyword}${note}`, 'latin1')),
    chunk('PLTE', Buffer.from(palette.flatMap((colour) => channelsOf(colour)))),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** @returns undefined if there is none */
export function noteOf(png: Buffer): string | undefined {
  const text = chunksOf(png)
    .find(({ type }) => type === 'tEXt')
    ?.data.toString('latin1');
  return text?.startsWith(keyword) ? text.slice(keyword.length) : undefined;
}

export function sizeOf(png: Buffer): { readonly width: number; readonly height: number } {
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
}

/** Of a picture as a browser makes it: 8 bits for each colour, with or without transparency. */
export function pixelsOf(png: Buffer): Pixels {
  const { width, height } = sizeOf(png);
  const step = png[25] === 6 ? 4 : 3;
  const data = chunksOf(png).flatMap(({ type, data: part }) => (type === 'IDAT' ? [part] : []));
  const raw = inflateSync(Buffer.concat(data));
  const lineLength = width * step;
  const bytes = Buffer.alloc(width * height * 3);
  let above = Buffer.alloc(lineLength);
  for (let y = 0; y < height; y += 1) {
    const start = y * (lineLength + 1);
    const line = Buffer.from(raw.subarray(start + 1, start + 1 + lineLength));
    unfilter(raw[start] ?? 0, line, above, step);
    for (let x = 0; x < width; x += 1) {
      line.copy(bytes, (y * width + x) * 3, x * step, x * step + 3);
    }
    above = line;
  }
  return { width, height, bytes };
}

/** In place, as the PNG specification says (9.2). */
function unfilter(filter: number, line: Buffer, above: Buffer, step: number): void {
  for (let at = 0; at < line.length; at += 1) {
    const left = line[at - step] ?? 0;
    const up = above[at] ?? 0;
    const corner = above[at - step] ?? 0;
    const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
    line[at] = (line[at] ?? 0) + guess;
  }
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [left, up, corner].map((one) => Math.abs(left + up - corner - one)) as [
    number,
    number,
    number,
  ];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** Edges of letters have hundreds of colours; these are enough to look the same. */
const most = 40;

/** The most frequent. */
function paletteOf(bytes: Buffer): number[] {
  const counts = new Map<number, number>();
  for (let at = 0; at < bytes.length; at += 3) {
    const colour = bytes.readUIntBE(at, 3);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([colour]) => colour);
}

function nearestIn(palette: readonly number[]): (colour: number) => number {
  const known = new Map(palette.map((colour, index) => [colour, index]));
  return (colour) => {
    const index = known.get(colour) ?? nearest(palette, colour);
    known.set(colour, index);
    return index;
  };
}

function nearest(palette: readonly number[], colour: number): number {
  const distances = palette.map((one) =>
    channelsOf(one).reduce(
      (sum, value, at) => sum + (value - (channelsOf(colour)[at] ?? 0)) ** 2,
      0,
    ),
  );
  return distances.indexOf(Math.min(...distances));
}

function channelsOf(colour: number): number[] {
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}

function chunksOf(png: Buffer): { readonly type: string; readonly data: Buffer }[] {
  const chunks = [];
  for (let at = signature.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    chunks.push({ type, data: png.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return chunks;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}
