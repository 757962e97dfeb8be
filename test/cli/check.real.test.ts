/**
 * `byok check` reads what the real terraform writes: its state, and its plans as `terraform show
 * -json` prints them.
 */
import { join } from 'node:path';
import { configure, keyWithMaterial, type Workbench, workbench } from '../provider/workbench';
import { type Emulator, startEmulator } from '../support/emulator';
import { findLeaks, needlesOf } from '../support/leak-scanner';
import { type ByokProcess, bundleByok, type Finished } from './byok-process';

let byok: ByokProcess;
let emulator: Emulator;
let bench: Workbench;

beforeAll(() => {
  byok = bundleByok();
});

afterAll(() => byok.remove());

beforeEach(async () => {
  emulator = await startEmulator();
});

afterEach(async () => {
  bench.workspace.remove();
  await emulator.close();
});

const instant = (days: number) =>
  `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 19)}Z`;
const far = '2035-01-01T00:00:00Z';

async function applied(extra: string): Promise<string> {
  bench = await workbench(emulator, keyWithMaterial('orders', extra));
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  return String(bench.workspace.attributes('byok_key_material').key_id);
}

function check(
  args: readonly string[],
  input?: string,
): { finished: Finished; findings: Record<string, unknown>[] } {
  const finished = byok.run(['check', '--json', ...args], input === undefined ? {} : { input });
  const needles = [
    ...needlesOf('material', bench.material),
    ...needlesOf('token', emulator.authToken),
  ];
  expect(
    findLeaks(
      [{ name: 'output', content: Buffer.from(finished.stdout + finished.stderr) }],
      needles,
    ),
  ).toEqual([]);
  expect(finished.stderr).toBe('');
  return {
    finished,
    findings: (JSON.parse(finished.stdout) as { findings: Record<string, unknown>[] }).findings,
  };
}

const checkState = (...args: string[]) =>
  check(['--state', join(bench.workspace.folder, 'terraform.tfstate'), ...args]);

/** The plan in JSON; with its variables, outputs and configuration, as a CI job would pipe it. */
async function checkPlan(...args: string[]) {
  await bench.workspace.succeed(['plan', '-no-color', '-out', 'tfplan', ...args]);
  const { output } = await bench.workspace.succeed(['show', '-json', 'tfplan']);
  return check(['--plan', '-'], output);
}

test('a key as it should be is fine in state and plan', async () => {
  const keyId = await applied(`expiration_time = "${far}"`);
  const expected = {
    verdict: 'fine',
    address: 'byok_key_material.orders',
    key_id: keyId,
    alias: 'orders',
    material_status: 'present',
  };
  expect(checkState()).toMatchObject({ finished: { status: 0 }, findings: [expected] });
  expect(await checkPlan()).toMatchObject({ finished: { status: 0 }, findings: [expected] });
});

test('a key before its first import is missing, for the reason of the plan', async () => {
  bench = await workbench(emulator, keyWithMaterial('orders'));
  expect(await checkPlan()).toMatchObject({
    finished: { status: 3 },
    findings: [
      {
        verdict: 'missing',
        key_id: null,
        material_status: null,
        reason: 'first import into this key',
      },
    ],
  });
});

test('deleted material is missing in the plan at once, in the state after a refresh, with one reason', async () => {
  const keyId = await applied(`expiration_time = "${far}"`);
  emulator.deleteMaterial(keyId);
  const reason = `the key no longer holds material (it was deleted, or an import was interrupted); the same material is imported again, expiration_time ${far}`;
  const missing = {
    verdict: 'missing',
    key_id: keyId,
    alias: 'orders',
    material_status: 'deleted_outside',
    expiration_time: far,
    reason,
  };
  expect(checkState().finished.status).toBe(0);
  expect(await checkPlan()).toMatchObject({ finished: { status: 3 }, findings: [missing] });
  await bench.workspace.succeed(['apply', '-refresh-only', '-auto-approve', '-no-color']);
  expect(checkState()).toMatchObject({ finished: { status: 3 }, findings: [missing] });
});

test('material that expires within warn_before is expiring, and the plan warns in the same words', async () => {
  await applied(`expiration_time = "${instant(20)}"\n  warn_before = "30d"`);
  const { finished, findings } = checkState();
  expect(finished.status).toBe(2);
  expect(findings).toMatchObject([
    { verdict: 'expiring', material_status: 'present', days_left: 19 },
  ]);
  const [summary = '', detail = ''] = String(findings[0]?.reason).split(/: (.*)/s);
  const { text } = await bench.workspace.plan();
  expect(text).toContain(summary);
  expect(text).toContain(detail);
  expect((await checkPlan()).finished.status).toBe(2);
  expect(checkState('--warn-before', '7d').finished.status).toBe(0);
});

test('a renewal that is due is expiring, for the reason of the plan', async () => {
  await applied('valid_for = "30d"\n  renew_before = "5d"');
  expect(checkState().finished.status).toBe(0);
  configure(
    emulator,
    bench.workspace,
    keyWithMaterial('orders', 'valid_for = "60d"\n  renew_before = "40d"'),
  );
  const planned = await checkPlan();
  expect(planned).toMatchObject({
    finished: { status: 2 },
    findings: [{ verdict: 'expiring', material_status: 'expiring' }],
  });
  expect(planned.findings[0]?.reason).toMatch(
    /^the material expires on .* \(renew_before 40d\), to be valid for 60d: this KMS cannot change it in place/,
  );
});

test('an adopted key is unverified', async () => {
  const keyId = await applied('');
  await bench.workspace.succeed(['state', 'rm', 'byok_key_material.orders']);
  await bench.workspace.succeed(['import', '-no-color', 'byok_key_material.orders', keyId]);
  expect(checkState()).toMatchObject({
    finished: { status: 4 },
    findings: [{ verdict: 'unverified', material_status: 'present' }],
  });
  expect((await checkPlan()).finished.status).toBe(4);
});

test('a key that is gone is missing', async () => {
  const keyId = await applied('');
  emulator.setKeyState(keyId, '4');
  const scheduled = await checkPlan();
  expect(scheduled).toMatchObject({
    finished: { status: 3 },
    findings: [{ verdict: 'missing', material_status: 'key_pending_deletion' }],
  });
});

test('a plan tells whether the code names the fingerprint; the state, which has it in any case, cannot', async () => {
  await applied(`expiration_time = "${far}"`);
  const { fingerprint } = bench.workspace.attributes('byok_key_material');
  const facts = {
    imported_at: expect.stringMatching(/^20.*Z$/),
    renewal: 'fixed',
    key_spec: 'AES_256',
  };
  expect(checkState().findings).toMatchObject([{ ...facts, pinned: null }]);
  expect((await checkPlan()).findings).toMatchObject([{ ...facts, pinned: false }]);
  configure(
    emulator,
    bench.workspace,
    keyWithMaterial(
      'orders',
      `fingerprint = "${fingerprint}"\n  valid_for = "90d"\n  renew_before = "14d"`,
    ),
  );
  expect((await checkPlan()).findings).toMatchObject([{ pinned: true, renewal: 'rolling' }]);
  configure(
    emulator,
    bench.workspace,
    `variable "pin" {\n  default = null\n  type = string\n}\n${keyWithMaterial('orders', `fingerprint = var.pin\n  expiration_time = "${far}"`)}`,
  );
  expect((await checkPlan()).findings).toMatchObject([{ pinned: false }]);
  expect((await checkPlan('-var', `pin=${fingerprint}`)).findings).toMatchObject([
    { pinned: true },
  ]);
});

test('refuses a plan that leaves no material to check', async () => {
  await applied('');
  await bench.workspace.succeed(['plan', '-no-color', '-destroy', '-out', 'tfplan']);
  const { output } = await bench.workspace.succeed(['show', '-json', 'tfplan']);
  const { status, stderr } = byok.run(['check', '--plan', '-'], { input: output });
  expect([status, stderr]).toEqual([
    1,
    expect.stringContaining('no imported key material was found in plan on standard input; '),
  ]);
  expect(byok.run(['check', '--plan', '-', '--allow-empty'], { input: output }).status).toBe(0);
});
