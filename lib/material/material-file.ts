/**
 * Reads a file that holds key material. It never reads a device, which may have no end, and reads a
 * pipe, which may have no writer, only if asked to.
 */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { ByokError } from '../errors';
import { kindOf } from '../terms/file-kind';
import type { Spelling } from '../terms/setting';
import { maxContentBytes } from './open-content';
import { readStream, streamOf } from './read-stream';

export interface FileOptions {
  /** Whether pipes are read, too, as shells make them for `<(…)`. */
  readonly mayBePipe: boolean;
  /** The names of settings in messages. */
  readonly spelling: Spelling;
  /** Ends the wait for a pipe. */
  readonly signal: AbortSignal;
}

/** Room for any real key; a plan of a thousand keys should not zero a megabyte for each. */
const pieceBytes = 1 << 14;

const unwaiting = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * @returns the content; if it is longer than `maxContentBytes`, only a beginning that is also
 *   longer, for `openContent` to refuse
 * @throws ByokError ERR_MATERIAL_INVALID if it is not a file, ERR_INTERRUPTED, and the error of the
 *   operating system if it cannot be read
 */
export async function readMaterialFile(path: string, options: FileOptions): Promise<Buffer> {
  // Before it is opened: opening a device takes it into use.
  const stats = statSync(path);
  requireAllowed(path, stats, options);
  return stats.isFIFO() ? readPipe(path, options) : readFile(path, options);
}

/**
 * Synchronous: a plan of a thousand keys reads a thousand files, at a tenth of the cost of
 * asynchronous reads.
 */
async function readFile(path: string, options: FileOptions): Promise<Buffer> {
  // Never waits, even if a pipe has taken the place of the file by now.
  const file = openSync(path, unwaiting);
  try {
    requireAllowed(path, fstatSync(file), { ...options, mayBePipe: false });
    return collect((piece) => readSync(file, piece));
  } finally {
    closeSync(file);
  }
}

/** A pipe may keep its readers waiting, also for its writer. */
async function readPipe(path: string, options: FileOptions): Promise<Buffer> {
  const pipe = openSync(path, unwaiting);
  const opened = fstatSync(pipe);
  if (!opened.isFIFO()) {
    closeSync(pipe);
    requireAllowed(path, opened, options);
    return readFile(path, options);
  }
  const { signal } = options;
  return readStream(streamOf(pipe), {
    source: `the pipe "${path}"`,
    signal,
    maxBytes: maxContentBytes,
  });
}

/** @param read fills a piece from its beginning, and returns how far; zero at the end */
function collect(read: (piece: Buffer) => number): Buffer {
  const pieces: Buffer[] = [];
  try {
    for (let [size, count] = [0, -1]; count !== 0 && size <= maxContentBytes; size += count) {
      const piece = Buffer.alloc(pieceBytes);
      count = read(piece);
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
  const [allowed, advice] = mayBePipe
    ? ['a regular file or a pipe', 'give the path of one']
    : [
        'a regular file',
        `give the path of one, or have the material written by a ${name('materialCommand')}`,
      ];
  throw new ByokError(
    'ERR_MATERIAL_INVALID',
    `the file "${path}" that holds the key material is ${kindOf(stats)}; allowed is ${allowed} of at most ${maxContentBytes} bytes: ${advice}`,
    { attribute: name('materialFile') },
  );
}
