import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageHash, packageVersion, readProviderBundle } from '../../lib/mirror/provider-bundle';
import { scratchFolder } from '../support/scratch-folder';
import { packageVersion as expectedVersion, fakeBundle } from './fake-bundle';

test('knows the version of this package', () => {
  expect(packageVersion()).toBe(expectedVersion);
});

test('reads a bundle whose hashes openssl computed', () => {
  const fake = fakeBundle(scratchFolder());
  const bundle = readProviderBundle(fake.folder);
  expect(bundle).toMatchObject({ version: fake.version, h1: fake.h1 });
  expect(bundle.files.map(({ name }) => name).sort()).toEqual(['package.json', fake.executable]);
});

test('hashes a package the same whatever the order of its files', () => {
  const files = [
    { name: 'b', digest: '22' },
    { name: 'B', digest: '33' },
    { name: 'a', digest: '11' },
  ];
  expect(packageHash(files)).toBe(packageHash([...files].reverse()));
});

test('fails with what to do when the provider is not built', () => {
  expect(() => readProviderBundle(join(scratchFolder(), 'nowhere'))).toThrow(
    /the built provider is missing.*run "npm run build"/,
  );
});

test.each([
  [
    'a changed executable',
    (folder: string, executable: string) =>
      appendFileSync(join(folder, 'provider', executable), '#'),
    /SHA-256/,
  ],
  [
    'a missing file',
    (folder: string) => rmSync(join(folder, 'provider', 'package.json')),
    /missing/,
  ],
  [
    'another package hash',
    (folder: string) => edit(folder, (description) => ({ ...description, h1: 'h1:AAAA' })),
    /package hash is h1:.*, not h1:AAAA/,
  ],
  [
    'a prerelease',
    (folder: string) => edit(folder, (description) => ({ ...description, version: '0.1.0-dev' })),
    /needs version/,
  ],
  [
    'a file name that leaves the folder',
    (folder: string) =>
      edit(folder, (description) => ({ ...description, files: { '../x': '00' } })),
    /plain names/,
  ],
  [
    'an executable that Terraform would not find',
    (folder: string) =>
      edit(folder, (description) => ({ ...description, executable: 'package.json' })),
    /executable must be/,
  ],
])('refuses a bundle with %s', (_, damage, message) => {
  const { folder, executable } = fakeBundle(scratchFolder());
  damage(folder, executable);
  expect(() => readProviderBundle(folder)).toThrow(message);
});

function edit(folder: string, change: (description: Record<string, unknown>) => object): void {
  const path = join(folder, 'provider.json');
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')))));
}
