import { execFileSync } from 'node:child_process';
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
} from 'node:crypto';
import { constants, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getParameters, wrapMaterial, wrapWithOpenssl } from '../emulator/external-key';
import { call, ok } from '../emulator/plain-http';
import { describeKey, fingerprintOf, holdsMaterial, writesOf } from '../support/emulated-key';
import { startRecordingProxy } from '../support/recording-proxy';
import { type ByokAndEmulator, type RunOptions, startByokAndEmulator } from './byok-and-emulator';

let byok: ByokAndEmulator;
let folder: string;
const secrets: (Buffer | string)[] = [];
const password = 'correct horse battery staple';

beforeAll(async () => {
  byok = await startByokAndEmulator();
  folder = mkdtempSync(join(tmpdir(), 'byok-import-'));
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await byok.close();
});

let count = 0;

function file(content: Buffer | string): string {
  const path = join(folder, `file-${count++}`);
  writeFileSync(path, content);
  return path;
}

function freshMaterial(): Buffer {
  const material = randomBytes(32);
  secrets.push(material);
  return material;
}

/** What a person with openssl alone would have: a token and ciphertext for it. */
async function wrapElsewhere(
  keyId: string,
  material: Buffer,
): Promise<{ token: string; wrapped: string }> {
  const { import_token: token, public_key } = await getParameters(byok.emulator, keyId);
  secrets.push(token);
  return { token, wrapped: wrapMaterial(public_key, material) };
}

async function succeed(
  args: readonly string[],
  options?: RunOptions,
): Promise<Record<string, unknown>> {
  const { status, stdout, stderr } = await byok.run(['import', '--json', ...args], options);
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

test('imports material from a file, a variable or a pipe, and names it as byok fingerprint does', async () => {
  const sources: readonly ((material: Buffer) => [string[], RunOptions])[] = [
    (material) => [['--material-file', file(material.toString('base64'))], {}],
    (material) => [
      [
        '--material-file',
        file(material),
        '--material-encoding',
        'raw',
        '--wrapping-algorithm',
        'RSAES_OAEP_SHA_256',
      ],
      {},
    ],
    (material) => [
      ['--material-env', 'ORDERS_KEY', '--material-encoding', 'hex'],
      { env: { ORDERS_KEY: material.toString('hex') } },
    ],
    (material) => [[], { input: material.toString('base64') }],
  ];
  for (const source of sources) {
    const [keyId, material] = [await byok.createKey(), freshMaterial()];
    const [args, options] = source(material);
    expect(await succeed(['--key-id', keyId, ...args], options)).toEqual({
      key_id: keyId,
      key_spec: 'AES_256',
      key_state: '2',
      expiration_time: null,
      fingerprint: fingerprintOf(material),
      imported: true,
      warnings: [],
    });
    expect(await holdsMaterial(byok.emulator, keyId, material)).toBe(true);
  }
});

test('says in words what the key is now', async () => {
  const [keyId, material] = [await byok.createKey(), freshMaterial()];
  const args = [
    'import',
    '--key-id',
    keyId,
    '--expiration-time',
    '2999886177',
    '--wrapping-algorithm',
    'RSAES_OAEP_SHA_1',
  ];
  const { status, stdout, stderr } = await byok.run(args, { input: material.toString('base64') });
  expect([status, stderr]).toEqual([
    0,
    expect.stringMatching(/^warning: RSAES_OAEP_SHA_1 is legacy.*\n$/),
  ]);
  expect(stdout).toBe(
    [
      'The key material is imported.',
      '',
      `  key          ${keyId} (AES_256)`,
      '  state        2 (enabled)',
      '  expires      2065-01-22T21:42:57Z',
      `  fingerprint  ${fingerprintOf(material)}`,
      '',
    ].join('\n'),
  );
  expect((await describeKey(byok.emulator, keyId)).expiration_time).toBe('2999886177000');
});

test('sends every field of the API page as it was given', async () => {
  const proxy = await startRecordingProxy(byok.emulator.url);
  try {
    const [keyId, material] = [await byok.createKey(), freshMaterial()];
    const { token, wrapped } = await wrapElsewhere(keyId, material);
    const sequence = '919c82d4-8046-4722-9094-35c3c6524cff';
    const args = [
      '--key-id',
      keyId,
      '--import-token-file',
      file(`${token}\n`),
      '--encrypted-key-material-env',
      'WRAPPED',
    ];
    const options = { env: { WRAPPED: wrapped }, endpoint: proxy.url };
    const imported = await succeed(
      [...args, '--expiration-time', '2065-01-22T21:42:57Z', '--sequence', sequence],
      options,
    );
    expect(imported).toMatchObject({
      expiration_time: '2065-01-22T21:42:57Z',
      fingerprint: null,
      imported: true,
    });
    const sent = proxy.exchanges
      .filter(({ operation }) => operation === 'import-key-material')
      .map((exchange) => JSON.parse(exchange.sent));
    expect(sent).toEqual([
      {
        key_id: keyId,
        import_token: token,
        encrypted_key_material: wrapped,
        expiration_time: 2999886177,
        sequence,
      },
    ]);
    expect(await holdsMaterial(byok.emulator, keyId, material)).toBe(true);
  } finally {
    await proxy.close();
  }
});

test('imports a private key that openssl wrapped: token from a variable, both ciphertexts from files', async () => {
  const keyId = await byok.createKey('EC_P256');
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const der = privateKey.export({ type: 'pkcs8', format: 'der' });
  const intermediate = freshMaterial();
  secrets.push(der);
  const { token, wrapped } = await wrapElsewhere(keyId, intermediate);
  const wrap = [
    'enc',
    '-id-aes256-wrap-pad',
    '-K',
    intermediate.toString('hex'),
    '-iv',
    'A65959A6',
  ];
  const wrappedKey = execFileSync('openssl', wrap, { input: der });
  const files = [
    '--encrypted-key-material-file',
    file(Buffer.from(wrapped, 'base64')),
    '--encrypted-privatekey-file',
    file(wrappedKey.toString('base64')),
  ];
  const imported = await succeed(['--key-id', keyId, '--import-token-env', 'TOKEN', ...files], {
    env: { TOKEN: token },
  });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  expect(imported).toMatchObject({
    key_spec: 'EC_P256',
    fingerprint: `sha256:${createHash('sha256').update(spki).digest('hex')}`,
  });
});

test('imports an encrypted private key, and the same again is seen to be there already', async () => {
  const keyId = await byok.createKey('RSA_2048');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  secrets.push(privateKey.export({ type: 'pkcs8', format: 'der' }), password);
  const pem = privateKey.export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: password,
  });
  const args = [
    '--key-id',
    keyId,
    '--material-file',
    file(pem),
    '--material-encoding',
    'pem',
    '--material-password-env',
    'KEY_PASSWORD',
  ];
  const options = { env: { KEY_PASSWORD: password } };
  expect(await succeed(args, options)).toMatchObject({ key_spec: 'RSA_2048', imported: true });
  const { public_key } = await ok<{ public_key: string }>(byok.emulator, 'get-publickey', {
    key_id: keyId,
  });
  expect(
    createPublicKey(public_key).equals(
      createPublicKey(createPrivateKey({ key: pem, passphrase: password })),
    ),
  ).toBe(true);

  byok.emulator.clearCalls();
  expect(await succeed(args, options)).toMatchObject({ imported: false });
  expect(writesOf(byok.emulator)).toEqual(['get-publickey']);

  const { privateKey: other } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const input = other.export({ type: 'pkcs8', format: 'pem' });
  const { status, stderr } = await byok.run(
    ['import', '--key-id', keyId, '--material-encoding', 'pem'],
    { input },
  );
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/holds the private key with fingerprint .*\n$/),
  ]);
});

test('fetches new parameters once when the KMS finds the token too old, and takes a lost answer for what it is', async () => {
  for (const fault of [{ errorCode: 'KMS.2601' }, { drop: 'after' } as const]) {
    const [keyId, material] = [await byok.createKey(), freshMaterial()];
    byok.emulator.injectFaults([{ operation: 'import-key-material', ...fault }]);
    expect(
      await succeed(['--key-id', keyId], { input: material.toString('base64') }),
    ).toMatchObject({ imported: true });
    expect(await holdsMaterial(byok.emulator, keyId, material)).toBe(true);
  }
});

test('refuses a key that holds material already, without a write', async () => {
  const [keyId, material] = [await byok.createKey(), freshMaterial()];
  const input = material.toString('base64');
  await succeed(['--key-id', keyId], { input });
  const { token, wrapped } = {
    token: 'A'.repeat(400),
    wrapped: randomBytes(256).toString('base64'),
  };
  const preWrapped = [
    '--import-token-file',
    file(token),
    '--encrypted-key-material-file',
    file(wrapped),
  ];
  for (const state of ['2', '3']) {
    byok.emulator.setKeyState(keyId, state);
    for (const args of [[], preWrapped]) {
      byok.emulator.clearCalls();
      const { status, stdout, stderr } = await byok.run(['import', '--key-id', keyId, ...args], {
        input,
      });
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(
        /^byok: key .* is in state [23] \(\w+\) and already holds material that expires never; nothing was changed\n$/,
      );
      expect(byok.emulator.calls().map(({ operation }) => operation)).toEqual(['describe-key']);
    }
  }
});

test('refuses other material than the key was first imported with, in the words of the KMS and with a way out', async () => {
  const [keyId, material] = [await byok.createKey(), freshMaterial()];
  await succeed(['--key-id', keyId], { input: material.toString('base64') });
  expect(
    (await call(byok.emulator, 'delete-imported-key-material', { key_id: keyId })).status,
  ).toBe(200);
  const { status, stderr } = await byok.run(['import', '--key-id', keyId], {
    input: freshMaterial().toString('base64'),
  });
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/^byok: .*KMS\.2606.*or make a new key.*\n$/),
  ]);
  expect(await succeed(['--key-id', keyId], { input: material.toString('base64') })).toMatchObject({
    imported: true,
  });
});

test('fails with one sentence and exit code 1, and the key still waits', async () => {
  const [keyId, material] = [await byok.createKey(), freshMaterial()];
  const { token, wrapped } = await wrapElsewhere(keyId, material);
  const [tokenFile, wrappedFile, bytes] = [file(token), file(wrapped), file(randomBytes(32))];
  const elsewhere = ['--import-token-file', tokenFile, '--encrypted-key-material-file'];
  const cases: readonly (readonly [string[], RegExp])[] = [
    [[], /standard input is empty/],
    [['--material-file', join(folder, 'missing')], /file ".*missing" .* does not exist/],
    [['--material-env', 'UNSET_KEY'], /"UNSET_KEY".* is not set/],
    [['--material-file', bytes], /is not base64/],
    [['--material-file', file('QUFB')], /has 3 bytes; AES_256 needs exactly 32/],
    [
      ['--material-file', file(Buffer.alloc(32, 7).toString('base64'))],
      /plainly weak \(one byte repeated\)/,
    ],
    [
      ['--material-file', bytes, '--material-encoding', 'raw', '--material-password-env', 'UNSET'],
      /"UNSET" that holds the password is not set/,
    ],
    [['--import-token-file', tokenFile], /given without --encrypted-key-material-file/],
    [['--encrypted-key-material-file', wrappedFile], /given without --import-token-file/],
    [
      ['--import-token-env', 'UNSET', '--encrypted-key-material-file', wrappedFile],
      /environment variable "UNSET" is not set/,
    ],
    [
      [...elsewhere, join(folder, 'missing')],
      /--encrypted-key-material-file ".*missing" does not exist/,
    ],
    [
      [...elsewhere, bytes],
      /the wrapped material in file ".*" has 32 bytes; allowed are 344 to 360/,
    ],
    [[...elsewhere, file(randomBytes(256))], /KMS\.0311/],
    [
      ['--import-token-file', wrappedFile, '--encrypted-key-material-file', wrappedFile],
      /KMS\.2605/,
    ],
    [
      [...elsewhere, wrappedFile, '--expiration-time', '1'],
      /--expiration-time is 1970-01-01T00:00:01Z, which is past/,
    ],
    [
      [...elsewhere, wrappedFile, '--expiration-time', 'soon'],
      /--expiration-time is "soon"; allowed are/,
    ],
    [
      [...elsewhere, wrappedFile, '--sequence', '42'],
      /--sequence has 2 characters; allowed are 36/,
    ],
    [['--key-id', 'orders', ...elsewhere, wrappedFile], /--key-id is "orders"; allowed are/],
    [
      ['--key-id', '0d0466b0-e727-4d9c-b35d-f84bb474a37f', ...elsewhere, wrappedFile],
      /the KMS does not know key/,
    ],
    [
      ['--key-id', await byok.createKey('AES_256', 'kms'), ...elsewhere, wrappedFile],
      /has origin "kms"/,
    ],
    [['--key-id', await byok.createKey(), ...elsewhere, wrappedFile], /KMS\.2603/],
    [
      [
        '--key-id',
        await byok.createKey('EC_P256'),
        '--material-file',
        bytes,
        '--material-encoding',
        'raw',
      ],
      /which EC_P256 needs; give one with/,
    ],
  ];
  for (const [args, message] of cases) {
    const { status, stdout, stderr } = await byok.run(['import', '--key-id', keyId, ...args]);
    expect([args, status, stdout]).toEqual([args, 1, '']);
    expect(stderr).toMatch(/^byok: [^\n]*\n$/);
    expect(stderr).toMatch(message);
  }
  expect((await describeKey(byok.emulator, keyId)).key_state).toBe('5');
  const { stderr } = await byok.run([
    'import',
    '--json',
    '--key-id',
    keyId,
    '--import-token-file',
    tokenFile,
  ]);
  expect(JSON.parse(stderr).error.code).toBe('ERR_ARGUMENT');
});

test('refuses flags that contradict each other, and a token as an argument', async () => {
  const keyId = await byok.createKey();
  const cases: readonly (readonly [string[], RegExp])[] = [
    [['--material-file', 'a', '--material-env', 'B'], /given together/],
    [['--material-file', 'a', '--import-token-file', 'b'], /given together/],
    [['--import-token-file', 'a', '--import-token-env', 'B'], /cannot be used with/],
    [
      ['--wrapping-algorithm', 'RSAES_OAEP_SHA_1', '--import-token-file', 'a'],
      /cannot be used with/,
    ],
    [['--wrapping-algorithm', 'SM2_ENCRYPT'], /Allowed choices are RSAES_OAEP_SHA_256/],
    [['--import-token', 'AACI'], /unknown option '--import-token'/],
  ];
  for (const [args, message] of cases) {
    const { status, stderr } = await byok.run(['import', '--key-id', keyId, ...args]);
    expect([args, status, stderr]).toEqual([args, 1, expect.stringMatching(message)]);
  }
  expect((await byok.run(['import'])).stderr).toMatch(
    /required option '--key-id <ID>' not specified/,
  );
});

test('imports weak material where that is asked for', async () => {
  const keyId = await byok.createKey();
  const material = Buffer.alloc(32, 7);
  await succeed(['--key-id', keyId, '--allow-weak-material'], {
    input: material.toString('base64'),
  });
  expect(await holdsMaterial(byok.emulator, keyId, material)).toBe(true);
});

test('nothing secret stood in any output or argument of these runs', () => {
  expect(secrets.length).toBeGreaterThan(12);
  expect(byok.leaks(secrets)).toEqual([]);
  expect(byok.leaks(['The key material is imported.'])).not.toEqual([]);
});

test.each(['import', 'ceremony finish'])(
  'an interrupt of byok %s once the import was sent is told, and waits for what the KMS says',
  async (command) => {
    const [keyId, material] = [await byok.createKey(), freshMaterial()];
    const dir = join(folder, `ceremony-${count++}`);
    let args = ['import', '--key-id', keyId, '--material-file', file(material.toString('base64'))];
    if (command !== 'import') {
      await byok.run(['ceremony', 'start', '--key-id', keyId, '--out-dir', dir]);
      writeFileSync(
        join(dir, 'EncryptedKeyMaterial.bin'),
        wrapWithOpenssl(readFileSync(join(dir, 'PublicKey.bin')).toString('base64'), material),
        'base64',
      );
      args = ['ceremony', 'finish', '--dir', dir];
    }
    byok.emulator.injectFaults([{ operation: 'import-key-material', delayMs: 1000 }]);
    const proxy = await startRecordingProxy(byok.emulator.url);
    const { child, ended } = byok.start(args, { endpoint: proxy.url });
    // It has been sent, and has no answer for a while.
    proxy.intercept(({ operation }) => {
      if (operation === 'import-key-material') {
        child.kill('SIGINT');
      }
      return undefined;
    });
    const { status, stderr } = await ended;
    await proxy.close();
    expect(status).toBe(0);
    expect(stderr).toMatch(
      new RegExp(`^byok: interrupted: ${command} waits for the answer of the KMS; another .*\n$`),
    );
    expect(await holdsMaterial(byok.emulator, keyId, material)).toBe(true);
  },
);

describe.each(['SIGINT', 'SIGTERM'] as const)('%s, while the material is awaited', (signal) => {
  const noWriter = (): string => {
    const path = join(folder, `pipe-${count++}`);
    execFileSync('mkfifo', [path]);
    return path;
  };
  test.each([
    ['import', 'standard input', undefined],
    ['import', 'a pipe without a writer', noWriter],
    ['apply', 'standard input', undefined],
    ['apply', 'a pipe without a writer', noWriter],
  ] as const)('ends byok %s that waits for %s', async (command, _source, pipe) => {
    const [keyId, path] = [await byok.createKey(), pipe?.()];
    byok.emulator.clearCalls();
    const { child, ended } = byok.start(
      [command, '--key-id', keyId, ...(path === undefined ? [] : ['--material-file', path])],
      { endlessInput: true },
    );
    while (byok.emulator.calls().length === 0) {
      expect(child.exitCode).toBeNull();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    child.kill(signal);
    const waited = path === undefined ? 'standard input' : `the pipe "${path}"`;
    expect(await ended).toEqual({
      status: 1,
      stdout: '',
      stderr: `byok: reading ${waited} was interrupted; nothing was changed\n`,
    });
    expect(writesOf(byok.emulator)).toEqual([]);
  });
});

test('an interrupt ends the wait for a wrapped field, too', async () => {
  const [keyId, pipe] = [await byok.createKey(), join(folder, `pipe-${count++}`)];
  execFileSync('mkfifo', [pipe]);
  const writer = new Socket({
    fd: openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK),
    readable: false,
    writable: true,
  });
  byok.emulator.clearCalls();
  const { child, ended } = byok.start([
    'import',
    ...['--key-id', keyId, '--import-token-file', file('AAAA')],
    ...['--encrypted-key-material-file', pipe, '--json'],
  ]);
  // More than the pipe holds, so that this ends when the command reads.
  await new Promise((resolve) => writer.write(Buffer.alloc(100_000, 'A'), resolve));
  child.kill('SIGINT');
  const { status, stderr } = await ended;
  expect([status, JSON.parse(stderr)]).toMatchObject([1, { error: { code: 'ERR_INTERRUPTED' } }]);
  expect(byok.emulator.calls()).toEqual([]);
  writer.destroy();
});
