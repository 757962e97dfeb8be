/** `byok check --live` against the emulator: what it finds, how it says it, and what its exit code tells. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  const expiry = expiration === undefined ? [] : ['--expiration-time', `${expiration.toISOString().slice(0, 19)}Z`];
  const { status, stderr } = await bench.run(['import', '--key-id', keyId, ...expiry], { input: material.toString('base64') });
  expect([status, stderr]).toEqual([0, '']);
}

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);

interface Report {
  readonly verdict: string;
  readonly exit_code: number;
  readonly findings: { key_id: string; verdict: string; material_status: string; days_left: number; reason: string | null }[];
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
  expect(stdout).toMatch(/^VERDICT +KEY +STATUS +EXPIRES +DAYS LEFT\nfine +test-[0-9a-f-]{36} +present +never +-\n$/);
});

test('material inside the window is expiring, and ends with 2', async () => {
  const keyId = await bench.createKey();
  await importInto(keyId, inDays(10));
  const { verdict, exit_code, findings } = await check();
  expect([verdict, exit_code]).toEqual(['expiring', 2]);
  expect(findings).toEqual([expect.objectContaining({ key_id: keyId, verdict: 'expiring', material_status: 'present', days_left: 9 })]);
  expect(findings[0]?.reason).toMatch(/^The key material expires soon: /);
  expect((await check('--warn-before', '9d')).exit_code).toBe(0);
});

test('material that is gone is missing, and ends with 3, whatever else there is', async () => {
  const [deleted, expired, purged, scheduled, expiring, fine] = await Promise.all(Array.from({ length: 6 }, () => bench.createKey()));
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
  const statusOf = Object.fromEntries(findings.map(({ key_id, verdict, material_status }) => [key_id, `${verdict} ${material_status}`]));
  expect(statusOf).toEqual({
    [String(deleted)]: 'missing deleted_outside',
    [String(expired)]: 'missing expired_not_purged',
    // The KMS forgets the expiry with the material.
    [String(purged)]: 'missing deleted_outside',
    [String(scheduled)]: 'missing key_pending_deletion',
    [String(expiring)]: 'expiring present',
    [String(fine)]: 'fine present',
  });
});

test('writes a JUnit report beside whatever it prints', async () => {
  await bench.createKey();
  const file = join(folder, 'byok.xml');
  const { status, stdout } = await bench.run(['check', '--live', '--junit', file]);
  expect(status).toBe(3);
  expect(stdout).toContain('the key holds no material; it is imported, expiration_time never');
  expect(readFileSync(file, 'utf8')).toContain(
    '<failure type="missing" message="the key holds no material; it is imported, expiration_time never">',
  );
});

test('only reads', async () => {
  await bench.createKey();
  bench.emulator.clearCalls();
  await check();
  expect(bench.emulator.calls().map(({ operation }) => operation)).toEqual(['list-keys']);
});

test('a project without external keys ends with 0, and a remark', async () => {
  const { status, stdout, stderr } = await bench.run(['check', '--live']);
  expect([status, stdout, stderr]).toEqual([0, '', 'byok: no imported key material was found; is this the right place?\n']);
});

test('several places make one report, and a pipe can be one of them', async () => {
  await bench.createKey();
  const state = (verified: boolean) =>
    JSON.stringify({
      version: 4,
      resources: [
        {
          mode: 'managed',
          type: 'byok_key_material',
          name: 'orders',
          instances: [
            { attributes: { key_id: 'k', material_status: 'present', expiration_time: 'never', fingerprint_verified: verified } },
          ],
        },
      ],
    });
  const file = join(folder, 'terraform.tfstate');
  writeFileSync(file, state(false));
  const { status, stdout } = await bench.run(['check', '--state', file, '--state', '-', '--live', '--json'], { input: state(false) });
  expect(status).toBe(3);
  expect((JSON.parse(stdout) as { findings: { place: string }[] }).findings.map(({ place }) => place)).toEqual([
    `state "${file}"`,
    'state on standard input',
    'live',
  ]);
  const offline = await bench.run(['check', '--state', file]);
  expect(offline.status).toBe(4);
  expect(offline.stdout).toContain('nothing proves that the key holds the material of this fingerprint');
});

test.each([
  ['nothing to check', [], 'there is nothing to check; give --state FILE, --plan FILE or --live'],
  [
    'standard input named twice',
    ['--state', '-', '--plan', '-'],
    'standard input is named more than once; give "-" for one state or one plan',
  ],
  ['a window that is no duration', ['--live', '--warn-before', '2 weeks'], 'warn_before is "2 weeks"; '],
  ['a file that is not there', ['--state', 'nowhere.tfstate'], 'ENOENT: '],
  ['an empty pipe', ['--state', '-'], 'state on standard input is no JSON object; '],
])('refuses %s, and ends with 1', async (_name, args, message) => {
  const { status, stdout, stderr } = await bench.run(['check', ...args], { input: '' });
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr.slice(0, `byok: ${message}`.length)).toBe(`byok: ${message}`);
});

test('fails with 1, and not with good news, when the KMS does not answer', async () => {
  const { status, stdout, stderr } = await bench.run(['check', '--live'], { env: { HW_AUTH_TOKEN: 'a-wrong-token-nobody-may-see' } });
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
  const resource = { mode: 'managed', type: 'null_resource', name: 'a', instances: [{ attributes: { triggers } }] };
  writeFileSync(file, JSON.stringify({ version: 4, resources: [resource] }));
  const due = await token('--state', file);
  expect([due.status, due.stdout, due.stderr]).toEqual([
    0,
    '7\n',
    expect.stringContaining(`key ${keyId}, null_resource.a: the key holds no`),
  ]);
  const piped = await bench.run(['check', '--drift-token', '--state', '-'], { input: readFileSync(file) });
  expect(piped.stdout).toBe('7\n');
  expect((await token()).stdout).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n$/);
  await importInto(keyId);
  expect(await token('--state', file)).toEqual({ status: 0, stdout: '6\n', stderr: '' });
  expect(await token()).toEqual({ status: 0, stdout: '0\n', stderr: '' });
});

test('--drift-token fails when the KMS cannot be asked, and then prints no token', async () => {
  const { status, stdout, stderr } = await bench.run(['check', '--drift-token'], { env: { HW_AUTH_TOKEN: 'wrong' } });
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toContain('byok: ');
});
