/**
 * Adoption by `import` blocks, with the configuration that terraform generates for them: nothing is
 * replaced, nothing imported again.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeKey, fingerprintOf, writesOf } from '../support/emulated-key';
import { type Emulator, startEmulator } from '../support/emulator';
import { ecKey } from '../support/private-keys';
import { configure, keyWithMaterial, type Workbench, workbench } from './workbench';

let emulator: Emulator;
let first: Workbench;
let second: Workbench;

const far = '2035-01-01T00:00:00Z';

beforeAll(async () => {
  emulator = await startEmulator();
});

afterEach(() => {
  first.workspace.remove();
  second.workspace.remove();
});

afterAll(async () => {
  await emulator.close();
});

/** A key with its material that one state made, and another one is to take over. */
async function existing(body: string, file?: Buffer): Promise<string> {
  first = await workbench(emulator, body);
  second = await workbench(emulator, '');
  if (file !== undefined) {
    first.workspace.write('orders.key', file);
  }
  await first.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  const keyId = String(first.workspace.attributes('byok_external_key').key_id);
  const blocks = ['byok_external_key', 'byok_key_material'].map(
    (type) => `import {\n  to = ${type}.orders\n  id = "${keyId}"\n}`,
  );
  configure(emulator, second.workspace, blocks.join('\n'));
  emulator.clearCalls();
  return keyId;
}

async function adopt(): Promise<string> {
  const { workspace } = second;
  const plan = await workspace.plan('-generate-config-out', 'generated.tf');
  expect(plan.text).toContain('Plan: 2 to import, 0 to add, 0 to change, 0 to destroy.');
  expect(plan.code).toBe(2);
  const apply = await workspace.apply();
  expect(apply.text).toContain(
    'Apply complete! Resources: 2 imported, 0 added, 0 changed, 0 destroyed.',
  );
  expect(writesOf(emulator).filter((operation) => operation !== 'get-publickey')).toEqual([]);
  expect((await workspace.plan()).code).toBe(0);
  return readFileSync(join(workspace.folder, 'generated.tf'), 'utf8');
}

test('symmetric material keeps its expiry, and is known to be unproven', async () => {
  const keyId = await existing(keyWithMaterial('orders', `expiration_time = "${far}"`));
  const generated = await adopt();
  expect(generated).toContain(`"${far}"`);
  expect(second.workspace.attributes('byok_key_material')).toMatchObject({
    key_id: keyId,
    expiration_time: far,
    fingerprint: null,
    fingerprint_verified: false,
    imported_at: null,
  });
  expect(await describeKey(emulator, keyId)).toMatchObject({
    key_state: '2',
    expiration_time: String(Date.parse(far)),
  });
});

test('material that never expires stays so', async () => {
  await existing(keyWithMaterial('never'));
  await adopt();
  expect(second.workspace.attributes('byok_key_material')).toMatchObject({
    expiration_time: 'never',
    material_status: 'present',
  });
});

test('a private key is verified at once, without the private key at hand', async () => {
  const body = keyWithMaterial('signing', 'material_encoding = "pem"').replace(
    'alias = "signing"',
    'alias = "signing"\n  key_spec = "EC_P256"',
  );
  await existing(body, ecKey());
  await adopt();
  const { fingerprint } = first.workspace.attributes('byok_key_material');
  expect(second.workspace.attributes('byok_key_material')).toMatchObject({
    fingerprint,
    fingerprint_verified: true,
  });
  expect(second.workspace.attributes('byok_external_key')).toMatchObject({
    key_spec: 'EC_P256',
    key_usage: 'SIGN_VERIFY',
  });
});

test('the source is added to what was generated, and from then on the material is imported again when it is gone', async () => {
  const keyId = await existing(keyWithMaterial('drifting', `expiration_time = "${far}"`));
  const generated = await adopt();
  second.workspace.write('orders.key', `${first.material.toString('base64')}\n`);
  second.workspace.write(
    'generated.tf',
    generated.replace(/^( *)material_file( *)=.*$/m, '$1material_file$2= "orders.key"'),
  );
  expect((await second.workspace.apply()).code).toBe(0);
  emulator.deleteMaterial(keyId);
  expect((await second.workspace.apply()).text).toContain('0 added, 1 changed, 0 destroyed');
  expect(second.workspace.attributes('byok_key_material')).toMatchObject({
    fingerprint: fingerprintOf(first.material),
    fingerprint_verified: true,
    expiration_time: far,
  });
});
