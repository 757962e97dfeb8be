/** Files that flags name: what is said if one cannot be read or written, and what never hangs. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { makeFolder } from '../../lib/mirror/place-file';
import { scratchFolder } from '../support/scratch-folder';
import { type ByokProcess, bundleByok } from './byok-process';

let byok: ByokProcess;
const folder = scratchFolder();
const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';
const of = (name: string) => join(folder, name);

beforeAll(() => {
  byok = bundleByok();
  execFileSync('mkfifo', ['pipe', `records/${keyId}.json`, 'ceremony/ceremony.json'], {
    cwd: made(folder),
  });
});

afterAll(() => byok.remove());

const attributes = {
  key_id: 'k',
  material_status: 'present',
  expiration_time: 'never',
  fingerprint: `sha256:${'a'.repeat(64)}`,
  fingerprint_verified: true,
};
const state = (more: object = {}) =>
  JSON.stringify({
    version: 4,
    resources: [
      {
        mode: 'managed',
        type: 'byok_key_material',
        name: 'orders',
        instances: [{ attributes: { ...attributes, ...more } }],
      },
    ],
  });

function made(root: string): string {
  for (const name of ['records', 'ceremony', 'full']) {
    mkdirSync(join(root, name));
  }
  writeFileSync(join(root, 'full', 'other'), '');
  writeFileSync(join(root, 'file'), 'x');
  writeFileSync(join(root, 'fine.tfstate'), state());
  writeFileSync(join(root, 'gone.tfstate'), state({ material_status: 'deleted_outside' }));
  return root;
}

/** One that hangs is killed, and its status is null. */
function run(command: string, ...args: string[]) {
  const { PATH = '', HOME = folder } = process.env;
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    env: { PATH, HOME, BYOK: byok.file, NODE: process.execPath },
    encoding: 'utf8',
    input: '',
    timeout: 120_000,
  });
  return { status, stdout, stderr };
}
const runByok = (...args: string[]) => run(process.execPath, byok.file, ...args);
const apply = ['apply', '--key-id', keyId, '--material-file', 'file'];
const start = ['ceremony', 'start', '--key-id', keyId];
const wrapped = ['import', '--key-id', keyId, '--encrypted-key-material-file', 'file'];

test.each([
  ['a missing state', ['check', '--state', 'none'], '--state "none" does not exist; give the path'],
  [
    'a folder as a plan',
    ['check', '--plan', '.'],
    '--plan "." is a folder; give the path of a file',
  ],
  [
    'a pipe without a writer',
    ['check', '--state', 'pipe'],
    '--state "pipe" is a pipe that nothing',
  ],
  ['a device', ['check', '--state', '/dev/zero'], '--state "/dev/zero" is a device; give the path'],
  [
    'a file as records',
    [...apply, '--record-dir', 'file'],
    '--record-dir "file" is no folder; give',
  ],
  [
    'a pipe as a record',
    [...apply, '--record-dir', 'records'],
    `--record-dir "records/${keyId}.json" is a pipe; give the path of a file`,
  ],
  ['a file to start in', [...start, '--out-dir', 'file'], '--out-dir "file" is no folder; give'],
  [
    'a pipe as a ceremony',
    ['ceremony', 'finish', '--dir', 'ceremony'],
    '--dir "ceremony/ceremony.json" is a pipe; give the path of a file',
  ],
  [
    'a pipe as a token',
    [...wrapped, '--import-token-file', 'pipe'],
    '--import-token-file "pipe" is a pipe that nothing writes to; start its writer first',
  ],
  [
    'a mirror in a file',
    ['provider', 'install', '--plugin-dir', 'file/plugins'],
    '--plugin-dir "file/plugins" leads through a file',
  ],
  [
    'a report that is a folder',
    ['check', '--state', 'fine.tfstate', '--junit', 'full'],
    '--junit "full" is a folder; give the path of a file',
  ],
  [
    'a report that nothing reads',
    ['check', '--state', 'fine.tfstate', '--junit', 'pipe'],
    '--junit "pipe" is a pipe or socket that nothing reads; start the reader first',
  ],
])('%s is said by its flag and path, and is no defect', (_what, args, message) => {
  const { status, stderr } = runByok(...args);
  expect([status, stderr.slice(0, 6 + message.length)]).toEqual([1, `byok: ${message}`]);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  const code = args.includes('--import-token-file') ? 'ERR_MATERIAL_NOT_AT_HAND' : 'ERR_ARGUMENT';
  if (!args.includes('install')) {
    expect(JSON.parse(runByok(...args, '--json').stderr).error).toMatchObject({ code });
  }
});

test('a socket is refused', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(of('socket'), resolve));
  expect(runByok('check', '--state', 'socket').stderr).toContain(
    '--state "socket" is a socket; give the path of a file',
  );
  await new Promise((resolve) => server.close(resolve));
});

test('what cannot be a path but may be a secret is not shown', () => {
  const secret = 'ab'.repeat(32);
  const { stderr } = runByok('check', '--state', 'fine.tfstate', '--junit', `${secret}/x\n`);
  expect([stderr.includes(secret), stderr]).toEqual([
    false,
    expect.stringContaining('--junit is no path but a text of 67 characters, which is not shown'),
  ]);
});

test('a report that cannot be written takes no verdict away', () => {
  const check = (name: string) => runByok('check', '--state', name, '--junit', 'full');
  expect(check('fine.tfstate')).toMatchObject({
    status: 1,
    stdout: expect.stringMatching(/^fine/m),
  });
  expect(check('gone.tfstate')).toMatchObject({
    status: 3,
    stdout: expect.stringMatching(/^missing/m),
  });
  expect(runByok('check', '--state', 'gone.tfstate', '--junit', 'report.xml').status).toBe(3);
  expect(readFileSync(of('report.xml'), 'utf8')).toContain('<testsuite');
});

test.each([
  ['a pipe of the shell', '"$NODE" "$BYOK" check --state <(cat fine.tfstate)'],
  [
    'a pipe that fills slowly',
    '"$NODE" "$BYOK" check --state <(head -c 9 fine.tfstate; tail -c +10 fine.tfstate)',
  ],
  ['standard input by its path', 'cat fine.tfstate | "$NODE" "$BYOK" check --state /dev/stdin'],
  ['a file as standard input', '"$NODE" "$BYOK" check --state /dev/stdin < fine.tfstate'],
])('reads %s', (_what, script) => {
  const { status, stdout, stderr } = run('bash', '-c', script);
  expect([status, stderr, stdout]).toEqual([0, '', expect.stringMatching(/^fine/m)]);
});

test('writes a report into a pipe that is read', () => {
  const script = '"$NODE" "$BYOK" check --state fine.tfstate --junit >(cat > read.xml); wait $!';
  expect(run('bash', '-c', script).status).toBe(0);
  expect(readFileSync(of('read.xml'), 'utf8')).toContain('<testsuite');
});

describe('makeFolder', () => {
  test('makes what is missing, with its mode, and leaves the rest', () => {
    chmodSync(of('full'), 0o711);
    makeFolder(join(of('full'), 'a', 'b'), 0o700);
    symlinkSync(of('full'), of('link'));
    makeFolder(of('link'));
    const modes = run('stat', '-c', '%a', 'full', 'full/a', 'full/a/b').stdout.trim().split('\n');
    expect(modes).toEqual(['711', '700', '700']);
  });

  test('ends where a file system takes no folder, and in front of a file', () => {
    expect(() => makeFolder(join(of('file'), 'a', 'b'))).toThrow('ENOTDIR');
    expect(() => makeFolder(of('file'))).toThrow('EEXIST');
    if (process.platform === 'linux') {
      expect(() => makeFolder('/proc/none/such')).toThrow('ENOENT');
    }
  });
});
