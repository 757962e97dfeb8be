/**
 * Renewals and replacements under attack: whatever goes wrong, the key has its material or the next
 * apply brings it back.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ok } from '../emulator/plain-http';
import { describeKey, holdsMaterial, writesOf } from '../support/emulated-key';
import type { Fault } from '../support/emulator';
import { externalKey, keyWithMaterial, useWorkbench } from './workbench';

const bench = useWorkbench();

const far = '2035-01-01T00:00:00Z';
const farther = '2036-01-01T00:00:00Z';
const deletes = `expiration_time = "${far}"\n  on_destroy = "delete_material"`;

async function applied(
  body = keyWithMaterial('orders', `expiration_time = "${far}"`),
): Promise<string> {
  await bench.begin(body);
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  bench.emulator.clearCalls();
  return String(bench.workspace.attributes('byok_external_key').key_id);
}

function renewTo(expiration: string): void {
  bench.configure(keyWithMaterial('orders', `expiration_time = "${expiration}"`));
}

/**
 * The key works with our material and expires as declared, and Terraform knows and can prove it.
 */
async function expectRenewed(keyId: string): Promise<void> {
  expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
  expect((await describeKey(bench.emulator, keyId)).expiration_time).toBe(
    String(Date.parse(farther)),
  );
  expect((await bench.workspace.plan()).code).toBe(0);
  expect(bench.workspace.attributes('byok_key_material')).toMatchObject({
    key_id: keyId,
    fingerprint_verified: true,
    expiration_time: farther,
  });
}

const boundaries: readonly [string, Fault][] = [
  ['get-parameters refused', { operation: 'get-parameters-for-import', errorCode: 'KMS.0306' }],
  ['the delete refused', { operation: 'delete-imported-key-material', errorCode: 'KMS.0306' }],
  [
    'the delete lost before it took effect',
    { operation: 'delete-imported-key-material', drop: 'before' },
  ],
  ['the answer to the delete lost', { operation: 'delete-imported-key-material', drop: 'after' }],
  // The first one is the trial with noise.
  [
    'the import refused',
    { operation: 'import-key-material', skip: 1, errorCode: 'KMS.0306', times: 2 },
  ],
  [
    'the import lost before it took effect',
    { operation: 'import-key-material', skip: 1, drop: 'before' },
  ],
  ['the answer to the import lost', { operation: 'import-key-material', skip: 1, drop: 'after' }],
  ['the import answered 500', { operation: 'import-key-material', skip: 1, status: 500 }],
  ['the token refused', { operation: 'import-key-material', skip: 1, errorCode: 'KMS.2605' }],
];

test.each(boundaries)(
  'a renewal with %s ends well after one further apply',
  async (_name, fault) => {
    const keyId = await applied();
    renewTo(farther);
    bench.emulator.injectFaults([fault]);
    const first = await bench.workspace.apply();
    bench.emulator.clearFaults();
    expect(first.text).not.toContain('This is a bug in the provider');
    expect((await bench.workspace.apply()).code).toBe(0);
    await expectRenewed(keyId);
  },
);

const wayBackClosed: readonly [string, Fault][] = [
  ['fetch parameters', { operation: 'get-parameters-for-import', errorCode: 'KMS.0306' }],
  ['import', { operation: 'import-key-material', errorCode: 'KMS.0306' }],
  ['import, by the gateway', { operation: 'import-key-material', status: 403 }],
];

test.each(wayBackClosed)('nothing is deleted by a login that may not %s', async (_name, fault) => {
  const keyId = await applied();
  renewTo(farther);
  bench.emulator.injectFaults([fault]);
  const apply = await bench.workspace.apply();
  bench.emulator.clearFaults();
  expect(apply.code).toBe(1);
  expect(bench.emulator.calls().map(({ operation }) => operation)).not.toContain(
    'delete-imported-key-material',
  );
  expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
});

test('an import that is refused once is backed out, with the expiry that the key had', async () => {
  const keyId = await applied();
  renewTo(farther);
  bench.emulator.injectFaults([
    { operation: 'import-key-material', skip: 1, errorCode: 'KMS.0306' },
  ]);
  const apply = await bench.workspace.apply();
  bench.emulator.clearFaults();
  expect(apply.code).toBe(1);
  expect(apply.text).toContain(`has its material back, with its old expiry (${far})`);
  expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
  expect((await describeKey(bench.emulator, keyId)).expiration_time).toBe(String(Date.parse(far)));
});

test('a key whose KMS clock is ahead gets its old expiry back', async () => {
  const keyId = await applied();
  bench.emulator.advanceClock(3600);
  const soon = new Date(Math.floor(Date.now() / 1000) * 1000 + 20 * 60_000);
  renewTo(`${soon.toISOString().slice(0, 19)}Z`);
  const apply = await bench.workspace.apply();
  expect(apply.code).toBe(1);
  expect(apply.text).toContain(`has its material back, with its old expiry (${far})`);
  expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
  expect((await describeKey(bench.emulator, keyId)).expiration_time).toBe(String(Date.parse(far)));
  renewTo(farther);
  expect((await bench.workspace.apply()).code).toBe(0);
  await expectRenewed(keyId);
});

test('an import that is acknowledged counts, although the key cannot be described afterwards', async () => {
  await bench.begin(externalKey('orders'));
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  const keyId = String(bench.workspace.attributes('byok_external_key').key_id);
  bench.configure(keyWithMaterial('orders'));
  // The first describes the key for the plan that Terraform makes once more, the second is the one
  // before the import.
  const saved = await bench.workspace.plan('-out', 'tfplan');
  expect(saved.code).toBe(2);
  bench.emulator.injectFaults([
    { operation: 'describe-key', errorCode: 'KMS.0306', skip: 2, times: 50 },
  ]);
  const apply = await bench.workspace.terraform(['apply', '-no-color', 'tfplan']);
  bench.emulator.clearFaults();
  expect(apply.text).toContain('The import was not confirmed');
  expect(apply.code).toBe(0);
  expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
  expect(bench.workspace.attributes('byok_key_material').fingerprint_verified).toBe(true);
});

describe('the proof survives', () => {
  test('a destroy that failed', async () => {
    const keyId = await applied(keyWithMaterial('orders', deletes));
    bench.emulator.injectFaults([
      { operation: 'delete-imported-key-material', errorCode: 'KMS.0306' },
    ]);
    expect((await bench.workspace.destroy()).code).toBe(1);
    bench.emulator.clearFaults();
    bench.configure(keyWithMaterial('orders', deletes.replace(far, farther)));
    expect((await bench.workspace.apply()).code).toBe(0);
    await expectRenewed(keyId);
  });

  test('a state without private state, as a provider that was killed leaves it', async () => {
    const keyId = await applied();
    const state = join(bench.workspace.folder, 'terraform.tfstate');
    const { readFileSync, writeFileSync } = require('node:fs') as typeof import('node:fs');
    writeFileSync(
      state,
      readFileSync(state, 'utf8')
        .replace(/^\s*"private": .*$/gm, '')
        .replace(/,(\s*[}\]])/g, '$1'),
    );
    renewTo(farther);
    expect((await bench.workspace.apply()).code).toBe(0);
    await expectRenewed(keyId);
  });
});

describe('expiration_time that is only known after apply', () => {
  const unknown = (value: string) =>
    `resource "terraform_data" "expiry" {\n  input = "${value}"\n}\n${keyWithMaterial('orders', 'expiration_time = terraform_data.expiry.output')}`;

  test('renews, or does nothing when it is the same', async () => {
    const keyId = await applied();
    bench.configure(unknown(far));
    expect((await bench.workspace.apply()).code).toBe(0);
    expect(writesOf(bench.emulator)).toEqual([]);
    bench.configure(unknown(farther));
    expect((await bench.workspace.apply()).code).toBe(0);
    await expectRenewed(keyId);
  });
});

describe('on_destroy = delete_material in a replacement', () => {
  test('of a key id that is not known yet deletes nothing, as its plan says, also when the material is not at hand', async () => {
    const keyId = await applied(keyWithMaterial('orders', deletes));
    rmSync(join(bench.workspace.folder, 'orders.key'));
    const body = `resource "terraform_data" "id" {\n  input = "${keyId}"\n}\n${keyWithMaterial('orders', deletes).replace('byok_external_key.orders.key_id', 'terraform_data.id.output')}`;
    bench.configure(body);
    const plan = await bench.workspace.plan();
    expect(plan.text).toContain('The material is not deleted');
    expect(plan.text).not.toContain('will be deleted');
    expect((await bench.workspace.apply()).code).toBe(0);
    expect(bench.workspace.attributes('byok_key_material').fingerprint_verified).toBe(true);
    expect(writesOf(bench.emulator)).toEqual([]);
    expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
  });
});

test.each([
  [
    'a usage that the spec does not have',
    'key_usage = "SIGN_VERIFY"',
    'key_usage is "SIGN_VERIFY"; allowed for AES_256 are "ENCRYPT_DECRYPT"',
  ],
  [
    'another spec under the same alias',
    'key_spec = "EC_P256"',
    'alias "orders" stays with the old key',
  ],
])('%s is refused before anything is destroyed', async (_name, attribute, message) => {
  const keyId = await applied(keyWithMaterial('orders', deletes));
  bench.configure(
    keyWithMaterial('orders', deletes).replace(
      'alias = "orders"',
      `alias = "orders"\n  ${attribute}`,
    ),
  );
  const apply = await bench.workspace.apply();
  expect(apply.code).toBe(1);
  expect(apply.text).toContain(message);
  expect(writesOf(bench.emulator)).toEqual([]);
  expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
});

test('refuse lets go of a key that is lost', async () => {
  const keyId = await applied(keyWithMaterial('orders', 'on_destroy = "refuse"'));
  await ok(bench.emulator, 'schedule-key-deletion', { key_id: keyId, pending_days: '7' });
  bench.emulator.advanceClock(8 * 86_400);
  expect((await bench.workspace.destroy()).code).toBe(0);
});

test('delete_material of a frozen key is an error, not a silent success', async () => {
  const keyId = await applied(keyWithMaterial('orders', deletes));
  bench.emulator.setKeyState(keyId, '7');
  const destroy = await bench.workspace.destroy();
  expect(destroy.code).toBe(1);
  expect(destroy.text).toContain('is in state 7 (frozen), in which the KMS deletes no material');
});

test('adopted material that is imported again keeps the expiry that nobody declared', async () => {
  const keyId = await applied();
  await bench.workspace.succeed(['state', 'rm', 'byok_key_material.orders']);
  bench.configure(keyWithMaterial('orders'));
  await bench.workspace.succeed(['import', '-no-color', 'byok_key_material.orders', keyId]);
  bench.emulator.deleteMaterial(keyId);
  expect((await bench.workspace.apply()).code).toBe(0);
  expect((await describeKey(bench.emulator, keyId)).expiration_time).toBe(String(Date.parse(far)));
  expect((await bench.workspace.plan()).code).toBe(0);
});

test('an encoding that is only known after apply is waited for', async () => {
  await applied(externalKey('orders'));
  bench.workspace.write('orders.hex', bench.material.toString('hex'));
  const body = `resource "terraform_data" "encoding" {\n  input = "hex"\n}\n${keyWithMaterial('orders', 'material_encoding = terraform_data.encoding.output').replace('"orders.key"', '"orders.hex"')}`;
  bench.configure(body);
  const apply = await bench.workspace.apply();
  expect(apply.text).toContain('Apply complete!');
  expect(
    await holdsMaterial(
      bench.emulator,
      String(bench.workspace.attributes('byok_key_material').key_id),
      bench.material,
    ),
  ).toBe(true);
});
