/**
 * Two programs put the provider into the same folder at the same time, as two `cdktf deploy` of one
 * app do: neither takes away what the other is at.
 */
import fs, {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { installProvider } from '../../lib/mirror/install-provider';
import { readProviderBundle } from '../../lib/mirror/provider-bundle';
import { archiveNames, writeMirror } from '../../lib/mirror/write-mirror';
import { scratchFolder } from '../support/scratch-folder';
import { fakeBundle } from './fake-bundle';

const address = ['terraform.local', 'cdktf-byok', 'byok'];
const bundle = readProviderBundle(fakeBundle(scratchFolder()).folder);

/** Before the first rename to such a path, somebody else is there. */
function meanwhile(to: RegExp, comes: (to: string) => void): void {
  const { renameSync } = fs;
  let came = false;
  jest.spyOn(fs, 'renameSync').mockImplementation((from, target) => {
    if (!came && to.test(String(target))) {
      came = true;
      comes(String(target));
    }
    renameSync(from, target);
  });
}

afterEach(() => jest.restoreAllMocks());

test('an archive that another run is still writing stays, and both succeed', () => {
  const folder = scratchFolder();
  meanwhile(/linux_arm64\.zip$/, () => installProvider(bundle, folder));
  installProvider(bundle, folder);
  expect(readdirSync(join(folder, 'terraform.d', 'plugins', ...address)).sort()).toEqual(
    [...archiveNames(bundle)].sort(),
  );
});

test('what a run left that was killed goes an hour later', () => {
  const folder = scratchFolder();
  const plugins = join(folder, 'terraform.d', 'plugins', ...address);
  const [name = ''] = archiveNames(bundle);
  const left = join(plugins, `.${name}.0123456789ab.tmp`);
  mkdirSync(plugins, { recursive: true });
  writeFileSync(left, 'half of it');
  utimesSync(left, 1_800_000_000, 1_800_000_000);
  installProvider(bundle, folder, () => 1_800_000_000_000 + 60_000);
  expect(existsSync(left)).toBe(true);
  installProvider(bundle, folder, () => 1_800_000_000_000 + 3_700_000);
  expect(readdirSync(plugins).sort()).toEqual([...archiveNames(bundle)].sort());
});

test.each([
  ['the same', (mirror: string) => writeMirror(bundle, mirror)],
  [
    'something else',
    (_mirror: string, target: string) => {
      mkdirSync(target, { recursive: true });
      writeFileSync(join(target, 'other'), '');
    },
  ],
  ['a link', (mirror: string, target: string) => symlinkSync(mirror, target)],
])(
  'a version that somebody else put there meanwhile is taken when it is the same, and replaced otherwise: %s',
  (_name, comes) => {
    const mirror = scratchFolder();
    const version = join(mirror, ...address, bundle.version);
    meanwhile(new RegExp(`/${bundle.version.replaceAll('.', '\\.')}$`), (target) =>
      comes(mirror, target),
    );
    expect(writeMirror(bundle, mirror)).toBe(version);
    for (const { name, content } of bundle.files) {
      expect(readFileSync(join(version, 'linux_amd64', name))).toEqual(content);
    }
    expect(readdirSync(dirname(version))).toEqual([bundle.version]);
  },
);
