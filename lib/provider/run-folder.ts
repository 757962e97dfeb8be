/**
 * Marks that all provider processes of one Terraform run can see: two provider blocks are two processes. A mark is an empty file in a private
 * temp folder, which is named after the Terraform that started them. The last process of a run removes it.
 */
import { appendFileSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SharedMarks {
  set(name: string): void;
  /** Also for the processes that come after this one in the same run: apply, after plan. */
  keep(name: string): void;
  /** Writes a line into a list of this process. */
  note(list: string, line: string): void;
  /** Whether another process has written it into its own. */
  isNotedElsewhere(list: string, line: string): boolean;
  has(name: string): boolean;
  /** Sets a mark until it is released; a mark of a process that has died does not count. @returns releases it */
  hold(name: string): () => void;
  isHeld(name: string): boolean;
}

export interface RunFolderOptions {
  readonly tempFolder: string;
  /** Of this process, which takes part in the run. */
  readonly pid: number;
  /** The Terraform that started it. */
  readonly parentPid: number;
  readonly userId: number | undefined;
  /** Whether more processes of this run come after those of the plan. */
  readonly appliesAtOnce: () => boolean;
}

/** For where no folder can be had: what one process knows stays with it. */
export const noSharedMarks: SharedMarks = {
  set: () => {},
  keep: () => {},
  note: () => {},
  isNotedElsewhere: () => false,
  has: () => false,
  hold: () => () => {},
  isHeld: () => false,
};

const memberPrefix = 'process-';
const keptPrefix = 'kept-';
/** No process of this run comes after those that are there. */
export const finalMark = 'final';
const folderPrefix = 'byok-run-';

/** Takes part in the run. Leave by `leave`, synchronous, since it runs while the process exits. */
export function joinRun(options: RunFolderOptions): { readonly marks: SharedMarks; readonly leave: () => void } {
  const { tempFolder, pid, parentPid, userId, appliesAtOnce } = options;
  const folder = join(tempFolder, nameOf(userId, parentPid));
  const member = join(folder, `${memberPrefix}${pid}`);
  if (!ownFolder(folder, userId) || !succeeds(() => writeFileSync(member, '', { mode: 0o600 }))) {
    return { marks: noSharedMarks, leave: () => {} };
  }
  if (othersIn(folder, pid).length === 0) {
    for (const left of readdirSync(folder).filter((name) => !name.startsWith(memberPrefix) && !name.startsWith(keptPrefix))) {
      succeeds(() => unlinkSync(join(folder, left)));
    }
  }
  const found = namesIn(folder).some((name) => name.startsWith(keptPrefix));
  const leave = () => {
    succeeds(() => unlinkSync(member));
    // What a plan keeps for its apply, the apply takes away.
    const hasKept = namesIn(folder).some((name) => name.startsWith(keptPrefix));
    const isForLater = hasKept && !found && !namesIn(folder).includes(finalMark) && isAlive(parentPid) && appliesAtOnce();
    if (othersIn(folder, pid).length === 0 && !isForLater) {
      succeeds(() => rmSync(folder, { recursive: true, force: true }));
    }
    sweep(tempFolder, userId);
  };
  return { marks: marksIn(folder, pid), leave };
}

function marksIn(folder: string, pid: number): SharedMarks {
  const fileOf = (name: string) => join(folder, name);
  const read = (name: string): string | undefined => {
    try {
      return readFileSync(fileOf(name), 'utf8');
    } catch {
      return undefined;
    }
  };
  return {
    set: (name) => void succeeds(() => writeFileSync(fileOf(name), '', { mode: 0o600 })),
    keep: (name) => void succeeds(() => writeFileSync(fileOf(`${keptPrefix}${name}`), '', { mode: 0o600 })),
    note: (list, line) => void succeeds(() => appendFileSync(fileOf(`${list}-of-${pid}`), `${line}\n`, { mode: 0o600 })),
    isNotedElsewhere: (list, line) =>
      namesIn(folder).some(
        (name) => name.startsWith(`${list}-of-`) && name !== `${list}-of-${pid}` && (read(name) ?? '').split('\n').includes(line),
      ),
    has: (name) => read(name) !== undefined || read(`${keptPrefix}${name}`) !== undefined,
    hold: (name) => {
      succeeds(() => writeFileSync(fileOf(name), String(pid), { mode: 0o600 }));
      return () => void succeeds(() => unlinkSync(fileOf(name)));
    },
    isHeld: (name) => isAlive(Number(read(name) ?? Number.NaN)),
  };
}

/** Nobody else may write there, or leave a link in its place. */
function ownFolder(folder: string, userId: number | undefined): boolean {
  succeeds(() => mkdirSync(folder, { mode: 0o700 }));
  try {
    const found = lstatSync(folder);
    return found.isDirectory() && (userId === undefined || (found.uid === userId && (found.mode & 0o077) === 0));
  } catch {
    return false;
  }
}

function othersIn(folder: string, pid: number): number[] {
  const members = namesIn(folder).filter((name) => name.startsWith(memberPrefix));
  return members.map((name) => Number(name.slice(memberPrefix.length))).filter((other) => other !== pid && isAlive(other));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Runs that were killed, and plans whose apply never came. */
function sweep(tempFolder: string, userId: number | undefined): void {
  const prefix = `${folderPrefix}${userId ?? 'user'}-`;
  for (const name of namesIn(tempFolder).filter((one) => one.startsWith(prefix))) {
    const parentPid = Number(name.slice(prefix.length).split('-')[0]);
    if (!isAlive(parentPid) || name !== nameOf(userId, parentPid)) {
      succeeds(() => rmSync(join(tempFolder, name), { recursive: true, force: true }));
    }
  }
}

/** Process ids come round again; a start does not. */
function nameOf(userId: number | undefined, parentPid: number): string {
  return `${folderPrefix}${userId ?? 'user'}-${parentPid}-${startOf(parentPid)}`;
}

function isAlive(pid: number): boolean {
  return Number.isInteger(pid) && pid > 0 && succeeds(() => process.kill(pid, 0));
}

/** Empty where the system does not tell. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Field 22; the second one, the name in parentheses, may hold spaces.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function succeeds(action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}
