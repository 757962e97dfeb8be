/**
 * Marks that all provider processes of one Terraform run can see. Two provider blocks are two
 * processes, and one may end before the other begins. A mark is a small file in a private folder,
 * named after the Terraform that started the processes. Marks count as long as that Terraform runs;
 * the next run removes the folder.
 */
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { identityOf, isRunning, processSpace } from './process-identity';
import { noSharedMarks, type SharedMarks } from './shared-marks';

export interface RunFolderOptions {
  /** Folders that may hold the run's own; the first writable one is used. */
  readonly parents: readonly string[];
  /** This process, which takes part in the run. */
  readonly pid: number;
  /** The Terraform that started it. */
  readonly parentPid: number;
  readonly userId: number | undefined;
  readonly now: Date;
}

const memberPrefix = 'process-';
const folderPrefix = 'byok-run-';
const markFormat = /^walk-(\d+)-(.*)$/;
const dayMs = 86_400_000;
/** A process that dies while it enters delays the others by this long. */
const [looksAtDoor, lookMs] = [200, 5];

/**
 * Takes part in the run. Leave with `leave`, which is synchronous because it runs while the process
 * exits.
 */
export function joinRun({ parents, pid, parentPid, userId, now }: RunFolderOptions): {
  readonly marks: SharedMarks;
  readonly leave: () => void;
} {
  for (const parent of parents) {
    const folder = join(parent, nameOf(userId, parentPid));
    const member = join(folder, `${memberPrefix}${identityOf(pid)}`);
    const walk = ownFolder(folder, userId) ? tryEnter(folder, member, pid) : undefined;
    if (walk !== undefined) {
      sweep(parent, folder, userId, now);
      return {
        marks: marksIn(folder, pid, walk),
        leave: () => void succeeds(() => unlinkSync(member)),
      };
    }
  }
  return { marks: noSharedMarks, leave: () => {} };
}

/**
 * A process that is alone begins a walk. Processes enter one at a time, so of two that arrive
 * together, one is alone.
 *
 * @returns the walk of this process, which stays the same as long as it runs; undefined if the
 *   folder is not writable
 */
function tryEnter(folder: string, member: string, pid: number): number | undefined {
  const door = join(folder, 'entering');
  for (
    let left = looksAtDoor;
    left > 0 && !succeeds(() => writeFileSync(door, String(pid), { flag: 'wx', mode: 0o600 }));
    left -= 1
  ) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lookMs);
  }
  try {
    const latest = marksOf(folder).reduce((walk, mark) => Math.max(walk, mark.walk), 0);
    const walk = othersIn(folder, pid).length === 0 ? latest + 1 : Math.max(latest, 1);
    writeFileSync(join(folder, `walk-${walk}-begun`), '', { mode: 0o600 });
    writeFileSync(member, '', { mode: 0o600 });
    return walk;
  } catch {
    return undefined;
  } finally {
    succeeds(() => unlinkSync(door));
  }
}

function marksIn(folder: string, pid: number, walk: number): SharedMarks {
  const fileOf = (name: string, of = walk) => join(folder, `walk-${of}-${name}`);
  const heldFile = (name: string) => join(folder, name);
  const read = (path: string) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  };
  const listsOf = (list: string) => {
    const all = marksOf(folder).filter(({ name }) => name.startsWith(`${list}-of-`));
    return all.map((mark) => ({
      ...mark,
      lines: (read(join(folder, mark.file)) ?? '').split('\n'),
    }));
  };
  return {
    areShared: true,
    set: (name) => void succeeds(() => writeFileSync(fileOf(name), '', { mode: 0o600 })),
    has: (name) =>
      Array.from({ length: walk }, (_, before) => fileOf(name, walk - before)).some(existsSync),
    hasNow: (name) => existsSync(fileOf(name)),
    note: (list, line) =>
      void succeeds(() =>
        appendFileSync(fileOf(`${list}-of-${pid}`), `${line}\n`, { mode: 0o600 }),
      ),
    isNotedElsewhere: (list, line) =>
      listsOf(list).some(
        (found) =>
          found.walk === walk && found.name !== `${list}-of-${pid}` && found.lines.includes(line),
      ),
    timesNotedBefore: (list, line) => {
      const lines = listsOf(list).flatMap((found) => (found.walk < walk ? found.lines : []));
      return lines.filter((one) => one === line).length;
    },
    hold: (name) => {
      succeeds(() => writeFileSync(heldFile(name), identityOf(pid), { mode: 0o600 }));
      return () => void succeeds(() => unlinkSync(heldFile(name)));
    },
    isHeld: (name) => isRunning(read(heldFile(name)) ?? ''),
  };
}

interface Mark {
  readonly file: string;
  readonly walk: number;
  readonly name: string;
}

function marksOf(folder: string): Mark[] {
  return namesIn(folder).flatMap((file) => {
    const [, walk, name] = markFormat.exec(file) ?? [];
    return walk === undefined || name === undefined ? [] : [{ file, walk: Number(walk), name }];
  });
}

/** No other user may write there, or leave a link in its place. */
function ownFolder(folder: string, userId: number | undefined): boolean {
  succeeds(() => mkdirSync(folder, { mode: 0o700 }));
  try {
    const found = lstatSync(folder);
    return (
      found.isDirectory() &&
      (userId === undefined || (found.uid === userId && (found.mode & 0o077) === 0))
    );
  } catch {
    return false;
  }
}

function othersIn(folder: string, pid: number): string[] {
  const members = namesIn(folder).filter((name) => name.startsWith(memberPrefix));
  return members
    .map((name) => name.slice(memberPrefix.length))
    .filter((other) => other !== identityOf(pid) && isRunning(other));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * Folders of runs that are over. If a run belongs to another machine or container that shares the
 * folder, only its age tells.
 */
function sweep(parent: string, own: string, userId: number | undefined, now: Date): void {
  const here = prefixOf(userId);
  for (const name of namesIn(parent).filter((one) =>
    one.startsWith(`${folderPrefix}${userOf(userId)}-`),
  )) {
    const folder = join(parent, name);
    const isOver = name.startsWith(here) ? !isRunning(name.slice(here.length)) : isOld(folder, now);
    if (isOver && folder !== own) {
      succeeds(() => rmSync(folder, { recursive: true, force: true }));
    }
  }
}

function isOld(folder: string, now: Date): boolean {
  try {
    return now.getTime() - lstatSync(folder).mtimeMs > dayMs;
  } catch {
    return false;
  }
}

function nameOf(userId: number | undefined, parentPid: number): string {
  return `${prefixOf(userId)}${identityOf(parentPid)}`;
}

/** Process ids are unique only within one machine or container. */
function prefixOf(userId: number | undefined): string {
  return `${folderPrefix}${userOf(userId)}-${hostname().replace(/[^A-Za-z0-9.]/g, '_')}-${processSpace()}-`;
}

function userOf(userId: number | undefined): string {
  return String(userId ?? 'user');
}

function succeeds(action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}
