import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { readProviderBundle } from '../../lib/mirror/provider-bundle';
import { archiveNames, mirrorPlatforms, writeMirror } from '../../lib/mirror/write-mirror';
import { scratchFolder } from '../support/scratch-folder';
import { fakeBundle } from './fake-bundle';

const address = ['terraform.local', 'cdktf-byok', 'byok'];

test('writes the mirror for every platform that honours a shebang', () => {
  const fake = fakeBundle(scratchFolder());
  const mirror = scratchFolder();
  const target = writeMirror(readProviderBundle(fake.folder), mirror);
  expect(target).toBe(join(mirror, ...address, fake.version));
  expect(readdirSync(target).sort()).toEqual([
    'darwin_amd64',
    'darwin_arm64',
    'linux_amd64',
    'linux_arm64',
  ]);
  for (const platform of mirrorPlatforms) {
    expect(readdirSync(join(target, platform)).sort()).toEqual(['package.json', fake.executable]);
    expect(statSync(join(target, platform, fake.executable)).mode & 0o777).toBe(0o755);
    expect(statSync(join(target, platform, 'package.json')).mode & 0o777).toBe(0o644);
    expect(readFileSync(join(target, platform, fake.executable))).toEqual(
      readFileSync(join(fake.folder, 'provider', fake.executable)),
    );
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
  expect(readFileSync(join(leaf, 'package.json'))).toEqual(
    readFileSync(join(fake.folder, 'provider', 'package.json')),
  );
});

const modeOf = (path: string): number => lstatSync(path).mode & 0o777;

describe.each([0o000, 0o022, 0o077])('under umask %i', (mask) => {
  const before = process.umask();
  beforeEach(() => void process.umask(mask));
  afterEach(() => void process.umask(before));

  test('folders and files have modes of their own', () => {
    const bundle = readProviderBundle(fakeBundle(scratchFolder()).folder);
    const mirror = join(scratchFolder(), 'one', 'another');
    const target = writeMirror(bundle, mirror);
    for (
      let folder = join(target, 'linux_amd64');
      folder !== dirname(dirname(mirror));
      folder = dirname(folder)
    ) {
      expect([folder, modeOf(folder)]).toEqual([folder, 0o755]);
    }
    expect(
      bundle.files.map(({ name }) => modeOf(join(target, 'linux_amd64', name)).toString(8)).sort(),
    ).toEqual(['644', '755']);
    const packed = scratchFolder();
    const folder = writeMirror(bundle, packed, 'packed');
    expect(readdirSync(folder).map((name) => modeOf(join(folder, name)))).toEqual(
      mirrorPlatforms.map(() => 0o644),
    );
  });
});

test('folders that were there keep their modes', () => {
  const mirror = scratchFolder();
  chmodSync(mirror, 0o700);
  writeMirror(readProviderBundle(fakeBundle(scratchFolder()).folder), mirror);
  expect(modeOf(mirror)).toBe(0o700);
});

test('a mirror that others may write to is written anew', () => {
  const bundle = readProviderBundle(fakeBundle(scratchFolder()).folder);
  const leaf = join(writeMirror(bundle, scratchFolder()), 'linux_amd64');
  chmodSync(leaf, 0o777);
  writeMirror(bundle, join(leaf, '..', '..', '..', '..', '..'));
  expect(modeOf(leaf)).toBe(0o755);
});

describe('a link below the mirror is replaced, and what it leads to stays as it was', () => {
  const paths = [...address, 'VERSION', 'linux_amd64', 'EXECUTABLE'];

  test.each(paths.map((_, depth) => depth + 1))('%i folders deep', (depth) => {
    const fake = fakeBundle(scratchFolder());
    const bundle = readProviderBundle(fake.folder);
    const [mirror, victim] = [scratchFolder(), scratchFolder()];
    const names = paths.map((name) =>
      name.replace('VERSION', fake.version).replace('EXECUTABLE', fake.executable),
    );
    const at = join(mirror, ...names.slice(0, depth));
    // Right content does not make a link right.
    writeMirror(bundle, victim);
    writeFileSync(join(victim, 'keep'), '');
    const target = join(victim, ...names.slice(0, depth));
    const before = statSync(join(victim, ...names)).mtimeMs;
    mkdirSync(dirname(at), { recursive: true });
    symlinkSync(target, at);
    writeMirror(bundle, mirror);
    expect(lstatSync(at).isSymbolicLink()).toBe(false);
    expect(readFileSync(join(mirror, ...names))).toEqual(
      readFileSync(join(fake.folder, 'provider', fake.executable)),
    );
    expect(statSync(join(victim, ...names)).mtimeMs).toBe(before);
    expect(existsSync(join(victim, 'keep'))).toBe(true);
  });

  test('an archive', () => {
    const bundle = readProviderBundle(fakeBundle(scratchFolder()).folder);
    const [mirror, victim] = [scratchFolder(), join(scratchFolder(), 'victim')];
    writeFileSync(victim, 'theirs');
    const archive = join(mirror, ...address, archiveNames(bundle)[0] ?? '');
    mkdirSync(dirname(archive), { recursive: true });
    symlinkSync(victim, archive);
    writeMirror(bundle, mirror, 'packed');
    expect(lstatSync(archive).isFile()).toBe(true);
    expect(readFileSync(victim, 'utf8')).toBe('theirs');
  });
});

test('the mirror itself may be a link', () => {
  const [real, link] = [scratchFolder(), join(scratchFolder(), 'plugins')];
  symlinkSync(real, link);
  writeMirror(readProviderBundle(fakeBundle(scratchFolder()).folder), link);
  expect(readdirSync(real)).toEqual(['terraform.local']);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
});

describe('the packed layout', () => {
  test('is an archive for each platform, the same with every run', () => {
    const fake = fakeBundle(scratchFolder());
    const bundle = readProviderBundle(fake.folder);
    const folders = [scratchFolder(), scratchFolder()].map((mirror) =>
      writeMirror(bundle, mirror, 'packed'),
    );
    const [one, other] = folders.map((folder) =>
      readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]),
    );
    expect(one).toEqual(other);
    expect(readdirSync(folders[0] ?? '')).toEqual(
      mirrorPlatforms.map((platform) => `terraform-provider-byok_${fake.version}_${platform}.zip`),
    );
  });

  test('is left untouched when it is up to date, and repaired when it is not', () => {
    const bundle = readProviderBundle(fakeBundle(scratchFolder()).folder);
    const mirror = scratchFolder();
    const [changed, untouched] = archiveNames(bundle).map((name) =>
      join(mirror, ...address, name),
    ) as [string, string];
    writeMirror(bundle, mirror, 'packed');
    const { ino } = statSync(untouched);
    const right = readFileSync(changed);
    appendFileSync(changed, ' ');
    writeMirror(bundle, mirror, 'packed');
    expect(readFileSync(changed)).toEqual(right);
    expect(statSync(untouched).ino).toBe(ino);
  });

  test.each(['unpacked', 'packed'] as const)(
    'replaces, or is replaced by, the other layout of the same version: %s',
    (layout) => {
      const bundle = readProviderBundle(fakeBundle(scratchFolder()).folder);
      const older = readProviderBundle(fakeBundle(scratchFolder(), { version: '0.0.1' }).folder);
      const mirror = scratchFolder();
      writeMirror(older, mirror);
      writeMirror(bundle, mirror, layout === 'packed' ? 'unpacked' : 'packed');
      writeMirror(bundle, mirror, layout);
      expect(readdirSync(join(mirror, ...address)).sort()).toEqual([
        '0.0.1',
        ...(layout === 'packed' ? archiveNames(bundle) : [bundle.version]),
      ]);
    },
  );
});
