/**
 * A refresh that finds nothing new changes nothing: neither its exit code nor a byte of the state.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyMaterialSchema } from '../../lib/schema/key-material';
import type { AttributeSchema } from '../../lib/schema/model';
import { externalKey, takeBuiltProvider, useWorkbench } from './workbench';

takeBuiltProvider('this file shows byok_key_material as users get it');

const bench = useWorkbench();

const state = () => readFileSync(join(bench.workspace.folder, 'terraform.tfstate'), 'utf8');

const secret = 'variable "secret" {\n  type = string\n  ephemeral = true\n  sensitive = true\n}\n';

test.each([
  ['a file', 'material_file = "orders.key"'],
  ['a sensitive write-only value', 'material_wo = var.secret\n  material_wo_version = 1'],
  ['a sensitive password', 'material_file = "orders.key"\n  material_password_wo = var.secret'],
])('plan -refresh-only after an apply has nothing to say, with %s', async (_name, attributes) => {
  const body = `${secret}${externalKey('orders', 'tags = { team = "payments" }\n  pending_days = 8\n  enabled = true')}
resource "byok_key_material" "orders" {
  key_id          = byok_external_key.orders.key_id
  expiration_time = "2035-01-01T00:00:00Z"
  ${attributes}
}`;
  await bench.begin(body);
  bench.workspace.env.TF_VAR_secret = bench.material.toString('base64');
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  const applied = state();
  for (let round = 0; round < 4; round += 1) {
    expect((await bench.workspace.plan('-refresh-only')).code).toBe(0);
  }
  expect((await bench.workspace.apply('-refresh-only')).code).toBe(0);
  const refreshed = state();
  expect((await bench.workspace.apply('-refresh-only')).code).toBe(0);
  expect(state()).toBe(refreshed);
  expect(resourcesOf(refreshed)).toEqual(resourcesOf(applied));
});

function resourcesOf(text: string): unknown {
  return (JSON.parse(text) as { resources: unknown }).resources;
}

test('at most one attribute is sensitive: Terraform 1.11 writes several of them in another order each time', () => {
  const attributes: AttributeSchema[] = Object.values(keyMaterialSchema.attributes);
  expect(attributes.filter(({ sensitive }) => sensitive === true).length).toBeLessThanOrEqual(1);
});
