/** The one translation of what the operating system says about a file that a flag names. */
import { ByokError, type ErrorCode } from '../errors';
import { mayBeSecret } from '../terms/given-content';

/** A file or folder, and the flag that leads there. */
export interface NamedFile {
  /** For example "--junit". */
  readonly flag: string;
  readonly path: string;
  /** @default ERR_ARGUMENT */
  readonly code?: ErrorCode;
}

const through = 'leads through a file as if that were a folder; check the path';
const links = 'leads through too many links; check the path';
const tooLong = 'is too long for a path; check it';

const reading: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist; give the path of a file',
  ENOTDIR: through,
  EISDIR: 'is a folder; give the path of a file',
  EACCES: 'may not be read by this user; allow it, or give another path',
  EPERM: 'may not be read by this user; allow it, or give another path',
  ELOOP: links,
  ENAMETOOLONG: tooLong,
};

const writing: Readonly<Record<string, string>> = {
  ENOENT: 'is in a folder that does not exist; make that folder first',
  ENOTDIR: through,
  EISDIR: 'is a folder; give the path of a file',
  EEXIST: 'is there already and is no folder; give the path of a folder',
  EACCES: 'may not be written by this user; allow it, or give another path',
  EPERM: 'may not be written by this user; allow it, or give another path',
  EROFS: 'is on a read-only file system; give another path',
  ENOSPC: 'has no space left; make room, or give another path',
  EDQUOT: 'has no space left for this user; make room, or give another path',
  ENXIO: 'is a pipe or socket that nothing reads; start the reader first, or give another path',
  ELOOP: links,
  ENAMETOOLONG: tooLong,
};

/** @param cause what was thrown; an error of our own is returned as it is */
export function readFault(file: NamedFile, cause: unknown): ByokError {
  return fault(file, cause, reading, 'cannot be read');
}

/** @param cause what was thrown; an error of our own is returned as it is */
export function writeFault(file: NamedFile, cause: unknown): ByokError {
  return fault(file, cause, writing, 'cannot be written');
}

/** @param what goes on from the path: "is a device; …" */
export function faultOf({ flag, path, code = 'ERR_ARGUMENT' }: NamedFile, what: string): ByokError {
  const shown = mayBeSecret(path)
    ? `is a text of ${path.length} characters, which may be a secret and is not shown; it`
    : `"${path}"`;
  return new ByokError(code, `${flag} ${shown} ${what}`);
}

function fault(
  file: NamedFile,
  cause: unknown,
  words: Readonly<Record<string, string>>,
  otherwise: string,
): ByokError {
  if (cause instanceof ByokError) {
    return cause;
  }
  const { code = 'no code' } = cause as NodeJS.ErrnoException;
  return faultOf(file, words[code] ?? `${otherwise} (${code}); give another path`);
}
