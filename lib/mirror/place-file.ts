/**
 * Places files and folders where others may write, too.
 * They get their own modes whatever the umask is, no symbolic link is followed,
 * and a file appears as a whole or not at all.
 */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

const folderMode = 0o755;

/**
 * The name of a file while it is written, before it is renamed.
 * It begins with a dot, so no tool mistakes it for its own.
 */
export function besideOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
}

export function isBeside(path: string): boolean {
  return /^\..*\.[0-9a-f]{12}\.tmp$/.test(basename(path));
}

/**
 * Writes a file beside the path and renames it.
 * The rename replaces a link at the path and does not follow it, and no reader sees half a file.
 */
export function placeFile(path: string, content: Buffer | string, mode: number): void {
  const beside = besideOf(path);
  const descriptor = openSync(beside, 'wx', 0o600);
  try {
    try {
      writeFileSync(descriptor, content);
      fchmodSync(descriptor, mode);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/**
 * @param root given by the user; the path to it may contain links
 * @param names names of the folders below it.
 * A missing folder is made, and a link in its place is removed
 * @returns the innermost folder
 */
export function placeFolder(root: string, ...names: readonly string[]): string {
  makeFolder(root);
  return names.reduce((parent, name) => {
    const folder = join(parent, name);
    if (tryLstat(folder)?.isSymbolicLink()) {
      rmSync(folder, { force: true });
    }
    makeFolder(folder);
    return folder;
  }, root);
}

/** @returns undefined if nothing is at the path; describes a link itself, not its target */
export function tryLstat(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

/**
 * Makes a folder and the missing ones above it. Existing folders keep their modes.
 * Node's own recursion never ends where a file system refuses new folders as missing: /proc does.
 */
export function makeFolder(folder: string, mode: number = folderMode): void {
  if (madeFolder(folder, mode, () => makeFolder(dirname(folder), mode))) {
    // The umask changed the mode.
    chmodSync(folder, mode);
  }
}

/** @returns whether the folder is new */
function madeFolder(folder: string, mode: number, makeParent?: () => void): boolean {
  try {
    mkdirSync(folder, { mode });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && makeParent !== undefined && dirname(folder) !== folder) {
      makeParent();
      return madeFolder(folder, mode);
    }
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) {
      return false;
    }
    throw error;
  }
}
