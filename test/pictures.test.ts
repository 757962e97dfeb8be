/** The pictures of docs/, as they are committed, are drawn from what is there now. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../scripts/docs/pages';
import { digestOf, pictures } from '../scripts/pictures/pictures';
import { noteOf } from '../scripts/pictures/png';

const root = join(__dirname, '..');

test.each(pictures(readText(root)))('$path is current, and small', (picture) => {
  const png = readFileSync(join(root, picture.path));
  // If it is not: npm run pictures
  expect(noteOf(png)).toBe(digestOf(picture));
  expect(png.length).toBeLessThan(100_000);
});
