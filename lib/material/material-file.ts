/**
 * Reads a file that holds key material. Never a device, which may have no end, nor unasked a pipe,
 * which may have no writer.
 */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { ByokError } from '../errors';
import type { Spelling } from '../terms/setting';
import { maxContentBytes } from './open-content';

export interface FileOptions {
  /** Whether a pipe is read too, as shells make them for `<(…)`. */
  readonly mayBePipe: boolean;
  /** Of settings, in messages. */
  readonly spelling: Spelling;
}

/**
 * Room for any key as people have them; a plan of a thousand keys should not zero a megabyte for
 * each.
 */
const pieceBytes = 1 << 14;

const kinds = [
  ['isDirectory', 'a folder'],
  ['isFIFO', 'a pipe'],
  ['isSocket', 'a socket'],
  ['isCharacterDevice', 'a device'],
  ['isBlockDevice', 'a device'],
] as const satisfies readonly (readonly [keyof Stats, string])[];

/**
 * @returns the content; of more than `maxContentBytes` only a beginning that is longer than they
 *   are, for `openContent` to refuse
 * @throws ByokError ERR_MATERIAL_INVALID for what is no file, and the error of the operating system
 *   when it cannot be read
 */
export async function readMaterialFile(path: string, options: FileOptions): Promise<Buffer> {
  // Before it is opened: that alone waits for the writer of a pipe, and takes a device into use.
  const stats = statSync(path);
  requireAllowed(path, stats, options);
  return stats.isFIFO() ? readPipe(path, options.spelling) : readFile(path, options.spelling);
}

/**
 * Synchronously: a plan of a thousand keys reads a thousand files, which costs a tenth of what it
 * does asynchronously.
 */
async function readFile(path: string, spelling: Spelling): Promise<Buffer> {
  // Never waits, should a pipe have taken the place of the file by now.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    requireAllowed(path, fstatSync(file), { mayBePipe: false, spelling });
    return await collect((piece) => readSync(file, piece));
  } finally {
    closeSync(file);
  }
}

/** A pipe may keep its readers waiting, and an interrupt is to be heard meanwhile. */
async function readPipe(path: string, spelling: Spelling): Promise<Buffer> {
  const pipe = await open(path, constants.O_RDONLY);
  try {
    requireAllowed(path, await pipe.stat(), { mayBePipe: true, spelling });
    return await collect(async (piece) => (await pipe.read(piece)).bytesRead);
  } finally {
    await pipe.close();
  }
}

/** @param read fills a piece from its beginning, and tells how far; zero at the end */
async function collect(read: (piece: Buffer) => number | Promise<number>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  try {
    for (let [size, count] = [0, -1]; count !== 0 && size <= maxContentBytes; size += count) {
      const piece = Buffer.alloc(pieceBytes);
      count = await read(piece);
      pieces.push(piece.subarray(0, count));
    }
    return Buffer.concat(pieces);
  } finally {
    for (const piece of pieces) {
      piece.fill(0);
    }
  }
}

function requireAllowed(
  path: string,
  stats: Stats,
  { mayBePipe, spelling: { name } }: FileOptions,
): void {
  if (stats.isFile() || (mayBePipe && stats.isFIFO())) {
    return;
  }
  const [, kind] = kinds.find(([is]) => stats[is]()) ?? ['', 'something else'];
  const [allowed, advice] = mayBePipe
    ? ['a regular file or a pipe', 'give the path of one']
    : [
        'a regular file',
        `give the path of one, or have the material written by a ${name('materialCommand')}`,
      ];
  throw new ByokError(
    'ERR_MATERIAL_INVALID',
    `the file "${path}" that holds the key material is ${kind}; allowed is ${allowed} of at most ${maxContentBytes} bytes: ${advice}`,
    { attribute: name('materialFile') },
  );
}
