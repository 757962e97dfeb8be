/**
 * Counts words that make sentences hard to read. They usually stand where a subject should:
 * "the value may be the secret" is clearer than "whoever put the value there".
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const words = /\b(?:whoever|nobody|somebody|at hand|spelt|of which)\b/i;

/** Low enough that a new one is noticed, high enough for the few that are right. */
const allowed = 15;

/** The lines of a text in which one of the words is, also where it is broken over two lines. */
function linesWithWords(text: string): number[] {
  const flat = text.replace(/\n\s*(?:\*|\/\/) /g, (broken) => ' '.repeat(broken.length));
  return [...flat.matchAll(new RegExp(words.source.replaceAll(' ', String.raw`\s+`), 'gi'))].map(
    ({ index }) => text.slice(0, index).split('\n').length,
  );
}

test('a word is found with its line, also when it is broken over two', () => {
  expect(linesWithWords('// what\n// the material\n// at\n// hand is\n')).toEqual([3]);
  expect(linesWithWords("const told = 'Whoever reads, and nobody else';")).toEqual([1, 1]);
  expect(linesWithWords('anybody beforehand')).toEqual([]);
});

test(`lib has at most ${allowed} of them`, () => {
  const lib = join(__dirname, '..', 'lib');
  const found = readdirSync(lib, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .flatMap((file) =>
      linesWithWords(readFileSync(join(lib, file), 'utf8')).map((line) => `lib/${file}:${line}`),
    );
  // The whole list, so that the failure shows where they are.
  expect(found.length > allowed ? found : []).toEqual([]);
});
