/**
 * Rare mishaps, each under the real terraform: lost state, rights that are missing, an
 * interruption.
 */
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ok } from '../emulator/plain-http';
import { describeKey, writesOf } from '../support/emulated-key';
import { cleanEnvironment } from '../support/terraform-workspace';
import { externalKey, keyWithMaterial, useWorkbench } from './workbench';

const bench = useWorkbench();

const far = '2035-01-01T00:00:00Z';

async function applied(body: string): Promise<string> {
  await bench.begin(body);
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  bench.emulator.clearCalls();
  return String(bench.workspace.attributes('byok_external_key').key_id);
}

function openssl(args: string): Buffer {
  return execFileSync('openssl', args.split(' '), { stdio: ['pipe', 'pipe', 'pipe'] });
}

test('an expiry that is not declared any more goes, also after private state was lost', async () => {
  const keyId = await applied(keyWithMaterial('orders', `expiration_time = "${far}"`));
  const state = join(bench.workspace.folder, 'terraform.tfstate');
  writeFileSync(
    state,
    readFileSync(state, 'utf8')
      .replace(/^\s*"private": .*$/gm, '')
      .replace(/,(\s*[}\]])/g, '$1'),
  );
  bench.configure(keyWithMaterial('orders'));
  expect((await bench.workspace.plan()).text).toContain(
    `expiration_time changes from ${far} to never`,
  );
  expect((await bench.workspace.apply()).code).toBe(0);
  expect((await describeKey(bench.emulator, keyId)).expiration_time).toBe('');
});

test('material of another kind goes into another key', async () => {
  const signing = (
    spec: string,
    alias: string,
  ) => `resource "byok_external_key" "orders" {\n  alias = "${alias}"\n  key_spec = "${spec}"\n}
resource "byok_key_material" "orders" {\n  key_id = byok_external_key.orders.key_id\n  material_file = "signing.pem"\n  material_encoding = "pem"\n}`;
  await bench.begin(signing('EC_P256', 'first'));
  bench.workspace.write(
    'signing.pem',
    openssl('genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256'),
  );
  expect((await bench.workspace.apply()).code).toBe(0);
  bench.workspace.write(
    'signing.pem',
    openssl('genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048'),
  );
  bench.configure(signing('RSA_2048', 'second'));
  expect((await bench.workspace.apply()).code).toBe(0);
  expect(bench.workspace.attributes('byok_key_material')).toMatchObject({
    key_spec: 'RSA_2048',
    fingerprint_verified: true,
  });
});

describe('tags', () => {
  test('without a value are refused, and none is deleted', async () => {
    await applied(externalKey('orders', 'tags = { a = "1" }'));
    bench.configure(externalKey('orders', 'tags = { a = "1", b = null }'));
    const apply = await bench.workspace.apply();
    expect(apply.code).toBe(1);
    expect(apply.text).toContain('Tags has no value for "b"');
    expect(writesOf(bench.emulator).filter((operation) => operation.includes('tag'))).toEqual([]);
  });

  test('that may not be read are kept, with a warning', async () => {
    await applied(externalKey('orders', 'tags = { a = "1" }'));
    bench.emulator.injectFaults([{ operation: 'list-tags', errorCode: 'KMS.0307', times: 20 }]);
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(0);
    expect(plan.text).toContain('The tags of the key were not refreshed');
    expect((await bench.workspace.destroy()).code).toBe(0);
  });
});

test('a public key that may not be read costs the proof, not the refresh', async () => {
  const pem = openssl('genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256');
  await bench.begin('');
  bench.workspace.write('signing.pem', pem);
  bench.configure(
    keyWithMaterial('orders', 'material_encoding = "pem"')
      .replace('"orders.key"', '"signing.pem"')
      .replace('alias = "orders"', 'alias = "orders"\n  key_spec = "EC_P256"'),
  );
  expect((await bench.workspace.apply()).code).toBe(0);
  const keyId = String(bench.workspace.attributes('byok_external_key').key_id);
  await bench.workspace.succeed(['state', 'rm', 'byok_key_material.orders']);
  bench.emulator.injectFaults([{ operation: 'get-publickey', errorCode: 'KMS.0307', times: 20 }]);
  await bench.workspace.succeed(['import', '-no-color', 'byok_key_material.orders', keyId]);
  expect((await bench.workspace.plan()).text).toContain('The private key is not proven');
  bench.emulator.clearFaults();
  expect((await bench.workspace.apply()).code).toBe(0);
  expect(bench.workspace.attributes('byok_key_material').fingerprint_verified).toBe(true);
});

test('a pin on material that was wrapped elsewhere is refused: nothing could compare it in time', async () => {
  const variables = ['token', 'material']
    .map((name) => `variable "${name}" {\n  type = string\n  ephemeral = true\n}\n`)
    .join('');
  await bench.begin(`${variables}${externalKey('orders')}
resource "byok_key_material" "orders" {
  key_id = byok_external_key.orders.key_id
  import_token_wo = var.token
  encrypted_key_material_wo = var.material
  fingerprint = "sha256:${'0'.repeat(64)}"
}`);
  Object.assign(bench.workspace.env, {
    TF_VAR_token: 'A'.repeat(200),
    TF_VAR_material: 'B'.repeat(344),
  });
  const plan = await bench.workspace.plan();
  expect(plan.code).toBe(1);
  expect(plan.text).toContain('cannot be compared with a pin before the import');
});

test('a key that was rescued says that it is disabled, and one that is scheduled takes no new alias', async () => {
  const keyId = await applied(externalKey('orders'));
  await ok(bench.emulator, 'schedule-key-deletion', { key_id: keyId, pending_days: '7' });
  bench.configure(externalKey('orders-2'));
  const refused = await bench.workspace.apply();
  expect(refused.code).toBe(1);
  expect(refused.text).toContain('so its alias and description cannot change');
  bench.configure(externalKey('orders-2', 'cancel_pending_deletion = true'));
  expect((await bench.workspace.apply()).code).toBe(0);
  expect((await describeKey(bench.emulator, keyId)).key_alias).toBe('orders-2');
});

test('Ctrl-C while waiting for the KMS is an interruption, not a defect', async () => {
  const keyId = await applied(externalKey('orders'));
  bench.emulator.setKeyState(keyId, '1');
  bench.configure(
    `${externalKey('orders')}\nresource "byok_key_material" "orders" {\n  key_id = "${keyId}"\n  material_file = "orders.key"\n}`,
  );
  const child = spawn('terraform', ['apply', '-auto-approve', '-no-color'], {
    cwd: bench.workspace.folder,
    env: cleanEnvironment(bench.workspace.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
    if (output.includes('byok_key_material.orders: Creating...') && !child.killed) {
      child.kill('SIGINT');
    }
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect(code).toBe(1);
  expect(output.replace(/[│╷╵\s]+/g, ' ')).toContain('(ERR_INTERRUPTED)');
  expect(output).not.toContain('This is a defect');
});
