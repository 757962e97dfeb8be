/**
 * `byok check --live` against the emulator: what it finds, how it says it, and what its exit code
 * tells.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ok } from '../emulator/plain-http';
import { type ByokAndEmulator, startByokAndEmulator } from './byok-and-emulator';

let bench: ByokAndEmulator;
let folder: string;
const material = Buffer.from('yTqPdrY1V0VbUPRBHmDCOZ4EX8PWmg9Hd1Ag5oVAhpw=', 'base64');

beforeEach(async () => {
  bench = await startByokAndEmulator();
  folder = mkdtempSync(join(tmpdir(), 'byok-check-'));
});

afterEach(async () => {
  expect(bench.leaks([material])).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
  await bench.close();
});

async function importInto(keyId: string, expiration?: Date): Promise<void> {
  const expiry =
    expiration === undefined
      ? []
      : ['--expiration-time', `${expiration.toISOString().slice(0, 19)}Z`];
  const { status, stderr } = await bench.run(['import', '--key-id', keyId, ...expiry], {
    input: material.toString('base64'),
  });
  expect([status, stderr]).toEqual([0, '']);
}

const present = {
  key_id: 'k',
  material_status: 'present',
  expiration_time: 'never',
  fingerprint: `sha256:${'a'.repeat(64)}`,
  fingerprint_verified: true,
};

function stateOf(attributes: object): string {
  const resource = {
    mode: 'managed',
    type: 'byok_key_material',
    name: 'orders',
    instances: [{ attributes }],
  };
  return JSON.stringify({ version: 4, resources: [resource] });
}

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);

interface Report {
  readonly verdict: string;
  readonly exit_code: number;
  readonly findings: {
    key_id: string;
    verdict: string;
    material_status: string;
    days_left: number;
    reason: string | null;
  }[];
}

async function check(...args: string[]): Promise<Report> {
  const { status, stdout, stderr } = await bench.run(['check', '--live', '--json', ...args]);
  expect(stderr).toBe('');
  const report = JSON.parse(stdout) as Report;
  expect(status).toBe(report.exit_code);
  return report;
}

test('material that never expires is fine, and ends with 0', async () => {
  const keyId = await bench.createKey();
  await importInto(keyId);
  const { status, stdout, stderr } = await bench.run(['check', '--live']);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(
    /^VERDICT +KEY +STATUS +EXPIRES +DAYS LEFT\nfine +test-[0-9a-f-]{36} +present +never +-\n$/,
  );
});

test('material inside the window is expiring, and ends with 2', async () => {
  const keyId = await bench.createKey();
  await importInto(keyId, inDays(10));
  const { verdict, exit_code, findings } = await check();
  expect([verdict, exit_code]).toEqual(['expiring', 2]);
  expect(findings).toEqual([
    expect.objectContaining({
      key_id: keyId,
      verdict: 'expiring',
      material_status: 'present',
      days_left: 9,
    }),
  ]);
  expect(findings[0]?.reason).toMatch(/^The key material expires soon: /);
  expect((await check('--warn-before', '9d')).exit_code).toBe(0);
});

test('material that is gone is missing, and ends with 3, whatever else there is', async () => {
  const [deleted, expired, purged, never, scheduled, expiring, fine] = await Promise.all(
    Array.from({ length: 7 }, () => bench.createKey()),
  );
  for (const keyId of [deleted, expired, purged, scheduled, fine]) {
    await importInto(String(keyId), inDays(100));
  }
  await importInto(String(expiring), inDays(3));
  bench.emulator.deleteMaterial(String(deleted));
  bench.emulator.expireNow(String(expired), { purge: false });
  bench.emulator.expireNow(String(purged));
  await ok(bench.emulator, 'schedule-key-deletion', { key_id: scheduled, pending_days: '7' });
  const { exit_code, findings } = await check();
  expect(exit_code).toBe(3);
  const statusOf = Object.fromEntries(
    findings.map(({ key_id, verdict, material_status }) => [
      key_id,
      `${verdict} ${material_status}`,
    ]),
  );
  expect(statusOf).toEqual({
    [String(deleted)]: 'missing deleted_outside',
    [String(expired)]: 'missing expired_not_purged',
    // The KMS forgets the expiry with the material.
    [String(purged)]: 'missing deleted_outside',
    [String(never)]: 'missing deleted_outside',
    [String(scheduled)]: 'scheduled key_pending_deletion',
    [String(expiring)]: 'expiring present',
    [String(fine)]: 'fine present',
  });
});

test('writes a JUnit report beside whatever it prints', async () => {
  await bench.createKey();
  const file = join(folder, 'byok.xml');
  const { status, stdout } = await bench.run(['check', '--live', '--junit', file]);
  expect(status).toBe(3);
  const reason =
    'the key holds no material: none was imported yet, it was deleted, or it expired and the KMS deleted it';
  expect(stdout).toContain(reason);
  expect(readFileSync(file, 'utf8')).toContain(`<failure type="missing" message="${reason}">`);
});

test('--json FILE writes the object there and prints the table; a check that fails leaves the last one', async () => {
  const keyId = await bench.createKey();
  await importInto(keyId, inDays(10));
  const file = join(folder, 'check.json');
  const { status, stdout } = await bench.run(['check', '--live', '--json', file]);
  expect([status, stdout.split(' ')[0]]).toEqual([2, 'VERDICT']);
  const written = readFileSync(file, 'utf8');
  const { projectName, projectId } = bench.emulator;
  const whereabouts = { cloud: 'huaweicloud', region: null, project: projectId };
  expect(JSON.parse(written)).toMatchObject({
    schema: 'byok-check/1',
    sources: [{ source: `huaweicloud/${projectId}`, kind: 'live', ...whereabouts, keys: 1 }],
    findings: [{ key_id: keyId, key_spec: 'AES_256', renewal: null, ...whereabouts }],
  });
  const failed = await bench.run(['check', '--live', '--json', file], {
    endpoint: 'http://kms.example.com',
  });
  expect([failed.status, readFileSync(file, 'utf8')]).toEqual([1, written]);
  await bench.run(['check', '--live', '--json', file, '--region', projectName]);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    sources: [{ source: `huaweicloud/${projectName}/${projectId}`, region: projectName }],
  });
  expect(readdirSync(folder)).toEqual(['check.json']);
});

test('only reads', async () => {
  await bench.createKey();
  bench.emulator.clearCalls();
  await check();
  expect(bench.emulator.calls().map(({ operation }) => operation)).toEqual(['list-keys']);
});

test('a key that is scheduled for deletion is told and ends with 0, unless a state has it', async () => {
  const keyId = await bench.createKey();
  await importInto(keyId);
  await ok(bench.emulator, 'schedule-key-deletion', { key_id: keyId, pending_days: '7' });
  const { status, stdout } = await bench.run(['check', '--live']);
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /^scheduled +test-.*^ {2}The key is scheduled for deletion: The KMS will delete the key on /ms,
  );
  const file = join(folder, 'terraform.tfstate');
  writeFileSync(file, stateOf({ ...present, key_id: keyId }));
  const withState = await check('--state', file);
  expect(
    withState.findings.map(({ verdict, material_status }) => [verdict, material_status]),
  ).toEqual([
    ['fine', 'present'],
    ['missing', 'key_pending_deletion'],
  ]);
  expect(withState.exit_code).toBe(3);
});

test('fails with 1 on a project without external keys, and takes it with --allow-empty', async () => {
  const nothing = 'byok: no imported key material was found in the project at the KMS';
  expect(await bench.run(['check', '--live'])).toEqual({
    status: 1,
    stdout: '',
    stderr: `${nothing}; give the right place, or --allow-empty if that is intended\n`,
  });
  expect(await bench.run(['check', '--live', '--allow-empty'])).toEqual({
    status: 0,
    stdout: '',
    stderr: `${nothing}\n`,
  });
});

test('fails with 1 on each state without material, also beside one with material', async () => {
  const [wrong, right] = [join(folder, 'wrong.tfstate'), join(folder, 'right.tfstate')];
  writeFileSync(
    wrong,
    JSON.stringify({
      version: 4,
      resources: [{ mode: 'managed', type: 'null_resource', name: 'a', instances: [] }],
    }),
  );
  writeFileSync(right, stateOf(present));
  const beside = await bench.run(['check', '--state', right, '--state', wrong, '--live']);
  expect([beside.status, beside.stdout]).toEqual([1, '']);
  expect(beside.stderr).toContain(
    `no imported key material was found in state "${wrong}", nor in the project at the KMS; `,
  );
  const allowed = await bench.run(['check', '--state', right, '--state', wrong, '--allow-empty']);
  expect([allowed.status, allowed.stderr]).toEqual([
    0,
    `byok: no imported key material was found in state "${wrong}"\n`,
  ]);
  expect(allowed.stdout).toMatch(/^fine +byok_key_material\.orders +present/m);
});

test('several places make one report, and a pipe can be one of them', async () => {
  await bench.createKey();
  const state = stateOf({ ...present, fingerprint_verified: false });
  const file = join(folder, 'terraform.tfstate');
  writeFileSync(file, state);
  const { status, stdout } = await bench.run(
    ['check', '--state', file, '--state', '-', '--live', '--json'],
    { input: state },
  );
  expect(status).toBe(3);
  expect(
    (JSON.parse(stdout) as { findings: { place: string }[] }).findings.map(({ place }) => place),
  ).toEqual([`state "${file}"`, 'state on standard input', 'live']);
  const offline = await bench.run(['check', '--state', file]);
  expect(offline.status).toBe(4);
  expect(offline.stdout).toContain(
    'nothing proves that the key holds the material of this fingerprint',
  );
});

test.each([
  ['nothing to check', [], 'there is nothing to check; give --state FILE, --plan FILE or --live'],
  [
    'standard input named twice',
    ['--state', '-', '--plan', '-'],
    'standard input is named more than once; give "-" for one state or one plan',
  ],
  [
    'a window that is no duration',
    ['--live', '--warn-before', '2 weeks'],
    '--warn-before is "2 weeks"; ',
  ],
  [
    'a file that is not there',
    ['--state', 'nowhere.tfstate'],
    '--state "nowhere.tfstate" does not exist; give the path of a file',
  ],
  ['a folder', ['--plan', 'lib'], '--plan "lib" is a folder; give the path of a file'],
  ['an empty pipe', ['--state', '-'], 'state on standard input is empty; '],
])('refuses %s, and ends with 1', async (_name, args, message) => {
  const { status, stdout, stderr } = await bench.run(['check', ...args], { input: '' });
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr.slice(0, `byok: ${message}`.length)).toBe(`byok: ${message}`);
});

test.each<[string, (state: string) => Buffer]>([
  ['PowerShell', (state) => Buffer.from(`\ufeff${state.replaceAll('\n', '\r\n')}`, 'utf16le')],
  ['an editor with a mark', (state) => Buffer.from(`\ufeff${state}`)],
  [
    'make',
    (state) =>
      Buffer.from(`make: Entering directory '/srv'\n${state}\nmake: Leaving directory '/srv'\n`),
  ],
  [
    'cdktf',
    (state) =>
      Buffer.from(
        state
          .split('\n')
          .map((line) => `orders  ${line}`)
          .join('\n'),
      ),
  ],
])('reads a state that came through %s, from a file and from a pipe', async (_name, written) => {
  const file = join(folder, 'foreign.tfstate');
  const state = JSON.stringify(JSON.parse(stateOf(present)), undefined, 2);
  writeFileSync(file, written(state));
  for (const place of [file, '-']) {
    const { status, stdout } = await bench.run(['check', '--state', place], {
      input: written(state),
    });
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/^fine +byok_key_material\.orders +present/m),
    ]);
  }
});

test.each<[string, Buffer, string]>([
  ['compressed', gzipSync('{}'), 'is compressed by gzip; unpack it first'],
  [
    'a plan file',
    Buffer.from('PK\x03\x04'),
    'is a packed file, as "terraform plan -out PLANFILE" writes it; give what',
  ],
  [
    'encrypted by OpenTofu',
    Buffer.from('{"serial":1,"meta":{},"encrypted_data":"x"}'),
    'is encrypted; pipe "tofu state pull"',
  ],
  [
    'a plan in JSON',
    Buffer.from('{"format_version":"1.2","planned_values":{}}'),
    'is no state of version 4; it is a plan: give it by --plan',
  ],
])('says of a state that is %s what it is', async (_name, content, said) => {
  const file = join(folder, 'foreign.tfstate');
  writeFileSync(file, content);
  const { status, stdout, stderr } = await bench.run(['check', '--state', file]);
  expect([status, stdout, stderr]).toEqual([
    1,
    '',
    expect.stringContaining(`byok: state "${file}" ${said}`),
  ]);
});

test('fails with 1, and not with good news, when the KMS does not answer', async () => {
  const { status, stdout, stderr } = await bench.run(['check', '--live'], {
    env: { HW_AUTH_TOKEN: 'a-wrong-token-nobody-may-see' },
  });
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^byok: list-keys answered 40[13] /);
  expect(stderr).not.toContain('nobody-may-see');
});

test('--drift-token prints a token alone, ends with 0, and speaks of the drift on stderr', async () => {
  const token = async (...args: string[]) => bench.run(['check', '--drift-token', ...args]);
  const keyId = await bench.createKey();
  const file = join(folder, 'terraform.tfstate');
  expect(await token('--state', file)).toEqual({
    status: 0,
    stdout: '0\n',
    stderr: `byok: there are no hooks in state "${file}" yet; is this the right place?\n`,
  });
  const triggers = { key_id: keyId, drift_token: '6' };
  const resource = {
    mode: 'managed',
    type: 'null_resource',
    name: 'a',
    instances: [{ attributes: { triggers } }],
  };
  writeFileSync(file, JSON.stringify({ version: 4, resources: [resource] }));
  const due = await token('--state', file);
  expect([due.status, due.stdout, due.stderr]).toEqual([
    0,
    '7\n',
    expect.stringContaining(`key ${keyId}, null_resource.a: the key holds no`),
  ]);
  const piped = await bench.run(['check', '--drift-token', '--state', '-'], {
    input: readFileSync(file),
  });
  expect(piped.stdout).toBe('7\n');
  expect((await token()).stdout).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n$/);
  await importInto(keyId);
  expect(await token('--state', file)).toEqual({ status: 0, stdout: '6\n', stderr: '' });
  expect(await token()).toEqual({ status: 0, stdout: '0\n', stderr: '' });
});

test('--drift-token fails when the KMS cannot be asked, and then prints no token', async () => {
  const { status, stdout, stderr } = await bench.run(['check', '--drift-token'], {
    env: { HW_AUTH_TOKEN: 'wrong' },
  });
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toContain('byok: ');
});
