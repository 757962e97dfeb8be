import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnvironment, runCommand } from '../support/terraform-workspace';
import { type ByokProcess, bundleByok } from './byok-process';

let byok: ByokProcess;
const home = mkdtempSync(join(tmpdir(), 'byok-home-'));

beforeAll(() => {
  byok = bundleByok();
});

afterAll(() => {
  byok.remove();
  rmSync(home, { recursive: true, force: true });
});

/** `terraform init` of a configuration that somebody wrote by hand, in a folder of its own. */
function init(name: string, args: readonly string[] = []): Promise<{ code: number; text: string }> {
  const cwd = join(home, name);
  mkdirSync(cwd);
  writeFileSync(
    join(cwd, 'main.tf'),
    'terraform {\n  required_providers {\n    byok = { source = "terraform.local/cdktf-byok/byok" }\n  }\n}\n',
  );
  return runCommand('terraform', ['init', '-no-color', ...args], {
    cwd,
    env: cleanEnvironment({ HOME: home }),
  });
}

test('byok provider install lets a hand-written configuration find the provider, with nothing else said', async () => {
  const { status, stdout, stderr } = byok.run(['provider', 'install'], { env: { HOME: home } });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain('source  = "terraform.local/cdktf-byok/byok"');
  const { code, text } = await init('by-home');
  expect([code, text]).toEqual([
    0,
    expect.stringContaining('Installed terraform.local/cdktf-byok/byok'),
  ]);
});

test('byok provider install --plugin-dir writes a mirror that terraform init -plugin-dir takes, also a second time', async () => {
  const mirror = join(home, 'mirror');
  const args = ['provider', 'install', '--json', '--plugin-dir', mirror];
  const first = JSON.parse(byok.run(args).stdout);
  expect(first).toEqual({
    source: 'terraform.local/cdktf-byok/byok',
    version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    path: join(mirror, 'terraform.local', 'cdktf-byok', 'byok', first.version),
    h1: expect.stringMatching(/^h1:/),
  });
  expect(JSON.parse(byok.run(args).stdout)).toEqual(first);
  expect(await init('by-flag', [`-plugin-dir=${mirror}`])).toMatchObject({ code: 0 });
});

test('byok provider install --packed writes archives that terraform unpacks, and takes the place of the folders', async () => {
  const mirror = join(home, 'packed');
  byok.run(['provider', 'install', '--plugin-dir', mirror]);
  const { path, version } = JSON.parse(
    byok.run(['provider', 'install', '--json', '--packed', '--plugin-dir', mirror]).stdout,
  );
  expect(readdirSync(path).sort()).toEqual(
    ['darwin_amd64', 'darwin_arm64', 'linux_amd64', 'linux_arm64'].map(
      (platform) => `terraform-provider-byok_${version}_${platform}.zip`,
    ),
  );
  expect(await init('by-archive', [`-plugin-dir=${mirror}`])).toMatchObject({ code: 0 });
  rmSync(mirror, { recursive: true });
  const cwd = join(home, 'by-archive');
  expect(
    await runCommand('terraform', ['validate', '-no-color'], {
      cwd,
      env: cleanEnvironment({ HOME: home }),
    }),
  ).toMatchObject({
    code: 0,
  });
});

test('fails in one sentence where it may not write', () => {
  const file = join(home, 'a-file');
  writeFileSync(file, '');
  const { status, stderr } = byok.run([
    'provider',
    'install',
    '--plugin-dir',
    join(file, 'plugins'),
  ]);
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^byok: --plugin-dir ".*" leads through a file as if that were a folder; .*\n$/,
  );
});
