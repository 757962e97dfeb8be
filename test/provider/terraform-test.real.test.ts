/**
 * `terraform test`: with everything mocked, and against a KMS, where the destroy at its end leaves
 * nothing behind.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createKey } from '../emulator/external-key';
import { describeKey, writesOf } from '../support/emulated-key';
import { keyWithMaterial, useWorkbench } from './workbench';

const bench = useWorkbench();

/**
 * Main state and module state are two, so that one run changes a file under the feet of the other.
 */
const writer = `variable "bytes" {
  type = number
}
resource "terraform_data" "writer" {
  triggers_replace = var.bytes
  provisioner "local-exec" {
    command = "openssl rand -base64 \${var.bytes} >orders.key"
  }
}`;

async function tested(body: string, runs: string) {
  await bench.begin(body);
  const { workspace } = bench;
  mkdirSync(join(workspace.folder, 'writer'));
  workspace.write('writer/main.tf', writer);
  workspace.write('orders.tftest.hcl', runs);
  await workspace.init();
  return workspace.terraform(['test', '-no-color']);
}

const write = (name: string, bytes: number) =>
  `run "${name}" {\n  module {\n    source = "./writer"\n  }\n  variables {\n    bytes = ${bytes}\n  }\n}\n`;

const keyIdOfCreation = () =>
  bench.emulator.calls().find(({ operation }) => operation === 'import-key-material')?.keyId ?? '';

test.each(['apply', 'plan'])('a bare mock_provider will do, command = %s', async (command) => {
  const body = `${keyWithMaterial('orders', 'valid_for = "90d"\n  renew_before = "14d"')}
data "byok_key" "orders" {
  key_id = byok_external_key.orders.key_id
}
resource "byok_key_material" "twin" {
  key_id          = data.byok_key.orders.key_id
  material_file   = "orders.key"
  expiration_time = byok_key_material.orders.expiration_time
  fingerprint     = byok_key_material.orders.fingerprint
}`;
  const run = await tested(
    body,
    `mock_provider "byok" {}
run "first" {
  command = ${command}
  assert {
    condition     = byok_external_key.orders.alias == "orders"
    error_message = "another alias"
  }
}
run "second" {
  command = ${command}
}`,
  );
  expect(run.text).toContain('2 passed, 0 failed');
  expect(run.code).toBe(0);
  expect(bench.emulator.calls()).toEqual([]);
});

test('a mocked key may have any id', async () => {
  const run = await tested(
    keyWithMaterial('orders'),
    'mock_provider "byok" {\n  mock_resource "byok_external_key" {\n    defaults = {\n      key_id = "my-key"\n    }\n  }\n}\nrun "first" {}\n',
  );
  expect(run.text).toContain('1 passed, 0 failed');
});

test.each([
  ['other material', 32],
  ['material that fits no key', 20],
])('the destroy at its end gets past %s', async (_name, bytes) => {
  const run = await tested(
    keyWithMaterial('orders'),
    `run "import" {}\n${write('rewrite', bytes)}`,
  );
  expect(run.text).not.toContain('Terraform left the following resources');
  expect(run.text).toContain('2 passed, 0 failed');
  expect(run.code).toBe(0);
  expect((await describeKey(bench.emulator, keyIdOfCreation())).key_state).toBe('4');
});

test('the destroy at its end gets past material that was never imported', async () => {
  bench.emulator.injectFaults([
    { operation: 'import-key-material', errorCode: 'KMS.0307', times: 20 },
  ]);
  const run = await tested(keyWithMaterial('orders'), `run "fails" {}\n${write('rewrite', 20)}`);
  expect(run.code).toBe(1);
  expect(run.text).not.toContain('Terraform left the following resources');
});

test('what a plan refuses still fails the run that applies it, and nothing is done', async () => {
  const run = await tested(
    keyWithMaterial('orders'),
    `run "import" {}\n${write('rewrite', 32)}run "import_again" {\n  variables {}\n}\n`,
  );
  expect(run.text).toContain('run "import_again"... fail');
  expect(run.text).toMatch(
    /Error: The material cannot be planned as declared .* this key is bound for ever to/,
  );
  expect(run.text).not.toContain('Terraform left the following resources');
  expect(
    writesOf(bench.emulator).filter((operation) => operation === 'import-key-material'),
  ).toHaveLength(1);
  expect((await describeKey(bench.emulator, keyIdOfCreation())).key_state).toBe('4');
});

test('a replacement that is refused destroys nothing before', async () => {
  const body = `variable "key" {
  type    = string
  default = null
}
${keyWithMaterial('orders', 'on_destroy = "delete_material"').replace('byok_external_key.orders.key_id', 'coalesce(var.key, byok_external_key.orders.key_id)')}`;
  const other = await createKey(bench.emulator);
  const second = `run "import" {}\n${write('spoil', 20)}run "move" {\n  variables {\n    key = "${other}"\n  }\n}\n`;
  const run = await tested(body, second);
  expect(run.text).toContain('run "move"... fail');
  expect(run.text).not.toContain('Terraform left the following resources');
  // The deletion is that of the end, when the material was still in the state.
  expect(run.text).toContain('Error: Cannot destroy byok_key_material');
  expect(
    writesOf(bench.emulator).filter((operation) => operation === 'delete-imported-key-material'),
  ).toHaveLength(1);
});

test('a first plan that refuses fails its run', async () => {
  const pinned = keyWithMaterial('orders', `fingerprint = "sha256:${'0'.repeat(64)}"`);
  const run = await tested(pinned, 'run "first" {\n  command = plan\n}\n');
  expect(run.code).toBe(1);
  expect(run.text).toContain('(ERR_MATERIAL_DIFFERS)');
});

test.each([
  [
    'byok_key_material',
    'resource "byok_key_material" "x" {\n  key_id = "orders"\n}',
    '36 characters',
  ],
  ['data byok_key', 'data "byok_key" "x" {\n  key_id = "orders"\n}', '36 characters'],
])('outside of mocks a plan still says what a key id is: %s', async (_name, body, allowed) => {
  await bench.begin(body);
  const plan = await bench.workspace.plan();
  expect(plan.code).toBe(1);
  expect(plan.text).toContain(`key_id is "orders"; allowed are ${allowed}`);
});

test('a malformed key id in the configuration does not stand in the way of a destroy', async () => {
  const keyId = await createKey(bench.emulator);
  const body = (id: string) =>
    `resource "byok_key_material" "orders" {\n  key_id = "${id}"\n  material_file = "orders.key"\n}`;
  await bench.begin(body(keyId));
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  bench.configure(body('orders'));
  expect((await bench.workspace.plan()).code).toBe(1);
  expect((await bench.workspace.destroy()).code).toBe(0);
});
