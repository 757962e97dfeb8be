/** The build gives the same bytes wherever it is done. `dist/` must be of the sources as they are. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/checkout';
import { scratchFolder } from '../support/scratch-folder';

const sources = ['lib', 'scripts', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];

/** @returns the dist/ of a build in this folder */
async function build(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  for (const name of sources) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/build.ts'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const [code] = await once(child, 'close');
  expect([code, output]).toEqual([0, '']);
  return join(folder, 'dist');
}

/** Mode and content of every file by its path. */
function filesOf(folder: string): Map<string, string> {
  return new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join(folder, path)).isFile())
      .sort()
      .map((path) => [
        path,
        `${statSync(join(folder, path)).mode.toString(8)} ${readFileSync(join(folder, path), 'latin1')}`,
      ]),
  );
}

test('a build in another folder gives the files of dist/, byte for byte', async () => {
  const one = filesOf(join(root, 'dist'));
  const other = filesOf(await build(join(scratchFolder(), 'much', 'deeper')));
  const paths = [...one.keys()];
  expect(paths).toEqual(
    expect.arrayContaining([
      'index.js',
      'bundle/byok.js',
      'bundle/provider.json',
      'bundle/SHA256SUMS',
    ]),
  );
  expect([...other.keys()]).toEqual(paths);
  // By name only: the difference of two bundles would fill the screen.
  expect(paths.filter((path) => one.get(path) !== other.get(path))).toEqual([]);
});
