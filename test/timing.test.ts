/**
 * Tests mean the same on a machine many times slower: none waits until it is some time, and the
 * only limit is that of what hangs.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /\.(?:ts|cjs)$/.test(name),
);

/** @returns the lines that fit, as "file: line" */
function linesWith(pattern: RegExp): string[] {
  return files.flatMap((name) =>
    readFileSync(join(__dirname, name), 'utf8')
      .split('\n')
      .filter((line) => pattern.test(line))
      .map((line) => `${name}: ${line.trim()}`),
  );
}

test('a test has a quarter of an hour, and none has less', () => {
  expect(require('../jest.config.js').testTimeout).toBe(900_000);
  expect(linesWith(/^\s*\}, [\d_]{4,}\);$|jest\.setTimeout/)).toEqual([]);
});

test('no test waits until an instant of the real clock', () => {
  expect(linesWith(/while \(.*Date\.now\(\)/)).toEqual([]);
});

test('no test waits for a second or more: a clock is set instead', () => {
  expect(linesWith(/setTimeout\(\w+, (?:[\d_]{4,}|.*\* ?1000)\)/)).toEqual([]);
});
