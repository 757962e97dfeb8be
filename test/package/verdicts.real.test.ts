/** The package in the eyes of the tools that others judge packages with. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { packPackage } from './packed-package';

interface Verdicts {
  readonly publint: readonly string[];
  readonly problems: readonly unknown[];
  readonly resolved: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

let verdicts: Verdicts;

beforeAll(() => {
  const args = [join(__dirname, 'verdicts.mjs'), packPackage().tarball];
  verdicts = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
});

test('publint finds nothing, suggestions included', () => {
  expect(verdicts.publint).toEqual([]);
});

test('the types are not wrong', () => {
  expect(verdicts.problems).toEqual([]);
});

test('the types of every subpath are found by every way of resolving', () => {
  const types = (file: string) => {
    const path = `/node_modules/cdktf-byok/dist/${file}`;
    return { node10: path, 'node16-cjs': path, 'node16-esm': path, bundler: path };
  };
  expect(verdicts.resolved).toMatchObject({
    '.': types('index.d.ts'),
    './aws-cdk': types('aws-cdk/index.d.ts'),
    './emulator': types('emulator/index.d.ts'),
    './testing': types('testing/index.d.ts'),
  });
});
