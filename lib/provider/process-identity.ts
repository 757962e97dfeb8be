/** Names a process so that a later one of the same id is not taken for it. */
import { readFileSync, readlinkSync } from 'node:fs';

/** Process ids are reused; start times are not. */
export function identityOf(pid: number): string {
  return `${pid}-${startOf(pid)}`;
}

/** A zombie has ended, but its parent has not collected it yet. */
export function isRunning(identity: string): boolean {
  const pid = Number(identity.split('-')[0]);
  return isAlive(pid) && identity === identityOf(pid);
}

/** Empty if the system has none. */
export function processSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) {
    return false;
  }
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Empty if the system does not tell; "ended" for a zombie. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Fields 3 and 22; the second one, the name in parentheses, may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? '');
  } catch {
    return '';
  }
}
