/** Temporary folders that are gone when the test file is done. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders.splice(0)) {
    rmSync(folder, { recursive: true, force: true });
  }
});

export function scratchFolder(): string {
  return toBeRemoved(mkdtempSync(join(realpathSync(tmpdir()), 'byok-cdktf-')));
}

export function toBeRemoved(folder: string): string {
  folders.push(folder);
  return folder;
}
