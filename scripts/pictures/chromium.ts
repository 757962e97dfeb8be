/** A browser of the machine: nothing is downloaded for it. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

export const howToInstall =
  'this needs Chromium: apt-get install chromium, or set CHROMIUM to the path of a Chromium or Chrome';

/** @returns the path of its executable; undefined if there is none */
export function findChromium(env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const inPath = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return env.CHROMIUM || inPath.find(isExecutable);
}

export function launchChromium(executablePath: string): Promise<Browser> {
  // Its sandbox does not work for root, as which CI runs in containers.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
