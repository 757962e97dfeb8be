/**
 * Files and folders that are put where others may write, too: with modes of their own whatever the umask, through no symbolic link,
 * and as a whole or not at all.
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
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

const folderMode = 0o755;

/** What is written, before it is renamed: the name begins with a dot, and no tool takes it for anything. */
export function besideOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
}

export function isBeside(path: string): boolean {
  return /^\..*\.[0-9a-f]{12}\.tmp$/.test(basename(path));
}

/** Written beside and renamed: a link at the path is replaced, not followed, and no reader sees half of the file. */
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
 * @param root given by the user, who may have links on the way to it
 * @param names of the folders below it: each is made when it is missing, and a link in the place of one is removed
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

/** @returns undefined when there is nothing at the path; about a link itself, not about what it leads to */
export function tryLstat(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

/** The mode is only that of folders that were not there: what others made stays theirs. */
function makeFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true, mode: folderMode });
  for (let made = folder; first !== undefined; made = dirname(made)) {
    // The mode given to mkdirSync is subject to the umask.
    chmodSync(made, folderMode);
    if (made === first) {
      return;
    }
  }
}
