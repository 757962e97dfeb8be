/** `npm run pictures`: draws the pictures of docs/ in a Chromium of this machine. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from './docs/pages';
import { findChromium, howToInstall, launchChromium } from './pictures/chromium';
import { digestOf, draw, pictures } from './pictures/pictures';
import { pixelsOf, smallPng } from './pictures/png';

async function main(): Promise<void> {
  const root = join(__dirname, '..');
  const executable = findChromium(process.env);
  if (executable === undefined) {
    throw new Error(howToInstall);
  }
  const browser = await launchChromium(executable);
  try {
    for (const picture of pictures(readText(root))) {
      const png = smallPng(pixelsOf(await draw(browser, picture)), digestOf(picture));
      writeFileSync(join(root, picture.path), png);
      process.stdout.write(`${picture.path}: ${png.length} bytes\n`);
    }
  } finally {
    await browser.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
