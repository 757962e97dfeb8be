import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mirrorPlatforms, packageHash, packageVersion, readProviderBundle, writeMirror } from '../../lib/mirror/provider-bundle';
import { scratchFolder } from '../support/scratch-folder';
import { packageVersion as expectedVersion, fakeBundle } from './fake-bundle';

const address = ['terraform.local', 'cdktf-byok', 'byok'];

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
  expect(() => readProviderBundle(join(scratchFolder(), 'nowhere'))).toThrow(/the built provider is missing.*run "npm run build"/);
});

test.each([
  ['a changed executable', (folder: string, executable: string) => appendFileSync(join(folder, 'provider', executable), '#'), /SHA-256/],
  ['a missing file', (folder: string) => rmSync(join(folder, 'provider', 'package.json')), /missing/],
  [
    'another package hash',
    (folder: string) => edit(folder, (description) => ({ ...description, h1: 'h1:AAAA' })),
    /package hash is h1:.*, not h1:AAAA/,
  ],
  ['a prerelease', (folder: string) => edit(folder, (description) => ({ ...description, version: '0.1.0-dev' })), /needs version/],
  [
    'a file name that leaves the folder',
    (folder: string) => edit(folder, (description) => ({ ...description, files: { '../x': '00' } })),
    /plain names/,
  ],
  [
    'an executable that Terraform would not find',
    (folder: string) => edit(folder, (description) => ({ ...description, executable: 'package.json' })),
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

test('writes the mirror for every platform that honours a shebang', () => {
  const fake = fakeBundle(scratchFolder());
  const mirror = scratchFolder();
  const target = writeMirror(readProviderBundle(fake.folder), mirror);
  expect(target).toBe(join(mirror, ...address, fake.version));
  expect(readdirSync(target).sort()).toEqual(['darwin_amd64', 'darwin_arm64', 'linux_amd64', 'linux_arm64']);
  for (const platform of mirrorPlatforms) {
    expect(readdirSync(join(target, platform)).sort()).toEqual(['package.json', fake.executable]);
    expect(statSync(join(target, platform, fake.executable)).mode & 0o777).toBe(0o755);
    expect(statSync(join(target, platform, 'package.json')).mode & 0o777).toBe(0o644);
    expect(readFileSync(join(target, platform, fake.executable))).toEqual(readFileSync(join(fake.folder, 'provider', fake.executable)));
  }
});

test('keeps other versions and other providers of the mirror', () => {
  const mirror = scratchFolder();
  const older = readProviderBundle(fakeBundle(scratchFolder(), { version: '0.0.1' }).folder);
  const newer = readProviderBundle(fakeBundle(scratchFolder(), { version: '0.0.2' }).folder);
  mkdirSync(join(mirror, 'example.com', 'acme', 'other'), { recursive: true });
  writeMirror(older, mirror);
  writeMirror(newer, mirror);
  expect(readdirSync(join(mirror, ...address)).sort()).toEqual(['0.0.1', '0.0.2']);
  expect(readdirSync(mirror).sort()).toEqual(['example.com', 'terraform.local']);
});

test('leaves a mirror that is up to date untouched', () => {
  const bundle = readProviderBundle(fakeBundle(scratchFolder()).folder);
  const mirror = scratchFolder();
  const before = statSync(join(writeMirror(bundle, mirror), 'linux_amd64'));
  const after = statSync(join(writeMirror(bundle, mirror), 'linux_amd64'));
  expect(after.ino).toBe(before.ino);
  expect(after.mtimeMs).toBe(before.mtimeMs);
});

test.each([
  ['changed file', (leaf: string) => appendFileSync(join(leaf, 'package.json'), ' ')],
  ['leftover file', (leaf: string) => writeFileSync(join(leaf, 'old.js'), '')],
  ['missing file', (leaf: string) => rmSync(join(leaf, 'package.json'))],
  ['missing platform', (leaf: string) => rmSync(leaf, { recursive: true })],
])('repairs a mirror with a %s', (_, damage) => {
  const fake = fakeBundle(scratchFolder());
  const bundle = readProviderBundle(fake.folder);
  const mirror = scratchFolder();
  const leaf = join(writeMirror(bundle, mirror), 'linux_arm64');
  damage(leaf);
  writeMirror(bundle, mirror);
  expect(readdirSync(leaf).sort()).toEqual(['package.json', fake.executable]);
  expect(readFileSync(join(leaf, 'package.json'))).toEqual(readFileSync(join(fake.folder, 'provider', 'package.json')));
});
