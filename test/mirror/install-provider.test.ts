import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { installProvider } from '../../lib/mirror/install-provider';
import { readProviderBundle } from '../../lib/mirror/provider-bundle';
import { scratchFolder } from '../support/scratch-folder';
import { fakeBundle } from './fake-bundle';

const packed = (version: string): string[] =>
  ['darwin_amd64', 'darwin_arm64', 'linux_amd64', 'linux_arm64'].map(
    (platform) => `terraform-provider-byok_${version}_${platform}.zip`,
  );

test('puts the provider and its lock entry into the folder', () => {
  const fake = fakeBundle(scratchFolder());
  const folder = scratchFolder();
  installProvider(readProviderBundle(fake.folder), folder);
  expect(
    readdirSync(join(folder, 'terraform.d', 'plugins', 'terraform.local', 'cdktf-byok', 'byok')),
  ).toEqual(packed(fake.version));
  expect(readFileSync(join(folder, '.terraform.lock.hcl'), 'utf8')).toContain(
    `    "${fake.h1}",\n`,
  );
});

test('replaces another version of itself and leaves other providers alone', () => {
  const folder = scratchFolder();
  const plugins = join(folder, 'terraform.d', 'plugins');
  const other = join(plugins, 'example.com', 'acme', 'other', '1.0.0');
  mkdirSync(other, { recursive: true });
  writeFileSync(
    join(folder, '.terraform.lock.hcl'),
    'provider "example.com/acme/other" {\n  version = "1.0.0"\n}\n',
  );
  installProvider(
    readProviderBundle(fakeBundle(scratchFolder(), { version: '0.0.1' }).folder),
    folder,
  );
  installProvider(
    readProviderBundle(fakeBundle(scratchFolder(), { version: '0.0.2' }).folder),
    folder,
  );
  expect(readdirSync(join(plugins, 'terraform.local', 'cdktf-byok', 'byok'))).toEqual(
    packed('0.0.2'),
  );
  expect(readdirSync(other)).toEqual([]);
  const lock = readFileSync(join(folder, '.terraform.lock.hcl'), 'utf8');
  expect(lock.match(/^provider ".*"/gm)).toEqual([
    'provider "example.com/acme/other"',
    'provider "terraform.local/cdktf-byok/byok"',
  ]);
  expect(lock).toContain('"0.0.2"');
  expect(lock).not.toContain('"0.0.1"');
});

test('leaves a lock file that is up to date untouched', () => {
  const bundle = readProviderBundle(fakeBundle(scratchFolder()).folder);
  const folder = scratchFolder();
  installProvider(bundle, folder);
  const before = statSync(join(folder, '.terraform.lock.hcl'));
  installProvider(bundle, folder);
  expect(statSync(join(folder, '.terraform.lock.hcl')).mtimeMs).toBe(before.mtimeMs);
});

const lockName = '.terraform.lock.hcl';
const others = 'provider "example.com/acme/other" {\n  version = "1.0.0"\n}\n';

test('keeps every byte of other entries, also those that are no UTF-8', () => {
  const folder = scratchFolder();
  const before = Buffer.concat([Buffer.from(others), Buffer.from([0x23, 0x20, 0xff, 0xe4, 0x0a])]);
  writeFileSync(join(folder, lockName), before);
  installProvider(readProviderBundle(fakeBundle(scratchFolder()).folder), folder);
  expect(readFileSync(join(folder, lockName)).subarray(0, before.length)).toEqual(before);
});

test.each([
  ['a lock file, which is taken over', others, others],
  ['something else, which is not', 'password = "hunter2"\n', ''],
  ['comments only, which are not', '# hunter2\n', ''],
])('a lock file that is a link is replaced; it led to %s', (_, content, kept) => {
  const [folder, elsewhere] = [scratchFolder(), join(scratchFolder(), 'theirs')];
  writeFileSync(elsewhere, content);
  symlinkSync(elsewhere, join(folder, lockName));
  installProvider(readProviderBundle(fakeBundle(scratchFolder()).folder), folder);
  expect(readFileSync(elsewhere, 'utf8')).toBe(content);
  expect(lstatSync(join(folder, lockName)).isFile()).toBe(true);
  const lock = readFileSync(join(folder, lockName), 'utf8');
  expect(lock).toContain('provider "terraform.local/cdktf-byok/byok"');
  expect(lock).toContain(kept);
  expect(lock).not.toContain('hunter2');
});

test.each(
  [
    ['terraform.d'],
    ['terraform.d', 'plugins'],
    ['terraform.d', 'plugins', 'terraform.local', 'cdktf-byok', 'byok'],
  ].map((names) => [names]),
)('deletes nothing behind a link at %j', (names) => {
  const [folder, victim] = [scratchFolder(), scratchFolder()];
  mkdirSync(join(victim, 'important'));
  mkdirSync(join(folder, ...names.slice(0, -1)), { recursive: true });
  symlinkSync(victim, join(folder, ...names));
  installProvider(readProviderBundle(fakeBundle(scratchFolder()).folder), folder);
  expect(readdirSync(victim)).toEqual(['important']);
});

describe('what an earlier init left in .terraform', () => {
  function initialized(): {
    folder: string;
    copy: string;
    bundle: ReturnType<typeof readProviderBundle>;
    provider: string;
  } {
    const fake = fakeBundle(scratchFolder());
    const folder = scratchFolder();
    const parent = join(
      folder,
      '.terraform',
      'providers',
      'terraform.local',
      'cdktf-byok',
      'byok',
      fake.version,
    );
    mkdirSync(parent, { recursive: true });
    return {
      folder,
      copy: join(parent, 'linux_amd64'),
      bundle: readProviderBundle(fake.folder),
      provider: join(fake.folder, 'provider'),
    };
  }

  test('goes when it is a link that leads nowhere', () => {
    const { folder, copy, bundle } = initialized();
    symlinkSync(join(folder, 'nowhere'), copy);
    installProvider(bundle, folder);
    expect(lstatSync(copy, { throwIfNoEntry: false })).toBeUndefined();
  });

  test('goes when its executable lost its mode', () => {
    const { folder, copy, bundle, provider } = initialized();
    cpSync(provider, copy, { recursive: true });
    installProvider(bundle, folder);
    expect(existsSync(copy)).toBe(false);
  });

  test.each([0o755, 0o700])(
    'stays when it is this provider, also through a link into a cache, with mode %i',
    (mode) => {
      const { folder, copy, bundle, provider } = initialized();
      const cache = scratchFolder();
      cpSync(provider, join(cache, 'copy'), { recursive: true });
      chmodSync(join(cache, 'copy', `terraform-provider-byok_v${bundle.version}`), mode);
      symlinkSync(join(cache, 'copy'), copy);
      installProvider(bundle, folder);
      expect(existsSync(copy)).toBe(true);
    },
  );

  test('is not looked for behind links', () => {
    const { folder, bundle } = initialized();
    const [other, victim] = [scratchFolder(), join(folder, '.terraform')];
    symlinkSync(
      join(folder, 'nowhere'),
      join(
        victim,
        'providers',
        'terraform.local',
        'cdktf-byok',
        'byok',
        bundle.version,
        'linux_amd64',
      ),
    );
    symlinkSync(victim, join(other, '.terraform'));
    installProvider(bundle, other);
    expect(
      readdirSync(
        join(victim, 'providers', 'terraform.local', 'cdktf-byok', 'byok', bundle.version),
      ),
    ).toEqual(['linux_amd64']);
  });
});
