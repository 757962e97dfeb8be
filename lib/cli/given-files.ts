/**
 * Reads and writes files that flags name. Never waits for the other end of a pipe that has none,
 * and takes no device into use.
 */
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { readStream, streamOf } from '../material/read-stream';
import { placeFile } from '../mirror/place-file';
import { kindOf } from '../terms/file-kind';
import { faultOf, type NamedFile, readFault, writeFault } from './file-fault';

const pieceBytes = 1 << 16;
const unwaiting = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * A file in a folder that a flag names: nothing else than a regular file belongs there.
 *
 * @returns undefined if nothing is at the path
 * @throws ByokError of the file's code
 */
export function tryReadRegular(file: NamedFile, { noLink = false } = {}): Buffer | undefined {
  try {
    const stats = statSync(file.path, { throwIfNoEntry: false });
    if (stats === undefined) {
      return undefined;
    }
    requireFile(file, stats);
    const descriptor = openSync(file.path, unwaiting | (noLink ? constants.O_NOFOLLOW : 0));
    try {
      requireFile(file, fstatSync(descriptor));
      return readFileSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw readFault(file, error);
  }
}

/**
 * A file that a flag names itself. Also a pipe that has a writer: shells make those for `<(…)`.
 *
 * @throws ByokError of the file's code, and ERR_INTERRUPTED
 */
export async function readGivenFile(file: NamedFile, signal?: AbortSignal): Promise<Buffer> {
  try {
    const stats = statSync(file.path);
    if (!stats.isFIFO()) {
      requireFile(file, stats);
    }
    const descriptor = openSync(file.path, unwaiting);
    const opened = fstatSync(descriptor);
    if (opened.isFIFO()) {
      return await readPipe(file, descriptor, signal);
    }
    try {
      requireFile(file, opened);
      return readFileSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw readFault(file, error);
  }
}

/** Over what is there, through links. @throws ByokError of the file's code */
export function writeGivenFile(file: NamedFile, content: string): void {
  let reader: number | undefined;
  try {
    if (statSync(file.path, { throwIfNoEntry: false })?.isFIFO()) {
      // Fails where a blocking open would wait. Stays open, or the reader would see the end.
      reader = openSync(file.path, constants.O_WRONLY | constants.O_NONBLOCK);
    }
    writeFileSync(file.path, content);
  } catch (error) {
    throw writeFault(file, error);
  } finally {
    if (reader !== undefined) {
      closeSync(reader);
    }
  }
}

/**
 * As a whole or not at all: written beside, then renamed over what is there. What is at the path
 * and no regular file, such as a pipe or /dev/stdout, is written to.
 *
 * @throws ByokError of the file's code
 */
export function placeGivenFile(file: NamedFile, content: string): void {
  try {
    const path = realPathOf(file.path);
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) {
      writeGivenFile(file, content);
    } else {
      placeFile(path, content, modeOf(path));
    }
  } catch (error) {
    throw writeFault(file, error);
  }
}

/** A link stays a link: its target is replaced. */
function realPathOf(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

/** Others may have to read it: a web server, the node_exporter. */
function modeOf(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? 0o666 & ~process.umask() : stats.mode & 0o777;
}

function requireFile(file: NamedFile, stats: Stats): void {
  if (!stats.isFile()) {
    throw faultOf(file, `is ${kindOf(stats)}; give the path of a file`);
  }
}

/** @param pipe not blocking; closed at the end */
async function readPipe(
  file: NamedFile,
  pipe: number,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  const first = tryReadPiece(pipe);
  if (first?.length === 0) {
    closeSync(pipe);
    throw faultOf(file, 'is a pipe that nothing writes to; start its writer first');
  }
  const rest = await readStream(streamOf(pipe), { source: `the pipe "${file.path}"`, signal });
  return first === undefined ? rest : Buffer.concat([first, rest]);
}

/** @returns empty at the end, which is at once if there is no writer; undefined for none yet */
function tryReadPiece(pipe: number): Buffer | undefined {
  const piece = Buffer.alloc(pieceBytes);
  try {
    return piece.subarray(0, readSync(pipe, piece));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') {
      return undefined;
    }
    throw error;
  }
}
