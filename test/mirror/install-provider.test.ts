import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installProvider } from '../../lib/mirror/install-provider';
import { readProviderBundle } from '../../lib/mirror/provider-bundle';
import { scratchFolder } from '../support/scratch-folder';
import { fakeBundle } from './fake-bundle';

test('puts the provider and its lock entry into the folder', () => {
  const fake = fakeBundle(scratchFolder());
  const folder = scratchFolder();
  installProvider(readProviderBundle(fake.folder), folder);
  expect(readdirSync(join(folder, 'terraform.d', 'plugins', 'terraform.local', 'cdktf-byok', 'byok'))).toEqual([fake.version]);
  expect(readFileSync(join(folder, '.terraform.lock.hcl'), 'utf8')).toContain(`    "${fake.h1}",\n`);
});

test('replaces another version of itself and leaves other providers alone', () => {
  const folder = scratchFolder();
  const plugins = join(folder, 'terraform.d', 'plugins');
  const other = join(plugins, 'example.com', 'acme', 'other', '1.0.0');
  mkdirSync(other, { recursive: true });
  writeFileSync(join(folder, '.terraform.lock.hcl'), 'provider "example.com/acme/other" {\n  version = "1.0.0"\n}\n');
  installProvider(readProviderBundle(fakeBundle(scratchFolder(), { version: '0.0.1' }).folder), folder);
  installProvider(readProviderBundle(fakeBundle(scratchFolder(), { version: '0.0.2' }).folder), folder);
  expect(readdirSync(join(plugins, 'terraform.local', 'cdktf-byok', 'byok'))).toEqual(['0.0.2']);
  expect(readdirSync(other)).toEqual([]);
  const lock = readFileSync(join(folder, '.terraform.lock.hcl'), 'utf8');
  expect(lock.match(/^provider ".*"/gm)).toEqual(['provider "example.com/acme/other"', 'provider "terraform.local/cdktf-byok/byok"']);
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
