/**
 * The life of imported material under the real terraform: first import, drift, change of expiry,
 * destroy.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { call, ok } from '../emulator/plain-http';
import { describeKey, fingerprintOf, holdsMaterial, writesOf } from '../support/emulated-key';
import { clockAhead, keyWithMaterial, useWorkbench } from './workbench';

const bench = useWorkbench();

const far = '2035-01-01T00:00:00Z';
const farther = '2036-01-01T00:00:00Z';

async function applied(body: string): Promise<string> {
  await bench.begin(body);
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  return String(bench.workspace.attributes('byok_external_key').key_id);
}

/** Calls from the delete to the import that ended the outage, both included. */
function roundTripsOfOutage(): number {
  const operations = bench.emulator.calls().map(({ operation }) => operation);
  return (
    operations.indexOf('import-key-material') -
    operations.indexOf('delete-imported-key-material') +
    1
  );
}

test('creates a key, imports the material, and then has nothing to do', async () => {
  const keyId = await applied(keyWithMaterial('orders', `expiration_time = "${far}"`));
  const { workspace, material } = bench;
  expect(await holdsMaterial(bench.emulator, keyId, material)).toBe(true);
  expect((await describeKey(bench.emulator, keyId)).expiration_time).toBe(String(Date.parse(far)));
  expect(workspace.attributes('byok_key_material')).toMatchObject({
    id: keyId,
    key_id: keyId,
    key_state: '2',
    key_spec: 'AES_256',
    material_status: 'present',
    expiration_time: far,
    fingerprint: fingerprintOf(material),
    fingerprint_verified: true,
    import_reason: 'first import into this key',
    material_wo: null,
  });
  bench.emulator.clearCalls();
  expect((await workspace.plan()).code).toBe(0);
  expect((await workspace.apply()).text).toContain('0 added, 0 changed, 0 destroyed');
  expect(writesOf(bench.emulator)).toEqual([]);
});

test('imports the same material again, in place, after it was deleted outside', async () => {
  const keyId = await applied(keyWithMaterial('orders', `expiration_time = "${far}"`));
  bench.emulator.deleteMaterial(keyId);
  const plan = await bench.workspace.plan();
  expect(plan.code).toBe(2);
  expect(plan.text).toContain('byok_key_material.orders will be updated in-place');
  expect(plan.text).toContain(
    `+ import_reason = "the key no longer holds material (it was deleted, or an import was interrupted); the same material is imported again, expiration_time ${far}"`,
  );
  expect(plan.text).toMatch(/material_status = "deleted_outside" -> \(known after apply\)/);
  expect((await bench.workspace.apply()).text).toContain('0 added, 1 changed, 0 destroyed');
  expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
  expect(bench.workspace.attributes('byok_key_material')).toMatchObject({
    key_id: keyId,
    material_status: 'present',
    fingerprint_verified: true,
  });
  expect((await bench.workspace.plan()).code).toBe(0);

  bench.emulator.deleteMaterial(keyId);
  expect((await bench.workspace.plan()).text).toMatch(
    /\+ import_reason = "the key no longer holds material/,
  );
});

test('tells expired material from deleted material, and imports it again once a later expiry is declared', async () => {
  const soon = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000);
  const keyId = await applied(
    keyWithMaterial('orders', `expiration_time = "${soon.toISOString().slice(0, 19)}Z"`),
  );
  bench.emulator.advanceClock(3700);
  Object.assign(bench.workspace.env, clockAhead(3_700_000));
  const served = await bench.workspace.plan();
  expect(served.text).toContain('The key material has expired');
  expect(served.code).toBe(0);
  expect(bench.emulator.sweep()).toEqual([keyId]);
  const purged = await bench.workspace.plan();
  expect(purged.text).toContain('The key material has expired');
  expect(purged.code).toBe(0);
  expect((await bench.workspace.apply('-refresh-only')).code).toBe(0);
  expect(bench.workspace.attributes('byok_key_material')).toMatchObject({
    material_status: 'purged_after_expiry',
  });

  bench.configure(keyWithMaterial('orders', `expiration_time = "${far}"`));
  const plan = await bench.workspace.plan();
  expect(plan.text).toContain(
    `the material expired on ${soon.toISOString().slice(0, 19)}Z and the KMS deleted it; the same material is imported again, expiration_time ${far}`,
  );
  expect((await bench.workspace.apply()).text).toContain('0 added, 1 changed, 0 destroyed');
  expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
});

test('changes the expiry by delete and import, having proved first that the way back is open', async () => {
  const keyId = await applied(keyWithMaterial('orders', `expiration_time = "${far}"`));
  bench.configure(keyWithMaterial('orders', `expiration_time = "${farther}"`));
  const plan = await bench.workspace.plan();
  expect(plan.text).toContain(
    `expiration_time changes from ${far} to ${farther}: this KMS cannot change it in place`,
  );
  expect(plan.text).toContain('0 to add, 1 to change, 0 to destroy');
  bench.emulator.clearCalls();
  const apply = await bench.workspace.apply();
  expect(apply.code).toBe(0);
  expect(writesOf(bench.emulator)).toEqual([
    'get-parameters-for-import',
    'import-key-material',
    'delete-imported-key-material',
    'get-parameters-for-import',
    'import-key-material',
  ]);
  expect(roundTripsOfOutage()).toBeLessThan(5);
  expect(apply.text).toMatch(
    /It held no material for \d+ milliseconds, between the deletion and the new import/,
  );
  expect((await describeKey(bench.emulator, keyId)).expiration_time).toBe(
    String(Date.parse(farther)),
  );
  expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
  expect((await bench.workspace.plan()).code).toBe(0);
});

test('an equal instant in another spelling is no change', async () => {
  await applied(keyWithMaterial('orders', `expiration_time = "${far}"`));
  bench.configure(keyWithMaterial('orders', 'expiration_time = "2035-01-01T02:00:00+02:00"'));
  expect((await bench.workspace.plan()).code).toBe(0);
  bench.configure(keyWithMaterial('orders', `expiration_time = "${Date.parse(far) / 1000}"`));
  expect((await bench.workspace.plan()).code).toBe(0);
});

test('refuses a change of expiry while the key still works, when the material is another one', async () => {
  const keyId = await applied(keyWithMaterial('orders', `expiration_time = "${far}"`));
  bench.workspace.write('orders.key', Buffer.alloc(32, 'another').toString('base64'));
  bench.configure(keyWithMaterial('orders', `expiration_time = "${farther}"`));
  bench.emulator.clearCalls();
  const plan = await bench.workspace.plan();
  expect(plan.code).toBe(1);
  expect(plan.text).toContain('is bound for ever to');
  expect(plan.text).toContain('terraform destroy -refresh=false');
  expect((await bench.workspace.apply()).code).toBe(1);
  expect(writesOf(bench.emulator)).toEqual([]);
  expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
});

test('plans without the secret, and stops in apply before the delete', async () => {
  const keyId = await applied(keyWithMaterial('orders', `expiration_time = "${far}"`));
  rmSync(join(bench.workspace.folder, 'orders.key'));
  const quiet = await bench.workspace.plan();
  expect(quiet.code).toBe(0);
  expect(quiet.text).toContain('the file "orders.key" that holds the key material does not exist');
  bench.configure(keyWithMaterial('orders', `expiration_time = "${farther}"`));
  bench.emulator.clearCalls();
  expect((await bench.workspace.plan()).code).toBe(2);
  const apply = await bench.workspace.apply();
  expect(apply.code).toBe(1);
  expect(apply.text).toContain('An import is due, but the file "orders.key"');
  expect(writesOf(bench.emulator)).toEqual([]);
  expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
});

test('refuses what the plan did not show: material that vanished between plan and apply of something else', async () => {
  const keyId = await applied(keyWithMaterial('orders', `expiration_time = "${far}"`));
  bench.configure(
    keyWithMaterial('orders', `expiration_time = "${far}"\n  on_destroy = "delete_material"`),
  );
  expect((await bench.workspace.plan('-out', 'tfplan')).code).toBe(2);
  bench.emulator.deleteMaterial(keyId);
  bench.emulator.clearCalls();
  const apply = await bench.workspace.terraform(['apply', '-no-color', 'tfplan']);
  expect(apply.code).toBe(1);
  expect(apply.text).toContain('The key changed since this plan');
  expect(writesOf(bench.emulator)).toEqual([]);
  expect((await bench.workspace.apply()).code).toBe(0);
  expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
});

test('leaves a disabled key disabled, and postpones the renewal', async () => {
  const keyId = await applied(keyWithMaterial('orders', `expiration_time = "${far}"`));
  await ok(bench.emulator, 'disable-key', { key_id: keyId });
  bench.configure(keyWithMaterial('orders', `expiration_time = "${farther}"`));
  bench.emulator.clearCalls();
  const apply = await bench.workspace.apply();
  expect(apply.code).toBe(0);
  expect(apply.text).toContain('postponed: the key is disabled');
  expect(apply.text).toContain('0 added, 0 changed');
  expect(writesOf(bench.emulator)).toEqual([]);
  expect(bench.workspace.attributes('byok_key_material').expiration_time).toBe(far);
  await ok(bench.emulator, 'enable-key', { key_id: keyId });
  expect((await bench.workspace.apply()).text).toContain('1 changed');
  expect((await describeKey(bench.emulator, keyId)).expiration_time).toBe(
    String(Date.parse(farther)),
  );
});

describe('a lost answer to the import is settled by describing the key', () => {
  test('and proves the material when it was proven before', async () => {
    const keyId = await applied(keyWithMaterial('orders', `expiration_time = "${far}"`));
    bench.emulator.deleteMaterial(keyId);
    bench.emulator.clearCalls();
    bench.emulator.injectFaults([{ operation: 'import-key-material', drop: 'after' }]);
    expect((await bench.workspace.apply()).code).toBe(0);
    expect(
      writesOf(bench.emulator).filter((operation) => operation === 'import-key-material'),
    ).toHaveLength(1);
    expect(bench.workspace.attributes('byok_key_material').fingerprint_verified).toBe(true);
    expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
  });

  test('but a first import stays unproven: another writer could have been first', async () => {
    await bench.begin(keyWithMaterial('orders', `expiration_time = "${far}"`));
    bench.emulator.injectFaults([{ operation: 'import-key-material', drop: 'after' }]);
    const apply = await bench.workspace.apply();
    expect(apply.code).toBe(0);
    expect(apply.text).toContain('The import is not proven');
    const { key_id, fingerprint_verified } = bench.workspace.attributes('byok_key_material');
    expect(fingerprint_verified).toBe(false);
    expect(await holdsMaterial(bench.emulator, String(key_id), bench.material)).toBe(true);
    expect((await bench.workspace.plan()).code).toBe(0);
  });
});

test('fetches new parameters once when the token is refused', async () => {
  await bench.begin(keyWithMaterial('orders'));
  bench.emulator.injectFaults([{ operation: 'import-key-material', errorCode: 'KMS.2605' }]);
  expect((await bench.workspace.apply()).code).toBe(0);
  expect(writesOf(bench.emulator)).toEqual([
    'create-key',
    'get-parameters-for-import',
    'import-key-material',
    'get-parameters-for-import',
    'import-key-material',
  ]);
});

describe('destroy', () => {
  test('retains the material and schedules the key, and says so in the plan', async () => {
    const keyId = await applied(keyWithMaterial('orders'));
    bench.emulator.clearCalls();
    const destroy = await bench.workspace.destroy();
    expect(destroy.code).toBe(0);
    expect(destroy.text).toContain('The key will be scheduled for deletion');
    expect(writesOf(bench.emulator)).toEqual(['schedule-key-deletion']);
    expect((await describeKey(bench.emulator, keyId)).key_state).toBe('4');
  });

  test('deletes the material where that is declared, and says that nothing holds it back', async () => {
    const keyId = await applied(
      keyWithMaterial('orders', 'on_destroy = "delete_material"').replace(
        'alias = "orders"',
        'alias = "orders"\n  on_destroy = "retain"',
      ),
    );
    const destroy = await bench.workspace.destroy();
    expect(destroy.text).toContain('stops encrypting and decrypting at once');
    expect(destroy.code).toBe(0);
    expect((await describeKey(bench.emulator, keyId)).key_state).toBe('5');
  });

  test('is an error at plan under refuse, with nothing changed', async () => {
    const keyId = await applied(keyWithMaterial('orders', 'on_destroy = "refuse"'));
    bench.emulator.clearCalls();
    const destroy = await bench.workspace.destroy();
    expect(destroy.code).toBe(1);
    expect(destroy.text).toContain('on_destroy');
    expect(writesOf(bench.emulator)).toEqual([]);
    expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
  });

  test.each([
    ['the material is gone already', (keyId: string) => bench.emulator.deleteMaterial(keyId)],
    [
      'the key is scheduled for deletion',
      (keyId: string) =>
        ok(bench.emulator, 'schedule-key-deletion', { key_id: keyId, pending_days: '7' }),
    ],
    [
      'the key no longer exists',
      async (keyId: string) => {
        await ok(bench.emulator, 'schedule-key-deletion', { key_id: keyId, pending_days: '7' });
        bench.emulator.advanceClock(8 * 86_400);
        expect((await call(bench.emulator, 'describe-key', { key_id: keyId })).status).toBe(404);
      },
    ],
  ])('works when %s', async (_name, happen) => {
    const keyId = await applied(keyWithMaterial('orders', 'on_destroy = "delete_material"'));
    await happen(keyId);
    rmSync(join(bench.workspace.folder, 'orders.key'));
    const destroy = await bench.workspace.destroy();
    expect(destroy.output).toContain('Destroy complete!');
    expect(destroy.code).toBe(0);
  });
});
