import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ByokProcess, bundleByok } from './byok-process';

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';

let byok: ByokProcess;
const folder = mkdtempSync(join(tmpdir(), 'byok-cli-'));
const material = Buffer.from(
  'f1e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeeff01',
  'hex',
);

beforeAll(() => {
  byok = bundleByok();
});

afterAll(() => {
  byok.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** By OpenSSL, from the definition of the fingerprint. */
function expectedFingerprint(): string {
  const args = [
    'dgst',
    '-sha256',
    '-mac',
    'HMAC',
    '-macopt',
    `hexkey:${material.toString('hex')}`,
    '-r',
  ];
  return `sha256:${execFileSync('openssl', args, { input: 'cdktf-byok fingerprint v1', encoding: 'utf8' }).split(' ')[0]}`;
}

test.each([
  ['--help'],
  ['emulator', '--help'],
  ['provider', 'install', '--help'],
  ['fingerprint', '--help'],
  ['status', '--help'],
  ['import', '--help'],
  ['apply', '--help'],
  ['remove', '--help'],
  ['ceremony', '--help'],
  ['ceremony', 'start', '--help'],
  ['ceremony', 'finish', '--help'],
])('byok %s %s %s teaches with examples', async (...args) => {
  const { status, stdout, stderr } = await byok.runHere(args);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^Usage: byok/);
  expect(stdout).toMatch(/\n {2}\$ /);
});

test('byok --version is the version of the package', () => {
  const { version } = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8'));
  expect(byok.run(['--version']).stdout).toBe(`${version}\n`);
});

test('fails on an unknown command and an unknown flag, and points to the help', () => {
  for (const args of [['stauts'], ['status', '--reigon', 'eu-de']]) {
    const { status, stdout, stderr } = byok.run(args);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/error: unknown .*\n(\(Did you mean|\(add --help)/);
  }
});

test('fingerprints a file, a variable and standard input alike, as openssl does', () => {
  const file = join(folder, 'orders.key');
  writeFileSync(file, `${material.toString('base64')}\n`);
  const raw = join(folder, 'orders.bin');
  writeFileSync(raw, material);
  const runs = [
    byok.run(['fingerprint', '--material-file', file]),
    byok.run(['fingerprint', '--material-file', raw, '--material-encoding', 'raw']),
    byok.run(['fingerprint', '--material-env', 'KEY', '--material-encoding', 'hex'], {
      env: { KEY: material.toString('hex') },
    }),
    byok.run(['fingerprint'], { input: material.toString('base64') }),
    byok.run(['fingerprint', '--material-encoding', 'raw'], { input: material }),
  ];
  expect(runs).toEqual(
    runs.map(() => ({ status: 0, stdout: `${expectedFingerprint()}\n`, stderr: '' })),
  );
  expect(JSON.parse(byok.run(['fingerprint', '--json', '--material-file', file]).stdout)).toEqual({
    fingerprint: expectedFingerprint(),
  });
});

const base64 = 'SECRETSECRETSECRETSECRETSECRETSECRETSECRETS=';

test.each([
  [['fingerprint', '--material-file', base64]],
  [['apply', '--key-id', keyId, '--material-file', base64]],
  [['import', '--key-id', keyId, '--import-token-file', base64]],
  [['import', '--key-id', keyId, '--encrypted-key-material-file', base64]],
  [['check', '--state', '{"version":4,"outputs":{"login":"SECRET"}}']],
  [['check', '--drift-token', '--state', '{"version":4,"outputs":{"login":"SECRET"}}']],
  [['check', '--plan', '{"format_version":"1.2",\n"login":"SECRET"}']],
])('content in place of a path is not shown: %j', async (args) => {
  const { status, stdout, stderr } = await byok.runHere(args);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(
    /^byok: --[a-z-]+ is no path but a text of 4\d characters, which is not shown, .*\n$/,
  );
  expect(stderr).not.toContain('SECRET');
});

test.each([
  [['fingerprint'], '', /standard input is empty/],
  [['fingerprint'], 'not base64, SECRET', /standard input is not base64/],
  [['fingerprint'], 'U0VDUkVU', /has 6 bytes; AES_256 needs exactly 32/],
  [
    ['fingerprint', '--material-file', '/nonexistent/orders.key'],
    '',
    /"\/nonexistent\/orders.key".*does not exist/,
  ],
  [['fingerprint', '--material-env', 'UNSET_KEY'], '', /"UNSET_KEY".*is not set/],
  [
    ['fingerprint', '--material-file', '/dev/zero'],
    '',
    /"\/dev\/zero".* is a device; allowed is a regular file or a pipe of/,
  ],
  [['fingerprint'], Buffer.alloc(2 ** 22), /standard input has more than 1048576 bytes/],
  [
    ['fingerprint', '--material-env', 'U0VDUkVU/w=='],
    '',
    /^byok: --material-env is no name of an environment variable \(not shown,/,
  ],
  [
    ['fingerprint', '--material-password-env', 'SECRET!'],
    '',
    /^byok: --material-password-env is no name of an/,
  ],
  [
    ['apply', '--key-id', keyId, '--material-env', '0-SECRET'],
    '',
    /^byok: --material-env is no name of an/,
  ],
  [
    ['import', '--key-id', keyId, '--material-password-env', ''],
    '',
    /^byok: --material-password-env is no name of an/,
  ],
  [
    ['import', '--key-id', keyId, '--import-token-env', 'SECRET='],
    '',
    /^byok: --import-token-env is no name of an/,
  ],
  [
    ['import', '--key-id', keyId, '--encrypted-key-material-env', 'SECRET='],
    '',
    /^byok: --encrypted-key-material-env is no name of an/,
  ],
  [
    ['import', '--key-id', keyId, '--encrypted-privatekey-env', 'SECRET='],
    '',
    /^byok: --encrypted-privatekey-env is no name of an/,
  ],
  [['fingerprint', '--material-encoding', 'rot13'], '', /Allowed choices are base64, hex, raw/],
  [['fingerprint', '--material-env', 'A', '--material-file', 'b'], '', /given together/],
  [['emulator', '--data', 'keys.json'], '', /--demo-material-on-disk/],
  [['emulator', '--port', '99999'], '', /"99999"; allowed is/],
  [['status'], '', /--region is not set.* there or in the environment variable HW_REGION_NAME/],
  [['status', '--cloud', 'opentelekomcloud'], '', /--region is not set.*OS_REGION_NAME/],
  [
    ['status', '--kms-endpoint', 'http://kms.example.com'],
    '',
    /--kms-endpoint "http:\/\/kms.example.com" is plain http/,
  ],
])('fails %j with one sentence and exit code 1', async (args, input, message) => {
  const { status, stdout, stderr } = await byok.runHere(args, { input });
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/SECRET|U0VDUkVU|\n {4}at /);
});

describe('reads what a shell hands over', () => {
  /** With $BYOK for the command and $KEY for a file of material. */
  function bash(script: string) {
    const key = join(folder, 'shell.key');
    writeFileSync(key, `${material.toString('base64')}\n`);
    const env = { PATH: process.env.PATH, BYOK: `${process.execPath} ${byok.file}`, KEY: key };
    const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], {
      env,
      encoding: 'utf8',
      timeout: 600_000,
    });
    return { status, stdout, stderr };
  }

  test.each([
    ['a pipe', 'cat "$KEY" | $BYOK fingerprint'],
    [
      'a pipe under the name of a file',
      'cat "$KEY" | $BYOK fingerprint --material-file /dev/stdin',
    ],
    ['a file as standard input, by name', '$BYOK fingerprint --material-file /dev/stdin < "$KEY"'],
    ['the output of a command as a file', '$BYOK fingerprint --material-file <(cat "$KEY")'],
    [
      'a text as standard input',
      '$BYOK fingerprint --material-file /dev/stdin <<< "$(cat "$KEY")"',
    ],
  ])('%s', (_name, script) => {
    expect(bash(script)).toEqual({ status: 0, stdout: `${expectedFingerprint()}\n`, stderr: '' });
  });

  test.each([
    [
      'standard input',
      '$BYOK fingerprint < /dev/zero',
      /standard input has more than 1048576 bytes/,
    ],
    ['a pipe', 'cat /dev/zero | $BYOK fingerprint', /standard input has more than 1048576 bytes/],
    [
      'the output of a command',
      '$BYOK fingerprint --material-file <(cat /dev/zero)',
      /file "\/dev\/fd\/\d+" has more than 1048576 bytes/,
    ],
  ])('and refuses what has no end: %s', (_name, script, message) => {
    expect(bash(script)).toEqual({ status: 1, stdout: '', stderr: expect.stringMatching(message) });
  });
});

test('says failures in JSON when asked to', () => {
  const { status, stderr } = byok.run(['status', '--json', '--region', 'eu-de']);
  expect(status).toBe(1);
  expect(JSON.parse(stderr)).toEqual({
    error: {
      code: 'ERR_CONFIGURATION',
      attribute: 'auth_token',
      message: expect.stringContaining('HW_AUTH_TOKEN'),
    },
  });
});
