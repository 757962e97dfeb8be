/**
 * Processes that carry a mark in their environment, which children inherit wherever they are moved:
 * group, session or parent.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** @returns their command lines */
export function processesWith(mark: string): string[] {
  return existsSync('/proc/self/environ') ? fromProc(mark) : fromPs(mark);
}

function fromProc(mark: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && read(`/proc/${name}/environ`).includes(mark))
    .map((name) => read(`/proc/${name}/cmdline`).replaceAll('\0', ' '));
}

/** Empty when the process has ended meanwhile, or is another user's. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function fromPs(mark: string): string[] {
  return execFileSync('ps', ['-axwwE', '-o', 'command'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(mark));
}
