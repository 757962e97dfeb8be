/**
 * `byok apply` and `byok remove` against the emulator: what they do to a key, what they refuse, and
 * what they remember.
 */
import { spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok } from '../emulator/plain-http';
import { describeKey, fingerprintOf, holdsMaterial, writesOf } from '../support/emulated-key';
import { filesBelow } from '../support/leak-scanner';
import { type ByokAndEmulator, startByokAndEmulator } from './byok-and-emulator';
import { bundleByok } from './byok-process';

let bench: ByokAndEmulator;
let folder: string;
const secrets: (Buffer | string)[] = [];

beforeAll(async () => {
  bench = await startByokAndEmulator();
  folder = mkdtempSync(join(tmpdir(), 'byok-apply-'));
});

afterAll(async () => {
  expect(bench.leaks(secrets, filesBelow(join(folder, 'records')))).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
  await bench.close();
});

/** A key, its material in a file, and what is run for it. */
async function subject(keySpec?: string) {
  const keyId = await bench.createKey(keySpec);
  const material = randomBytes(32);
  secrets.push(material);
  const file = join(folder, `${keyId}.b64`);
  writeFileSync(file, material.toString('base64'));
  const base = ['--key-id', keyId];
  bench.emulator.clearCalls();
  return {
    keyId,
    material,
    file,
    apply: (...args: string[]) =>
      bench.run([
        'apply',
        ...base,
        '--material-file',
        file,
        '--record-dir',
        join(folder, 'records'),
        ...args,
      ]),
    /** Without a record. */
    forget: (...args: string[]) => bench.run(['apply', ...base, '--material-file', file, ...args]),
    remove: (...args: string[]) => bench.run(['remove', ...base, ...args]),
    record: join(folder, 'records', `${keyId}.json`),
    writes: () => {
      const writes = writesOf(bench.emulator);
      bench.emulator.clearCalls();
      return writes;
    },
    holds: (bytes = material) => holdsMaterial(bench.emulator, keyId, bytes),
    expiry: async () => (await describeKey(bench.emulator, keyId)).expiration_time,
    state: async () => (await describeKey(bench.emulator, keyId)).key_state,
  };
}

const imported = ['get-parameters-for-import', 'import-key-material'];
/** The first two are refused by the KMS, as they should be, which proves the way back. */
const renewed = [...imported, 'delete-imported-key-material', ...imported];

test('imports, then does nothing, heals what was deleted, and says each in one line', async () => {
  const key = await subject();
  const print = fingerprintOf(key.material);
  expect(await key.apply()).toEqual({
    status: 0,
    stderr: '',
    stdout: `byok: key ${key.keyId}: material imported; present, expires never, ${print}\n`,
  });
  expect([key.writes(), await key.holds()]).toEqual([imported, true]);
  key.writes();
  expect(await key.apply()).toEqual({
    status: 0,
    stderr: '',
    stdout: `byok: key ${key.keyId}: nothing to do; present, expires never, ${print}\n`,
  });
  expect(key.writes()).toEqual([]);
  bench.emulator.deleteMaterial(key.keyId);
  const healed = await key.apply('--json');
  expect(JSON.parse(healed.stdout)).toEqual({
    key_id: key.keyId,
    imported: true,
    reason: expect.stringContaining('the same material is imported again'),
    material_status: 'present',
    expiration_time: 'never',
    fingerprint: print,
    warnings: [],
  });
  expect([key.writes(), await key.holds()]).toEqual([imported, true]);
});

test('costs no more calls than it must', async () => {
  const key = await subject();
  const calls = async (...args: string[]) => {
    bench.emulator.clearCalls();
    await key.apply(...args);
    return bench.emulator.calls().map(({ operation }) => operation);
  };
  expect(await calls()).toEqual(['describe-key', ...imported, 'describe-key']);
  expect(await calls()).toEqual(['describe-key']);
  expect(await calls('--expiration-time', '2035-01-31T00:00:00Z')).toEqual([
    ...[
      'describe-key',
      ...imported,
      'delete-imported-key-material',
      'describe-key',
      ...imported,
      'describe-key',
    ],
  ]);
});

test('another expiry is a renewal that is verified before it deletes, and a missing one means never', async () => {
  const key = await subject();
  await key.apply('--expiration-time', '2035-01-31T00:00:00Z');
  key.writes();
  const { status, stdout } = await key.apply('--expiration-time', '2036-01-31T00:00:00Z');
  expect([status, stdout]).toEqual([
    0,
    expect.stringContaining(
      '--expiration-time changes from 2035-01-31T00:00:00Z to 2036-01-31T00:00:00Z',
    ),
  ]);
  expect([key.writes(), await key.expiry(), await key.holds()]).toEqual([
    renewed,
    '2085350400000',
    true,
  ]);
  expect((await key.apply('--expiration-time', '2085350400')).stdout).toContain('nothing to do');
  expect((await key.apply()).stdout).toContain(
    '--expiration-time changes from 2036-01-31T00:00:00Z to never',
  );
});

test('a rolling expiry is renewed inside its window only', async () => {
  const key = await subject();
  await key.apply('--valid-for', '90d', '--renew-before', '14d');
  key.writes();
  expect((await key.apply('--valid-for', '90d', '--renew-before', '14d')).stdout).toContain(
    'nothing to do',
  );
  expect((await key.apply('--valid-for', '90d', '--renew-before', '89d')).stdout).toContain(
    'nothing to do',
  );
  expect(key.writes()).toEqual([]);
  bench.emulator.expireNow(key.keyId, { purge: false });
  expect((await key.apply('--valid-for', '90d', '--renew-before', '14d')).stdout).toContain(
    'to be valid for 90d',
  );
  expect(key.writes()).toEqual(renewed);
});

test('a validity shorter than what the key has is said not to count yet', async () => {
  const key = await subject();
  await key.apply('--expiration-time', '2036-01-15T00:00:00Z');
  key.writes();
  const kept = await key.forget('--valid-for', '90d', '--renew-before', '14d');
  expect([kept.status, key.writes()]).toEqual([0, []]);
  expect(kept.stdout).toContain('held material that expires 2036-01-15T00:00:00Z');
  expect(kept.stdout).toContain('--valid-for counts from 2036-01-01T00:00:00Z on');
});

test('refuses a renewal of what nothing proves, and does it by the record, by the flag, or by a public key', async () => {
  const key = await subject();
  await key.apply('--expiration-time', '2035-01-31T00:00:00Z');
  key.writes();
  const refused = await key.forget('--expiration-time', '2036-01-31T00:00:00Z');
  expect([refused.status, refused.stderr]).toEqual([
    1,
    expect.stringContaining('nothing proves that the given material is what'),
  ]);
  expect(key.writes()).toEqual([]);
  expect(
    (await key.forget('--expiration-time', '2036-01-31T00:00:00Z', '--allow-unverified-renewal'))
      .status,
  ).toBe(0);
  expect(
    (await key.apply('--expiration-time', '2037-01-31T00:00:00Z', '--no-allow-interruption'))
      .stderr,
  ).toContain('and --no-allow-interruption is given');
  expect((await key.apply('--expiration-time', '2037-01-31T00:00:00Z')).status).toBe(0);
  expect(await key.holds()).toBe(true);
});

test('refuses other material by the record, whether an import is due or not, and the KMS sees no change', async () => {
  const key = await subject();
  await key.apply();
  key.writes();
  const other = randomBytes(32);
  secrets.push(other);
  writeFileSync(key.file, other.toString('base64'));
  const bound = `this key is bound for ever to ${fingerprintOf(key.material)}`;
  for (const args of [
    [],
    ['--expiration-time', '2035-01-31T00:00:00Z'],
    ['--fingerprint', fingerprintOf(other)],
  ]) {
    const { status, stdout, stderr } = await key.apply(...args);
    expect([status, stdout, stderr]).toEqual([1, '', expect.stringContaining(bound)]);
  }
  expect([key.writes(), await key.holds()]).toEqual([[], true]);
  bench.emulator.deleteMaterial(key.keyId);
  expect((await key.apply()).stderr).toContain(bound);
  expect([key.writes(), await key.state()]).toEqual([[], '5']);
});

test('refuses what is not pinned, before anything is imported', async () => {
  const key = await subject();
  const { status, stderr } = await key.apply('--fingerprint', `sha256:${'0'.repeat(64)}`);
  expect([status, stderr]).toEqual([
    1,
    expect.stringContaining('fingerprint is pinned to sha256:000'),
  ]);
  expect([key.writes(), existsSync(key.record)]).toEqual([[], false]);
});

test('material that somebody else imported is adopted, and said to be unproven', async () => {
  const key = await subject();
  await bench.run([
    'import',
    '--key-id',
    key.keyId,
    '--material-file',
    key.file,
    '--expiration-time',
    '2035-01-31T00:00:00Z',
  ]);
  key.writes();
  const { status, stdout } = await key.apply();
  expect([status, stdout]).toEqual([
    0,
    expect.stringContaining('nothing to do; present, expires 2035-01-31T00:00:00Z, no proof of'),
  ]);
  expect(stdout).toContain('byok: warning: Material already in the key was adopted.');
  expect([key.writes(), existsSync(key.record)]).toEqual([[], false]);
});

test('a private key is proven by its public key, also without a record, and another one is refused', async () => {
  const key = await subject('EC_P256');
  const pem = () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    secrets.push(privateKey.export({ type: 'pkcs8', format: 'der' }));
    return privateKey.export({ type: 'pkcs8', format: 'pem' });
  };
  writeFileSync(key.file, pem());
  expect((await key.forget('--material-encoding', 'pem')).status).toBe(0);
  expect((await key.apply('--material-encoding', 'pem', '--json')).stdout).toContain(
    '"warnings":[]',
  );
  expect(JSON.parse(readFileSync(key.record, 'utf8'))).toMatchObject({ proof: 'public_key' });
  writeFileSync(key.file, pem());
  key.writes();
  expect((await key.forget('--material-encoding', 'pem')).stderr).toContain(
    'this key is bound for ever to',
  );
  expect(key.writes()).toEqual(['get-publickey']);
  const { status, stdout } = await key.remove();
  expect([status, stdout]).toEqual([
    0,
    expect.stringContaining('The private key stays in the KMS'),
  ]);
});

test('needs no material while nothing is due, and fails when an import is', async () => {
  const key = await subject();
  await key.apply();
  rmSync(key.file);
  expect((await key.apply()).stdout).toContain('nothing to do');
  bench.emulator.deleteMaterial(key.keyId);
  const { status, stderr } = await key.apply();
  expect([status, stderr]).toEqual([1, expect.stringContaining('does not exist')]);
});

test('an empty standard input is no material: no failure while nothing is due', async () => {
  const key = await subject();
  const bare = () => bench.run(['apply', '--key-id', key.keyId], { input: '' });
  expect(await bare()).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('standard input is empty'),
  });
  await key.apply();
  expect(await bare()).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('nothing to do'),
  });
});

test('takes the material from a variable, a pipe, or a program, also from an HSM', async () => {
  const { material } = await subject();
  const text = material.toString('base64');
  const hsm = join(folder, 'hsm.sh');
  writeFileSync(hsm, `#!/bin/sh\necho '{"fingerprint": "${fingerprintOf(material)}"}'\n`);
  chmodSync(hsm, 0o755);
  const run = async (args: string[], options: object) => {
    const keyId = await bench.createKey();
    return [keyId, await bench.run(['apply', '--key-id', keyId, ...args], options)] as const;
  };
  for (const [args, options] of [
    [['--material-env', 'PAYMENTS'], { env: { PAYMENTS: text } }],
    [[], { input: text }],
    [
      ['--material-command', '["sh", "-c", "cat \\"$BYOK_FILE\\""]'],
      { env: { BYOK_FILE: join(folder, 'piped') } },
    ],
  ] as const) {
    writeFileSync(join(folder, 'piped'), text);
    const [keyId, { status, stderr }] = await run([...args], options);
    expect([status, stderr]).toEqual([0, '']);
    expect(await holdsMaterial(bench.emulator, keyId, material)).toBe(true);
  }
  // It tells its fingerprint, and then cannot wrap: the fingerprint alone was asked for by the pin.
  const [, refused] = await run(
    ['--wrap-command', JSON.stringify([hsm]), '--fingerprint', `sha256:${'0'.repeat(64)}`],
    {},
  );
  expect(refused.stderr).toContain(`the given material has fingerprint ${fingerprintOf(material)}`);
});

test('remove deletes the material and keeps the key; apply brings the same back', async () => {
  const key = await subject();
  await key.apply();
  key.writes();
  const deleted = `byok: key ${key.keyId}: its imported material was deleted, and it now holds none\n`;
  expect(await key.remove()).toEqual({ status: 0, stderr: '', stdout: deleted });
  const none = `byok: key ${key.keyId}: there was nothing to delete, because it holds no imported material\n`;
  expect(await key.remove()).toEqual({ status: 0, stderr: '', stdout: none });
  expect([key.writes(), await key.state()]).toEqual([['delete-imported-key-material'], '5']);
  expect(JSON.parse((await key.remove('--json')).stdout)).toEqual({
    key_id: key.keyId,
    removed: false,
    outcome: 'none',
    holds_material: false,
    warnings: [],
  });
  expect(key.writes()).toEqual([]);
  expect((await key.apply()).status).toBe(0);
  expect(await key.holds()).toBe(true);
});

test('removing from a key that does not exist any more is success', async () => {
  const unknown = '00000000-0000-0000-0000-000000000000';
  expect((await bench.run(['remove', '--key-id', unknown])).status).toBe(0);
});

test.each([
  [
    'a key that does not exist',
    ['--key-id', '00000000-0000-0000-0000-000000000000'],
    'does not know key',
  ],
  [
    'a key id of another form',
    ['--key-id', '../x'],
    '--key-id is a text of 4 characters, which may be a secret and is not shown; allowed are 36',
  ],
  ['half a rolling expiry', ['--valid-for', '90d'], '--valid-for is given without --renew-before'],
  [
    'a window that is not shorter',
    ['--valid-for', '9d', '--renew-before', '9d'],
    'which is not shorter than --valid-for',
  ],
  [
    'a program that is no list',
    ['--material-command', 'pass show orders'],
    '--material-command is no list of texts',
  ],
  ['a pin of another form', ['--fingerprint', 'md5:0'], '--fingerprint is "md5:0"; allowed are'],
  [
    'a past expiry',
    ['--expiration-time', '2020-01-31T00:00:00Z', '--material-env', 'X'],
    'which is past',
  ],
])('fails on %s', async (_what, args, message) => {
  const key = args.includes('--key-id') ? [] : ['--key-id', await bench.createKey()];
  const { status, stdout, stderr } = await bench.run(['apply', ...key, ...args]);
  expect([status, stdout, stderr]).toEqual([1, '', expect.stringContaining(message)]);
});

test('fails on a key that is scheduled for deletion, which nothing can be imported into', async () => {
  const key = await subject();
  await key.apply();
  await ok(bench.emulator, 'schedule-key-deletion', { key_id: key.keyId, pending_days: '7' });
  const { status, stderr } = await key.apply();
  expect([status, stderr]).toEqual([
    1,
    expect.stringContaining('is in state 4 (scheduled for deletion)'),
  ]);
});

test('fails on another expiry of a disabled key, which an import would enable, and does it once the key is enabled', async () => {
  const key = await subject();
  await key.apply('--expiration-time', '2035-01-31T00:00:00Z');
  await ok(bench.emulator, 'disable-key', { key_id: key.keyId });
  key.writes();
  const { status, stdout, stderr } = await key.apply('--expiration-time', '2036-01-31T00:00:00Z');
  expect([status, stdout, stderr]).toEqual([
    1,
    '',
    expect.stringContaining('is disabled, and changing --expiration-time from 2035-01-31'),
  ]);
  expect([key.writes(), await key.expiry()]).toEqual([[], '2053814400000']);
  expect((await key.apply('--expiration-time', '2035-01-31T00:00:00Z')).status).toBe(0);
  await ok(bench.emulator, 'enable-key', { key_id: key.keyId });
  expect((await key.apply('--expiration-time', '2036-01-31T00:00:00Z')).status).toBe(0);
  expect([await key.expiry(), await key.holds()]).toEqual(['2085350400000', true]);
});

test('fails on a record that is none, and names it', async () => {
  const key = await subject();
  await key.apply();
  writeFileSync(key.record, '{"version":1,"key_id":"another"}');
  const { status, stderr } = await key.apply();
  expect([status, stderr]).toEqual([
    1,
    expect.stringContaining(`is not a record of key ${key.keyId}`),
  ]);
  rmSync(key.record);
});

test('a record that cannot be written is a warning: the import is done', async () => {
  const key = await subject();
  const nowhere = join(folder, 'nowhere');
  symlinkSync(join(folder, 'gone', 'for-good'), nowhere);
  const { status, stdout } = await key.forget('--record-dir', nowhere);
  expect([status, stdout]).toEqual([
    0,
    expect.stringContaining('The record of the import could not be written'),
  ]);
  expect(await key.holds()).toBe(true);
});

test('an import whose answer was lost proves nothing and leaves no record', async () => {
  const key = await subject();
  bench.emulator.injectFaults([{ operation: 'import-key-material', drop: 'after' }]);
  const { status, stdout } = await key.apply();
  expect([status, stdout]).toEqual([0, expect.stringContaining('The import is not proven')]);
  expect([
    await key.holds(),
    readdirSync(join(folder, 'records')).includes(`${key.keyId}.json`),
  ]).toEqual([true, false]);
});

test('an interrupt between delete and import leaves the key with its material', async () => {
  const key = await subject();
  await key.apply();
  const byok = bundleByok();
  bench.emulator.clearCalls();
  bench.emulator.injectFaults([{ operation: 'import-key-material', delayMs: 600 }]);
  const args = [
    'apply',
    '--key-id',
    key.keyId,
    '--material-file',
    key.file,
    '--record-dir',
    join(folder, 'records'),
  ];
  const { PATH = '' } = process.env;
  const env = {
    PATH,
    HW_PROJECT_ID: bench.emulator.projectId,
    HW_AUTH_TOKEN: bench.emulator.authToken,
  };
  const child = spawn(
    process.execPath,
    [
      byok.file,
      ...args,
      '--expiration-time',
      '2035-01-31T00:00:00Z',
      '--kms-endpoint',
      bench.emulator.url,
    ],
    { env },
  );
  const closed = once(child, 'close');
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  while (!writesOf(bench.emulator).includes('delete-imported-key-material')) {
    expect(child.exitCode).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  child.kill('SIGINT');
  expect(await closed).toEqual([0, null]);
  expect(said).toMatch(/^byok: interrupted: apply waits .*; another Ctrl-C ends it at once, .*\n$/);
  expect([await key.holds(), await key.expiry()]).toEqual([true, '2053814400000']);
  byok.remove();
});

test('a removal at its time limit says that the KMS has deleted the material', async () => {
  const key = await subject();
  await key.apply();
  // The look after the delete; one goes before it.
  bench.emulator.injectFaults([{ operation: 'describe-key', skip: 2, delayMs: 2500 }]);
  const { status, stderr } = await key.remove('--timeout', '1s');
  expect(status).toBe(1);
  expect(stderr).toMatch(
    new RegExp(
      `^byok: the KMS said that it deleted the material of key ${key.keyId}; then, before the key showed it, describe-key was stopped at the time limit of 1s`,
    ),
  );
  expect(writesOf(bench.emulator)).toContain('delete-imported-key-material');
});
