/**
 * Keys and material that exist already: terraform import, interrupted runs, and keys that must not
 * be touched.
 */
import { randomBytes } from 'node:crypto';
import { importMaterial } from '../emulator/external-key';
import { call, ok } from '../emulator/plain-http';
import { describeKey, holdsMaterial, writesOf } from '../support/emulated-key';
import { type Emulator, startEmulator } from '../support/emulator';
import { configure, externalKey, keyWithMaterial, type Workbench, workbench } from './workbench';

let emulator: Emulator;
let bench: Workbench;

const far = '2035-01-01T00:00:00Z';

beforeEach(async () => {
  emulator = await startEmulator();
  bench = await workbench(emulator, keyWithMaterial('orders', `expiration_time = "${far}"`));
});

afterEach(async () => {
  bench.workspace.remove();
  await emulator.close();
});

async function existingKey(origin = 'external', alias = 'orders'): Promise<string> {
  const { key_info } = await ok<{ key_info: { key_id: string } }>(emulator, 'create-key', {
    key_alias: alias,
    origin,
  });
  return key_info.key_id;
}

async function importWithOpenssl(
  keyId: string,
  material: Buffer,
  expirationTime?: number,
): Promise<void> {
  const answer = await importMaterial(
    emulator,
    keyId,
    material,
    expirationTime === undefined ? {} : { expirationTime },
  );
  expect(answer.status).toBe(200);
}

test('terraform import of a living key and its material plans no replacement and no import', async () => {
  const keyId = await existingKey();
  await importWithOpenssl(keyId, bench.material, Date.parse(far) / 1000);
  await bench.workspace.succeed(['import', '-no-color', 'byok_external_key.orders', keyId]);
  await bench.workspace.succeed(['import', '-no-color', 'byok_key_material.orders', keyId]);
  emulator.clearCalls();
  const plan = await bench.workspace.plan();
  expect(plan.text).toContain('0 to add, 1 to change, 0 to destroy');
  expect(plan.text).not.toContain('import_reason');
  expect((await bench.workspace.apply()).code).toBe(0);
  expect(writesOf(emulator)).toEqual([]);
  expect(bench.workspace.attributes('byok_key_material')).toMatchObject({
    key_id: keyId,
    expiration_time: far,
    fingerprint: null,
    fingerprint_verified: false,
    imported_at: null,
  });
  expect((await bench.workspace.plan()).code).toBe(0);
});

test('does not renew adopted material that nothing proves, unless that is allowed', async () => {
  const keyId = await existingKey();
  await importWithOpenssl(keyId, bench.material, Date.parse(far) / 1000);
  await bench.workspace.succeed(['import', '-no-color', 'byok_external_key.orders', keyId]);
  await bench.workspace.succeed(['import', '-no-color', 'byok_key_material.orders', keyId]);
  configure(
    emulator,
    bench.workspace,
    keyWithMaterial('orders', 'expiration_time = "2036-01-01T00:00:00Z"'),
  );
  emulator.clearCalls();
  const refused = await bench.workspace.apply();
  expect(refused.code).toBe(1);
  expect(refused.text).toContain('nothing proves that the given material is what the key holds');
  expect(writesOf(emulator)).toEqual([]);
  configure(
    emulator,
    bench.workspace,
    keyWithMaterial(
      'orders',
      'expiration_time = "2036-01-01T00:00:00Z"\n  allow_unverified_renewal = true',
    ),
  );
  expect((await bench.workspace.apply()).code).toBe(0);
  expect(await holdsMaterial(emulator, keyId, bench.material)).toBe(true);
  expect(bench.workspace.attributes('byok_key_material').fingerprint_verified).toBe(true);
});

test('keeps the expiry of adopted material when none is declared', async () => {
  const keyId = await existingKey();
  await importWithOpenssl(keyId, bench.material, Date.parse(far) / 1000);
  configure(emulator, bench.workspace, keyWithMaterial('orders'));
  await bench.workspace.succeed(['import', '-no-color', 'byok_external_key.orders', keyId]);
  await bench.workspace.succeed(['import', '-no-color', 'byok_key_material.orders', keyId]);
  expect((await bench.workspace.apply()).code).toBe(0);
  expect((await describeKey(emulator, keyId)).expiration_time).toBe(String(Date.parse(far)));
  emulator.deleteMaterial(keyId);
  expect((await bench.workspace.apply()).code).toBe(0);
  expect((await describeKey(emulator, keyId)).expiration_time).toBe(String(Date.parse(far)));
});

test('imports into an adopted key that holds no material', async () => {
  const keyId = await existingKey();
  await bench.workspace.succeed(['import', '-no-color', 'byok_external_key.orders', keyId]);
  expect((await bench.workspace.apply()).text).toContain('1 added, 0 changed');
  expect(await holdsMaterial(emulator, keyId, bench.material)).toBe(true);
});

test('does not say of what somebody else imported since the plan that it was imported here', async () => {
  const keyId = await existingKey();
  await bench.workspace.succeed(['import', '-no-color', 'byok_external_key.orders', keyId]);
  await bench.workspace.succeed(['import', '-no-color', 'byok_key_material.orders', keyId]);
  await bench.workspace.succeed(['plan', '-no-color', '-out=saved']);
  const theirs = randomBytes(32);
  await importWithOpenssl(keyId, theirs, Date.parse(far) / 1000);
  const run = await bench.workspace.terraform(['apply', '-no-color', 'saved']);
  expect(run.code).toBe(1);
  expect(run.text).toContain(
    'nothing proves that it is the same; your material was not imported, plan again',
  );
  expect((await bench.workspace.apply()).code).toBe(0);
  expect(bench.workspace.attributes('byok_key_material')).toMatchObject({
    fingerprint: null,
    import_reason: null,
  });
  expect(await holdsMaterial(emulator, keyId, theirs)).toBe(true);
});

test('terraform import of a wrong id is one sentence', async () => {
  const notOurs = await existingKey('kms', 'other');
  const cases: [string, string][] = [
    ['orders', 'Id is "orders"; allowed are 36 characters'],
    ['0d0466b0-e727-4d9c-b35d-f84bb474a37f', 'does not know key'],
    [notOurs, 'has origin "kms"; only keys of origin "external" accept material'],
  ];
  for (const [id, message] of cases) {
    const run = await bench.workspace.terraform([
      'import',
      '-no-color',
      'byok_key_material.orders',
      id,
    ]);
    expect(run.code).toBe(1);
    expect(run.text).toContain(message);
  }
});

test('a first import that meets material with the declared expiry adopts it, unproven', async () => {
  const keyId = await existingKey();
  await importWithOpenssl(keyId, bench.material, Date.parse(far) / 1000);
  configure(
    emulator,
    bench.workspace,
    `resource "byok_key_material" "orders" {\n  key_id = "${keyId}"\n  material_file = "orders.key"\n  expiration_time = "${far}"\n}`,
  );
  emulator.clearCalls();
  const apply = await bench.workspace.apply();
  expect(apply.code).toBe(0);
  expect(apply.text).toContain('Material already in the key was adopted');
  expect(writesOf(emulator)).toEqual([]);
  expect(bench.workspace.attributes('byok_key_material')).toMatchObject({
    fingerprint_verified: false,
    imported_at: null,
  });
});

test('a first import that meets material with another expiry stops, and deletes nothing', async () => {
  const keyId = await existingKey();
  await importWithOpenssl(keyId, bench.material, Date.parse(far) / 1000);
  configure(
    emulator,
    bench.workspace,
    `resource "byok_key_material" "orders" {\n  key_id = "${keyId}"\n  material_file = "orders.key"\n  expiration_time = "never"\n}`,
  );
  emulator.clearCalls();
  const apply = await bench.workspace.apply();
  expect(apply.code).toBe(1);
  expect(apply.text).toContain(
    `already holds material that expires ${far}, but expiration_time never is declared`,
  );
  expect(apply.text).toContain(`terraform import <address> ${keyId}`);
  expect(writesOf(emulator)).toEqual([]);
});

test('refuses a key that is not external', async () => {
  const keyId = await existingKey('kms', 'theirs');
  configure(
    emulator,
    bench.workspace,
    `resource "byok_key_material" "orders" {\n  key_id = "${keyId}"\n  material_file = "orders.key"\n}`,
  );
  emulator.clearCalls();
  const apply = await bench.workspace.apply();
  expect(apply.code).toBe(1);
  expect(apply.text).toContain('has origin "kms"; only keys of origin "external" accept material');
  expect(writesOf(emulator)).toEqual([]);
});

describe('an alias that exists', () => {
  test('is adopted when it is an empty external key, as an interrupted apply leaves it', async () => {
    const keyId = await existingKey();
    const apply = await bench.workspace.apply();
    expect(apply.code).toBe(0);
    expect(apply.text).toContain('An existing key was adopted');
    expect(bench.workspace.attributes('byok_external_key').key_id).toBe(keyId);
    expect(await holdsMaterial(emulator, keyId, bench.material)).toBe(true);
  });

  test('is adopted when the answer to create-key was lost', async () => {
    emulator.injectFaults([{ operation: 'create-key', drop: 'after' }]);
    expect((await bench.workspace.apply()).code).toBe(0);
    expect(writesOf(emulator).filter((operation) => operation === 'create-key')).toHaveLength(1);
  });

  test('is left alone when the key holds material, and the way in is named', async () => {
    const keyId = await existingKey();
    const theirs = randomBytes(32);
    await importWithOpenssl(keyId, theirs);
    const apply = await bench.workspace.apply();
    expect(apply.code).toBe(1);
    expect(apply.text).toContain(`terraform import <address> ${keyId}`);
    expect(await holdsMaterial(emulator, keyId, theirs)).toBe(true);
  });
});

describe('the external key', () => {
  test('follows its configuration in place', async () => {
    configure(emulator, bench.workspace, externalKey('orders'));
    expect((await bench.workspace.apply()).code).toBe(0);
    const { key_id: keyId } = bench.workspace.attributes('byok_external_key');
    configure(
      emulator,
      bench.workspace,
      externalKey('orders-2', 'description = "all orders"\n  pending_days = 30'),
    );
    const apply = await bench.workspace.apply();
    expect(apply.text).toContain('0 added, 1 changed, 0 destroyed');
    expect(bench.workspace.attributes('byok_external_key').key_id).toBe(keyId);
    expect(await describeKey(emulator, String(keyId))).toMatchObject({
      key_alias: 'orders-2',
      key_description: 'all orders',
    });
    expect((await bench.workspace.plan()).code).toBe(0);
    expect((await bench.workspace.destroy()).text).toContain('after 30 days');
  });

  test('is disabled once it can be, and enabled again', async () => {
    const body = (enabled: boolean) =>
      keyWithMaterial('orders').replace(
        'alias = "orders"',
        `alias = "orders"\n  enabled = ${enabled}`,
      );
    configure(emulator, bench.workspace, body(false));
    expect((await bench.workspace.apply()).text).toContain('The key is not disabled yet');
    const keyId = String(bench.workspace.attributes('byok_external_key').key_id);
    expect((await bench.workspace.apply()).text).toContain('0 added, 1 changed');
    expect((await describeKey(emulator, keyId)).key_state).toBe('3');
    expect((await bench.workspace.plan()).code).toBe(0);
    configure(emulator, bench.workspace, body(true));
    expect((await bench.workspace.apply()).code).toBe(0);
    expect((await describeKey(emulator, keyId)).key_state).toBe('2');
  });

  test('stays in state with a warning while it is scheduled for deletion, and is rescued where that is declared', async () => {
    expect((await bench.workspace.apply()).code).toBe(0);
    const keyId = String(bench.workspace.attributes('byok_external_key').key_id);
    await ok(emulator, 'schedule-key-deletion', { key_id: keyId, pending_days: '7' });
    const warned = await bench.workspace.plan();
    expect(warned.code).toBe(0);
    expect(warned.text).toContain('The key is scheduled for deletion');
    const rescue = keyWithMaterial('orders', `expiration_time = "${far}"`).replace(
      'alias = "orders"',
      'alias = "orders"\n  cancel_pending_deletion = true\n  enabled = true',
    );
    configure(emulator, bench.workspace, rescue);
    expect((await bench.workspace.apply()).code).toBe(0);
    expect((await bench.workspace.apply()).code).toBe(0);
    expect(await holdsMaterial(emulator, keyId, bench.material)).toBe(true);
    await ok(emulator, 'schedule-key-deletion', { key_id: keyId, pending_days: '7' });
    expect((await bench.workspace.plan()).text).toContain(
      'cancel_pending_deletion = false -> true',
    );
  });

  test('is made anew when it is gone, and the plan says that old data stays unreadable', async () => {
    expect((await bench.workspace.apply()).code).toBe(0);
    const keyId = String(bench.workspace.attributes('byok_external_key').key_id);
    await ok(emulator, 'schedule-key-deletion', { key_id: keyId, pending_days: '7' });
    emulator.advanceClock(8 * 86_400);
    expect((await call(emulator, 'describe-key', { key_id: keyId })).status).toBe(404);
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(2);
    expect(plan.text).toContain('byok_external_key.orders will be created');
    expect(plan.text).toContain('byok_key_material.orders must be replaced');
    expect(plan.text).toContain('stays unreadable');
    expect((await bench.workspace.apply()).code).toBe(0);
    expect(bench.workspace.attributes('byok_key_material').key_id).not.toBe(keyId);
  });
});
