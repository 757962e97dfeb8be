/**
 * What `ignore_changes` leaves is what is planned, and what is planned is what apply does, whatever
 * the files say by then.
 */
import { randomBytes } from 'node:crypto';
import { describeKey, holdsMaterial, writesOf } from '../support/emulated-key';
import { clockAhead, externalKey, keyWithMaterial, useWorkbench } from './workbench';

const bench = useWorkbench();

const [a, b] = ['2035-01-01T00:00:00Z', '2036-01-01T00:00:00Z'];
const day = 86_400_000;

const ignoring = (what: string) => `lifecycle {\n    ignore_changes = ${what}\n  }`;

async function applied(ignored: string, attributes: string): Promise<string> {
  await bench.begin(keyWithMaterial('orders', `${attributes}\n  ${ignoring(ignored)}`));
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  return String(bench.workspace.attributes('byok_external_key').key_id);
}

const declare = (ignored: string, attributes: string) =>
  bench.configure(keyWithMaterial('orders', `${attributes}\n  ${ignoring(ignored)}`));

const expiryOf = async (keyId: string) =>
  Number((await describeKey(bench.emulator, keyId)).expiration_time);

/** @returns the plan */
async function applyReviewed(): Promise<string> {
  const plan = await bench.workspace.plan('-out=reviewed.tfplan');
  expect(plan.code).toBe(2);
  await bench.workspace.succeed(['apply', '-no-color', 'reviewed.tfplan']);
  return plan.text;
}

test.each([
  ['[expiration_time]', `expiration_time = "${b}"`],
  ['[expiration_time]', 'expiration_time = "never"'],
  ['[expiration_time]', ''],
  ['[expiration_time]', 'valid_for = "90d"\n  renew_before = "14d"'],
  ['all', `expiration_time = "${b}"`],
])(
  'under ignore_changes = %s the import keeps the expiry that the plan showed, although there is now: %s',
  async (ignored, attributes) => {
    const keyId = await applied(ignored, `expiration_time = "${a}"`);
    declare(ignored, attributes);
    bench.emulator.deleteMaterial(keyId);
    expect(await applyReviewed()).toContain(
      `the same material is imported again, expiration_time ${a}`,
    );
    expect(await expiryOf(keyId)).toBe(Date.parse(a));
    expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
    expect(bench.workspace.attributes('byok_key_material')).toMatchObject({
      expiration_time: a,
      material_status: 'present',
    });
    expect((await bench.workspace.plan()).code).toBe(0);
  },
);

test('another attribute can be changed beside an ignored expiry, and the key is left alone', async () => {
  const keyId = await applied('[expiration_time]', `expiration_time = "${a}"`);
  declare('[expiration_time]', `expiration_time = "${b}"\n  warn_before = "3d"`);
  bench.emulator.clearCalls();
  expect(await applyReviewed()).toContain('0 to add, 1 to change, 0 to destroy');
  expect(writesOf(bench.emulator)).toEqual([]);
  expect(await expiryOf(keyId)).toBe(Date.parse(a));
  expect((await bench.workspace.plan()).code).toBe(0);
});

test('an ignored valid_for is the one that counts', async () => {
  const keyId = await applied('[valid_for]', 'valid_for = "30d"\n  renew_before = "14d"');
  declare('[valid_for]', 'valid_for = "90d"\n  renew_before = "14d"');
  bench.emulator.deleteMaterial(keyId);
  expect(await applyReviewed()).toContain('valid for 30d');
  expect(await expiryOf(keyId)).toBeLessThanOrEqual(Date.now() + 30 * day);
});

test('a held valid_for and a longer renew_before are refused, or every apply would renew', async () => {
  const keyId = await applied('[valid_for]', 'valid_for = "30d"\n  renew_before = "5d"');
  const before = await expiryOf(keyId);
  declare('[valid_for]', 'valid_for = "60d"\n  renew_before = "40d"');
  const run = await bench.workspace.apply();
  expect(run.code).toBe(1);
  expect(run.text).toContain('which is not shorter than valid_for "30d"');
  expect(await expiryOf(keyId)).toBe(before);
});

test('an ignored source is read where it was, an ignored pin is the one of before, and what the key is called stays', async () => {
  const body = (file: string, pin: string, alias: string) => `
    ${externalKey(alias, `description = "${alias}"\n tags = { name = "${alias}" }\n enabled = true\n ${ignoring('all')}`)}
    resource "byok_key_material" "orders" {
      key_id        = byok_external_key.orders.key_id
      material_file = "${file}"
      ${pin}
      ${ignoring('[material_file, fingerprint]')}
    }`;
  await bench.begin(body('orders.key', '', 'orders'));
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  const keyId = String(bench.workspace.attributes('byok_external_key').key_id);
  bench.workspace.write('other.key', `${randomBytes(32).toString('base64')}\n`);
  bench.configure(body('other.key', `fingerprint = "sha256:${'0'.repeat(64)}"`, 'others'));
  bench.emulator.deleteMaterial(keyId);
  bench.emulator.clearCalls();
  await applyReviewed();
  expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
  expect((await describeKey(bench.emulator, keyId)).key_alias).toBe('orders');
  expect(
    writesOf(bench.emulator).filter(
      (operation) => !['get-parameters-for-import', 'list-tags'].includes(operation),
    ),
  ).toEqual(['import-key-material']);
  expect((await bench.workspace.plan()).code).toBe(0);
});

test('an ignored write-only source is at hand in apply only, and the plan says so', async () => {
  const body = `
    variable "material" {
      type      = string
      ephemeral = true
    }
    ${externalKey('orders')}
    resource "byok_key_material" "orders" {
      key_id      = byok_external_key.orders.key_id
      material_wo = var.material
      ${ignoring('all')}
    }`;
  await bench.begin(body);
  bench.workspace.env.TF_VAR_material = bench.material.toString('base64');
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  const keyId = String(bench.workspace.attributes('byok_external_key').key_id);
  bench.emulator.deleteMaterial(keyId);
  expect(await applyReviewed()).toContain('Key material is not available');
  expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
});

test('adopted material keeps its expiry under an ignored one that was never declared', async () => {
  const keyId = await applied('all', `expiration_time = "${a}"`);
  await bench.workspace.succeed(['state', 'rm', 'byok_key_material.orders']);
  declare('[expiration_time]', '');
  await bench.workspace.succeed(['import', '-no-color', 'byok_key_material.orders', keyId]);
  declare('[expiration_time]', `expiration_time = "${b}"\n  allow_unverified_renewal = true`);
  bench.emulator.deleteMaterial(keyId);
  await applyReviewed();
  expect(await expiryOf(keyId)).toBe(Date.parse(a));
});

test('a rolling expiry that ignore_changes = all holds is not renewed, which the plan says', async () => {
  const keyId = await applied('all', 'valid_for = "7200s"\n  renew_before = "3600s"');
  const first = await expiryOf(keyId);
  Object.assign(bench.workspace.env, clockAhead(5_400_000));
  const plan = await bench.workspace.plan();
  expect(plan.text).toContain('ignore_changes keeps expiration_time at');
  expect((await bench.workspace.apply()).code).toBe(0);
  expect(await expiryOf(keyId)).toBe(first);
  bench.emulator.deleteMaterial(keyId);
  expect(await applyReviewed()).toContain('ignore_changes keeps expiration_time at');
  expect(await expiryOf(keyId)).toBe(first);
});
