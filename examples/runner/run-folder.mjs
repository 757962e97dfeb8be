// The folder that belongs to one run: claimed, so that two runs do not meet and nothing of a user's
// is deleted, and removed.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const processIdFile = 'run.pid';

/**
 * Throws when the folder is in use, or not ours to delete: a deploy by hand keeps its state and its
 * key there.
 */
export function claimFolder(folder) {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (error.code !== 'EEXIST') {
      throw error;
    }
    const processId = readProcessId(folder);
    if (processId === undefined) {
      throw new Error(
        `the folder ${basename(folder)}/ is not from this program; it may hold the state of a deploy by hand: move it away`,
      );
    }
    if (isAlive(processId)) {
      throw new Error(`another run is going on here, as process ${processId}`);
    }
    removeFolder(folder);
    mkdirSync(folder, { mode: 0o700 });
  }
  writeFileSync(join(folder, processIdFile), String(process.pid));
}

export function removeFolder(folder) {
  // Retried, since a Terraform that was hung up a moment ago may still be writing.
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

function readProcessId(folder) {
  try {
    return Number(readFileSync(join(folder, processIdFile), 'utf8'));
  } catch {
    return undefined;
  }
}

function isAlive(processId) {
  try {
    return process.kill(processId, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
