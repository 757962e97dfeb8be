/**
 * A module of a platform team offers several sources as variables; its caller gives one. The others
 * are unknown when Terraform validates, null when it plans.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { holdsMaterial, writesOf } from '../support/emulated-key';
import { type Emulator, startEmulator } from '../support/emulator';
import { configure, externalKey, type Workbench, workbench } from './workbench';

let emulator: Emulator;
let bench: Workbench;

beforeEach(async () => {
  emulator = await startEmulator();
  bench = await workbench(emulator, '');
});

afterEach(async () => {
  bench.workspace.remove();
  await emulator.close();
});

const variable = (name: string, more = '') =>
  `variable "${name}" {\n  type = string\n  default = null\n  ${more}\n}\n`;

const variables = [
  variable('file'),
  variable('env'),
  variable('expires'),
  variable('valid_for'),
  variable('renew_before'),
  variable('material_version'),
  variable('material', 'ephemeral = true'),
].join('');

/** @param given arguments of the module */
function called(given: string, more = ''): void {
  mkdirSync(join(bench.workspace.folder, 'keys'));
  bench.workspace.write(
    'keys/main.tf',
    `terraform {
  required_providers {
    byok = { source = "terraform.local/cdktf-byok/byok" }
  }
}
${variables}${externalKey('orders')}
resource "byok_key_material" "orders" {
  key_id          = byok_external_key.orders.key_id
  material_file   = var.file
  material_env    = var.env
  material_wo     = var.material
  material_wo_version = var.material_version
  expiration_time = var.expires
  valid_for       = var.valid_for
  renew_before    = var.renew_before
}
output "key_id" {
  value = byok_external_key.orders.key_id
}`,
  );
  configure(
    emulator,
    bench.workspace,
    `${more}\nmodule "keys" {\n  source = "./keys"\n  ${given}\n}\noutput "key_id" {\n  value = module.keys.key_id\n}`,
  );
}

async function applied(): Promise<string> {
  await bench.workspace.succeed(['get', '-no-color']);
  await bench.workspace.succeed(['validate', '-no-color']);
  return (await bench.workspace.apply()).text;
}

const file = 'file = "orders.key"';

test('one of the sources and one of the expiries is enough', async () => {
  called(`${file}\n  expires = "2035-01-01T00:00:00Z"`);
  expect(await applied()).toContain('2 added');
  const { text } = await bench.workspace.terraform(['output', '-raw', 'key_id']);
  expect(await holdsMaterial(emulator, text.trim(), bench.material)).toBe(true);
});

test.each([
  ['two sources', `${file}\n  env = "ORDERS"`, 'material_file and material_env are given together'],
  [
    'a file and a write-only value',
    `${file}\n  material = "AAAA"\n  material_version = 1`,
    'material_wo and material_file are given together',
  ],
  [
    'two expiries',
    `${file}\n  expires = "2035-01-01T00:00:00Z"\n  valid_for = "90d"\n  renew_before = "9d"`,
    'expiration_time and valid_for are given together',
  ],
  ['half of a rolling expiry', `${file}\n  valid_for = "90d"`, 'renew_before'],
])('%s are refused by the plan', async (_, given, sentence) => {
  called(given);
  expect(await applied()).toContain(sentence);
  expect(writesOf(emulator)).toEqual([]);
});

describe('known only after the apply of something else', () => {
  const other = (value: string) => `resource "terraform_data" "other" {\n  input = ${value}\n}`;

  test('and none: the key is imported', async () => {
    called(
      `${file}\n  env = one([for v in [terraform_data.other.output] : v if v != "x"])`,
      other('"x"'),
    );
    expect(await applied()).toContain('3 added');
  });

  test('and given: apply refuses it, and the key has no material', async () => {
    called(`${file}\n  env = terraform_data.other.output`, other('"ORDERS"'));
    expect(await applied()).toContain('material_file and material_env are given together');
    expect(writesOf(emulator)).not.toContain('import-key-material');
  });
});
