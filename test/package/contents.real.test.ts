/** What is in the package: all that a user needs, and nothing else. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { preProcessFile } from 'typescript';
import { root } from '../support/checkout';
import { type PackedPackage, packPackage } from './packed-package';

let packed: PackedPackage;
let paths: readonly string[];

beforeAll(() => {
  packed = packPackage();
  paths = packed.files.map(({ path }) => path);
});

const read = (path: string): string => readFileSync(join(packed.folder, path), 'utf8');

test('holds what a user needs', () => {
  const { version } = JSON.parse(read('package.json'));
  expect(paths).toEqual(
    expect.arrayContaining([
      ...[
        'README.md',
        'LICENSE',
        'CHANGELOG.md',
        'SECURITY.md',
        'package.json',
        'docs/index.md',
        'docs/errors.md',
      ],
      ...[
        'dist/index.js',
        'dist/aws-cdk/index.js',
        'dist/emulator/index.js',
        'dist/testing/index.js',
      ],
      ...[
        'dist/index.d.ts',
        'dist/aws-cdk/index.d.ts',
        'dist/emulator/index.d.ts',
        'dist/testing/index.d.ts',
      ],
      ...[
        'dist/bundle/byok.js',
        'dist/bundle/provider.json',
        'dist/bundle/SHA256SUMS',
        'dist/bundle/THIRD-PARTY-LICENSES.txt',
      ],
      'dist/bundle/aws-cdk-handler/index.js',
      ...['dist/bundle/byok-main.js', 'dist/bundle/provider/provider.js'],
      `dist/bundle/provider/terraform-provider-byok_v${version}`,
    ]),
  );
});

test('holds no source, test, map, example or scratch file', () => {
  const kinds = [
    /^(README|CHANGELOG|DESIGN|SECURITY|API)\.md$/,
    /^(LICENSE|package\.json)$/,
    /^docs\/[\w/-]+\.md$/,
    /^dist\/bundle\//,
    /^dist\/.+\.(js|d\.ts)$/,
  ];
  expect(paths.filter((path) => !kinds.some((kind) => kind.test(path)))).toEqual([]);
});

/** Modules in dist/ that this one imports, without their extensions. */
function importsOf(file: string): string[] {
  return preProcessFile(read(file), true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => posix.join(dirname(file), specifier));
}

test('holds every module that a public one needs, and no other', () => {
  const reached = new Set<string>();
  const visit = (module: string): void => {
    if (!reached.has(module)) {
      reached.add(module);
      for (const file of [`${module}.js`, `${module}.d.ts`].filter((name) =>
        existsSync(join(packed.folder, name)),
      )) {
        importsOf(file).forEach(visit);
      }
    }
  };
  ['dist/index', 'dist/aws-cdk/index', 'dist/emulator/index', 'dist/testing/index'].forEach(visit);
  const modules = paths
    .filter((path) => /^dist\/(?!bundle\/).+\.js$/.test(path))
    .map((path) => path.replace(/\.js$/, ''));
  expect(modules.sort()).toEqual([...reached].sort());
});

test('is small: 1 MB to download, 4 MB on disk', () => {
  expect(packed.size).toBeLessThan(1_000_000);
  expect(packed.files.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(4_000_000);
});

test('the command and the provider can be executed, and nothing else', () => {
  const executable = packed.files
    .filter(({ mode }) => (mode & 0o111) !== 0)
    .map(({ path }) => path);
  expect(executable).toEqual([
    'dist/bundle/byok.js',
    expect.stringMatching(/^dist\/bundle\/provider\/terraform-provider-byok_v[\d.]+$/),
  ]);
});

test('no file names the folder that it was built in', () => {
  expect(paths.filter((path) => read(path).includes(root))).toEqual([]);
});

describe('SHA256SUMS', () => {
  const check = () =>
    spawnSync('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], {
      cwd: join(packed.folder, 'dist', 'bundle'),
      encoding: 'utf8',
    });

  test('names every file of the bundle, with the digests that provider.json has', () => {
    const digests = Object.fromEntries(
      read('dist/bundle/SHA256SUMS')
        .trim()
        .split('\n')
        .map((line) => line.split('  ').reverse()),
    );
    const bundled = paths
      .filter((path) => path.startsWith('dist/bundle/'))
      .map((path) => path.replace('dist/bundle/', ''));
    expect(Object.keys(digests).sort()).toEqual(
      bundled.filter((path) => path !== 'SHA256SUMS').sort(),
    );
    const { files } = JSON.parse(read('dist/bundle/provider.json'));
    for (const [name, digest] of Object.entries(files)) {
      expect(digests[`provider/${name}`]).toBe(digest);
    }
  });

  test('is right, says sha256sum', () => {
    expect(check()).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  test('fails when one byte of the provider is another one', () => {
    const path = join(packed.folder, 'dist', 'bundle', 'provider', 'pkcs12.js');
    const content = readFileSync(path);
    writeFileSync(path, Buffer.concat([content, Buffer.from('\n')]));
    expect(check()).toMatchObject({ status: 1, stdout: 'provider/pkcs12.js: FAILED\n' });
    writeFileSync(path, content);
  });
});
