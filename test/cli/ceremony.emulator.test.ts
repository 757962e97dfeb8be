import { execFileSync } from 'node:child_process';
import { createHash, createPublicKey, randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok } from '../emulator/plain-http';
import { describeKey, holdsMaterial } from '../support/emulated-key';
import { type ByokAndEmulator, startByokAndEmulator } from './byok-and-emulator';

let byok: ByokAndEmulator;
let root: string;
const secrets: (Buffer | string)[] = [];

beforeAll(async () => {
  byok = await startByokAndEmulator({ oneWrappingKey: false });
  root = mkdtempSync(join(tmpdir(), 'byok-ceremony-'));
});

afterAll(async () => {
  rmSync(root, { recursive: true, force: true });
  await byok.close();
});

interface Ceremony {
  readonly keyId: string;
  readonly dir: string;
  readonly stdout: string;
}

let count = 0;

async function start(keySpec = 'AES_256', args: readonly string[] = []): Promise<Ceremony> {
  const keyId = await byok.createKey(keySpec);
  const dir = join(root, `ceremony-${count++}`);
  const { status, stdout, stderr } = await byok.run([
    'ceremony',
    'start',
    '--key-id',
    keyId,
    '--out-dir',
    dir,
    ...args,
  ]);
  expect([status, stderr.replace(/^warning: .*\n/, '')]).toEqual([0, '']);
  secrets.push(readFileSync(join(dir, 'ImportToken.b64'), 'utf8').trim());
  return { keyId, dir, stdout };
}

/** The command lines under "2.", as a person would copy them. */
function printedCommands(stdout: string): string[] {
  const [, section = ''] = /\n2\. [^\n]*\n([\s\S]*)\n3\. /.exec(stdout) ?? [];
  return section.split('\n').flatMap((line) => /^ {3}((?:openssl|cat) .*)$/.exec(line)?.[1] ?? []);
}

/** The command under "4.", with the flags that lead to the same KMS. */
function finishAsPrinted({ stdout }: Ceremony): string[] {
  const [, words = ''] = /\n4\. [\s\S]*\n {3}npx cdktf-byok (.*)\n/.exec(stdout) ?? [];
  return execFileSync('/bin/sh', ['-ec', `printf '%s\\n' ${words}`], { encoding: 'utf8' })
    .trimEnd()
    .split('\n');
}

/**
 * The offline machine: gets one file, runs what is printed, gives back what is asked for. @returns
 * its folder and the last output
 */
function runOffline(
  { dir, stdout }: Ceremony,
  bring: Readonly<Record<string, Buffer>> = {},
): { offline: string; output: string } {
  const offline = mkdtempSync(join(root, 'offline-'));
  copyFileSync(join(dir, 'PublicKey.bin'), join(offline, 'PublicKey.bin'));
  for (const [name, content] of Object.entries(bring)) {
    writeFileSync(join(offline, name), content);
  }
  const commands = printedCommands(stdout).filter(
    (command) => !Object.keys(bring).some((name) => command.includes(`-out ${name}`)),
  );
  const output = commands.map((command) =>
    execFileSync('/bin/sh', ['-ec', command], { cwd: offline, encoding: 'utf8', stdio: 'pipe' }),
  );
  for (const name of ['PlaintextKeyMaterial.bin', 'rsa_private_key.der']) {
    if (existsSync(join(offline, name))) {
      secrets.push(readFileSync(join(offline, name)));
    }
  }
  for (const name of /\n3\. Bring (.*) back/.exec(stdout)?.[1]?.split(' and ') ?? []) {
    copyFileSync(join(offline, name), join(dir, name));
  }
  return { offline, output: output.at(-1) ?? '' };
}

test.each(['RSAES_OAEP_SHA_256', 'RSAES_OAEP_SHA_1', 'RSAES_PKCS1_V1_5'])(
  'what openssl wraps with %s, by the printed commands alone, is what the key holds',
  async (algorithm) => {
    const ceremony = await start('AES_256', ['--wrapping-algorithm', algorithm]);
    const { offline } = runOffline(ceremony);
    const { status, stdout, stderr } = await byok.run(finishAsPrinted(ceremony), {
      endpoint: undefined,
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('state        2 (enabled)\n  expires      never\n');
    expect(stdout).toContain(`you no longer need ${ceremony.dir}, and can delete it`);
    expect(await describeKey(byok.emulator, ceremony.keyId)).toMatchObject({
      key_state: '2',
      expiration_time: '',
    });
    expect(
      await holdsMaterial(
        byok.emulator,
        ceremony.keyId,
        readFileSync(join(offline, 'PlaintextKeyMaterial.bin')),
      ),
    ).toBe(true);
    expect(readdirSync(ceremony.dir).sort()).toEqual([
      'EncryptedKeyMaterial.bin',
      'ImportToken.b64',
      'PublicKey.bin',
      'PublicKey.pem',
      'ceremony.json',
    ]);
  },
);

test.each(['RSA_2048', 'RSA_3072', 'EC_P256', 'EC_P384'])(
  'a private key of %s arrives, and the fingerprint shown is the one openssl computes offline',
  async (keySpec) => {
    const ceremony = await start(keySpec);
    expect(ceremony.stdout).toContain(`(${keySpec})`);
    const { offline, output } = runOffline(ceremony);
    const { status, stdout, stderr } = await byok.run([
      'ceremony',
      'finish',
      '--json',
      '--dir',
      ceremony.dir,
    ]);
    expect([status, stderr]).toEqual([0, '']);
    const [, fingerprint] = /= ([0-9a-f]{64})\n$/.exec(output) ?? [];
    expect(JSON.parse(stdout)).toEqual({
      key_id: ceremony.keyId,
      key_spec: keySpec,
      key_state: '2',
      expiration_time: null,
      fingerprint: `sha256:${fingerprint}`,
      imported: true,
      warnings: [],
      dir: ceremony.dir,
    });
    const { public_key } = await ok<{ public_key: string }>(byok.emulator, 'get-publickey', {
      key_id: ceremony.keyId,
    });
    const expected = execFileSync('openssl', ['pkey', '-in', 'rsa_private_key.pem', '-pubout'], {
      cwd: offline,
      encoding: 'utf8',
    });
    expect(createPublicKey(public_key).export({ type: 'spki', format: 'pem' })).toBe(expected);
  },
);

test('start leaves files that only their owner may read, a PEM of the same key, and no secret in ceremony.json', async () => {
  const { dir, keyId, stdout } = await start();
  const publicKey = readFileSync(join(dir, 'PublicKey.bin'));
  const sha256 = createHash('sha256').update(publicKey).digest('hex');
  expect(stdout).toContain(`the SHA-256 of PublicKey.bin is ${sha256}`);
  expect(
    createPublicKey(readFileSync(join(dir, 'PublicKey.pem'), 'utf8')).export({
      type: 'spki',
      format: 'der',
    }),
  ).toEqual(publicKey);
  expect(JSON.parse(readFileSync(join(dir, 'ceremony.json'), 'utf8'))).toEqual({
    key_id: keyId,
    key_spec: 'AES_256',
    wrapping_algorithm: 'RSAES_OAEP_SHA_256',
    parameters_expire: expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    public_key_sha256: sha256,
  });
  for (const name of readdirSync(dir)) {
    expect([name, statSync(join(dir, name)).mode & 0o077]).toEqual([name, 0]);
  }
  expect(statSync(dir).mode & 0o077).toBe(0);
});

test('start --json says what to carry and what to run, and names its folder after the key by default', async () => {
  const keyId = await byok.createKey('EC_P256');
  const { status, stdout } = await byok.run(['ceremony', 'start', '--key-id', keyId, '--json'], {
    cwd: root,
  });
  const started = JSON.parse(stdout);
  expect([status, started.dir]).toEqual([0, `byok-ceremony-${keyId}`]);
  expect(started.carry_there).toEqual(['PublicKey.bin']);
  expect(started.carry_back).toEqual(['EncryptedKeyMaterial.bin', 'out_rsa_private_key.der']);
  expect(started.commands).toContain('openssl rand -out 0xPlaintextKeyMaterial.bin -hex 32');
  expect(existsSync(join(root, started.dir, 'PublicKey.bin'))).toBe(true);
});

test('finish sets the expiry, and takes Base64 as well as bytes', async () => {
  const ceremony = await start();
  const material = randomBytes(32);
  runOffline(ceremony, { 'PlaintextKeyMaterial.bin': material });
  const wrapped = join(ceremony.dir, 'EncryptedKeyMaterial.bin');
  writeFileSync(wrapped, execFileSync('openssl', ['enc', '-base64', '-in', wrapped]));
  const finish = [
    'ceremony',
    'finish',
    '--json',
    '--dir',
    ceremony.dir,
    '--expiration-time',
    '2065-01-24T06:29:37Z',
  ];
  const { status, stdout, stderr } = await byok.run(finish);
  expect([status, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toMatchObject({
    expiration_time: '2065-01-24T06:29:37Z',
    fingerprint: null,
    imported: true,
  });
  expect((await describeKey(byok.emulator, ceremony.keyId)).expiration_time).toBe(
    String(Date.parse('2065-01-24T06:29:37Z')),
  );
  expect(await holdsMaterial(byok.emulator, ceremony.keyId, material)).toBe(true);
});

test('finish takes a lost answer for what it is: the key shows that the import happened', async () => {
  const ceremony = await start();
  const material = randomBytes(32);
  runOffline(ceremony, { 'PlaintextKeyMaterial.bin': material });
  byok.emulator.injectFaults([{ operation: 'import-key-material', drop: 'after' }]);
  const { status, stdout } = await byok.run([
    'ceremony',
    'finish',
    '--json',
    '--dir',
    ceremony.dir,
  ]);
  expect([status, JSON.parse(stdout).imported]).toEqual([0, true]);
  expect(await holdsMaterial(byok.emulator, ceremony.keyId, material)).toBe(true);
});

/** One sentence, exit code 1, and the key still waits. */
async function refused(keyId: string, args: readonly string[], message: RegExp): Promise<void> {
  const { status, stdout, stderr } = await byok.run(['ceremony', ...args]);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^byok: [^\n]*\n$/);
  expect(stderr).toMatch(message);
  expect((await describeKey(byok.emulator, keyId)).key_state).toBe('5');
}

test('refuses to start in a folder that is not empty, and leaves it as it is', async () => {
  const keyId = await byok.createKey();
  const dir = join(root, 'taken');
  mkdirSync(dir);
  writeFileSync(join(dir, 'notes.txt'), 'mine');
  await refused(
    keyId,
    ['start', '--key-id', keyId, '--out-dir', dir],
    /folder ".*taken" is not empty; name a new --out-dir/,
  );
  expect(readdirSync(dir)).toEqual(['notes.txt']);
});

test('refuses to start for a key that is unknown, not external, or holds material, and makes no folder', async () => {
  const pending = await byok.createKey();
  const ofTheKms = await byok.createKey('AES_256', 'kms');
  const finished = await start();
  runOffline(finished);
  await byok.run(['ceremony', 'finish', '--dir', finished.dir]);
  const dir = join(root, 'never-made');
  const cases = [
    ['0d0466b0-e727-4d9c-b35d-f84bb474a37f', /the KMS does not know key/],
    ['orders', /--key-id is "orders"; allowed are 36 characters/],
    [ofTheKms, /has origin "kms"; only keys of origin "external" accept material/],
    [
      finished.keyId,
      /state 2 \(enabled\) and already holds material that expires never; nothing was changed/,
    ],
  ] as const;
  for (const [keyId, message] of cases) {
    await refused(pending, ['start', '--key-id', keyId, '--out-dir', dir], message);
  }
  expect(existsSync(dir)).toBe(false);
});

test('refuses to finish a second time, and the key keeps its material', async () => {
  const ceremony = await start();
  const material = randomBytes(32);
  runOffline(ceremony, { 'PlaintextKeyMaterial.bin': material });
  const finish = ['ceremony', 'finish', '--dir', ceremony.dir];
  expect((await byok.run(finish)).status).toBe(0);
  byok.emulator.clearCalls();
  const { status, stderr } = await byok.run(finish);
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/^byok: key .* already holds material .*\n$/),
  ]);
  expect(byok.emulator.calls().map(({ operation }) => operation)).toEqual(['describe-key']);
  expect(await holdsMaterial(byok.emulator, ceremony.keyId, material)).toBe(true);
});

test('refuses key material in clear beside what came back, until it is taken away', async () => {
  const ceremony = await start();
  const { offline } = runOffline(ceremony);
  const stray = join(ceremony.dir, 'PlaintextKeyMaterial.bin');
  copyFileSync(join(offline, 'PlaintextKeyMaterial.bin'), stray);
  await refused(
    ceremony.keyId,
    ['finish', '--dir', ceremony.dir],
    /PlaintextKeyMaterial\.bin in ".*" is key material in clear/,
  );
  expect(existsSync(stray)).toBe(true);
  rmSync(stray);
  expect((await byok.run(['ceremony', 'finish', '--dir', ceremony.dir])).status).toBe(0);
});

test('refuses a folder without a ceremony, without what should have come back, or with a file of another form', async () => {
  const ceremony = await start();
  const { dir, keyId } = ceremony;
  const finish = ['finish', '--dir', dir];
  await refused(keyId, ['finish', '--dir', root], /holds no ceremony\.json; name the --dir/);
  await refused(keyId, finish, /EncryptedKeyMaterial\.bin is not in ".*"; bring it back/);
  runOffline(ceremony);

  const restore = (name: string) => {
    const content = readFileSync(join(dir, name));
    return () => writeFileSync(join(dir, name), content);
  };
  const broken: readonly (readonly [string, string | Buffer, RegExp])[] = [
    [
      'EncryptedKeyMaterial.bin',
      '',
      /the wrapped material in file ".*" has 0 bytes; allowed are 344 to 360 characters/,
    ],
    ['EncryptedKeyMaterial.bin', randomBytes(255), /has 255 bytes; allowed are/],
    ['EncryptedKeyMaterial.bin', `${'A'.repeat(343)}-`, /has 344 bytes; allowed are/],
    [
      'EncryptedKeyMaterial.bin',
      `${'A'.repeat(343)}=`.replace('A', '='),
      /has 344 bytes; allowed are/,
    ],
    [
      'ImportToken.b64',
      'AACIBjY2',
      /the import token in file ".*ImportToken\.b64" has 8 bytes; allowed are 200 to 6144/,
    ],
    ['ceremony.json', '{', /ceremony\.json in ".*" is not as "byok ceremony start" wrote it/],
    ['ceremony.json', JSON.stringify({ key_id: 'orders' }), /\(key_id\); start another/],
  ];
  for (const [name, content, message] of broken) {
    const undo = restore(name);
    writeFileSync(join(dir, name), content);
    await refused(keyId, finish, message);
    undo();
  }
  writeFileSync(join(dir, 'out_rsa_private_key.der'), randomBytes(1232));
  await refused(keyId, finish, /is a wrapped private key, but key .* is AES_256/);
  rmSync(join(dir, 'out_rsa_private_key.der'));
  await refused(
    keyId,
    [...finish, '--expiration-time', '2001-01-01T00:00:00Z'],
    /--expiration-time is 2001-01-01T00:00:00Z, which is past/,
  );
  await refused(
    keyId,
    [...finish, '--expiration-time', 'tomorrow'],
    /--expiration-time is "tomorrow"; allowed are/,
  );
  expect((await byok.run(['ceremony', ...finish])).status).toBe(0);
});

test('refuses an asymmetric ceremony without its private key, with two of them, and with an expiry', async () => {
  const ceremony = await start('EC_P256');
  runOffline(ceremony);
  const { dir, keyId } = ceremony;
  const privateKey = join(dir, 'out_rsa_private_key.der');
  const copy = join(dir, 'EncryptedPrivateKey.bin');
  copyFileSync(privateKey, copy);
  await refused(
    keyId,
    ['finish', '--dir', dir],
    /holds both out_rsa_private_key\.der and EncryptedPrivateKey\.bin/,
  );
  rmSync(privateKey);
  const expiring = ['finish', '--dir', dir, '--expiration-time', '2065-01-24T06:29:37Z'];
  await refused(keyId, expiring, /the material of an asymmetric key \(EC_P256\) never expires/);
  const content = readFileSync(copy);
  rmSync(copy);
  await refused(keyId, ['finish', '--dir', dir], /out_rsa_private_key\.der is not in/);
  writeFileSync(copy, content);
  expect((await byok.run(['ceremony', 'finish', '--dir', dir])).status).toBe(0);
});

test('refuses what belongs to another ceremony: its token, its wrapping, its private key', async () => {
  const [mine, other] = [await start(), await start()];
  runOffline(mine);
  runOffline(other);
  const swap = async (name: string, message: RegExp) => {
    const kept = readFileSync(join(mine.dir, name));
    copyFileSync(join(other.dir, name), join(mine.dir, name));
    await refused(mine.keyId, ['finish', '--dir', mine.dir], message);
    writeFileSync(join(mine.dir, name), kept);
  };
  await swap('ImportToken.b64', /KMS\.2603/);
  await swap('EncryptedKeyMaterial.bin', /KMS\.0311/);

  const [rsa, ec] = [await start('RSA_2048'), await start('EC_P256')];
  const { offline } = runOffline(ec);
  runOffline(rsa, {
    '0xPlaintextKeyMaterial.bin': readFileSync(join(offline, '0xPlaintextKeyMaterial.bin')),
    'pkcs1_rsa_private_key.pem': readFileSync(join(offline, 'ec_private_key.pem')),
  });
  await refused(rsa.keyId, ['finish', '--dir', rsa.dir], /KMS\.2609/);
});

test('refuses import parameters that ended, by this clock and by that of the KMS', async () => {
  const ceremony = await start();
  runOffline(ceremony);
  const file = join(ceremony.dir, 'ceremony.json');
  const text = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    text.replace(/"parameters_expire": "[^"]*"/, '"parameters_expire": "2026-01-01T00:00:00Z"'),
  );
  byok.emulator.clearCalls();
  const finish = ['finish', '--dir', ceremony.dir];
  await refused(
    ceremony.keyId,
    finish,
    /import parameters of this ceremony expired 2026-01-01T00:00:00Z .*start another/,
  );
  expect(byok.emulator.calls().map(({ operation }) => operation)).toEqual(['describe-key']);

  writeFileSync(file, text);
  byok.emulator.advanceClock(86_401);
  await refused(ceremony.keyId, finish, /KMS\.2601/);
});

test('nothing secret stood in any output or argument of these runs', () => {
  expect(secrets.length).toBeGreaterThan(20);
  expect(byok.leaks(secrets)).toEqual([]);
  expect(byok.leaks(['The import token is used up'])).not.toEqual([]);
});
