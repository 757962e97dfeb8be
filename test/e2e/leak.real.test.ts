/**
 * Rule 12, with terraform: whatever happens to a key, its material is written nowhere. Nor are
 * tokens and wrapped material.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprintOf } from '../support/emulated-key';
import { filesBelow, findLeaks } from '../support/leak-scanner';
import type { Run, TerraformWorkspace } from '../support/terraform-workspace';
import {
  expectHeld,
  LeakWatch,
  type Materials,
  type Source,
  sources,
  tracedWorkspace,
  watchedMaterials,
} from './leak-watch';

let watch: LeakWatch;
let right: Materials;
let wrong: Materials;
let workspace: TerraformWorkspace;

beforeEach(async () => {
  watch = await LeakWatch.start();
  right = watchedMaterials(watch, 'material');
  wrong = watchedMaterials(watch, 'wrong material');
  const { projectId, authToken } = watch.emulator;
  workspace = tracedWorkspace({ HW_PROJECT_ID: projectId, HW_AUTH_TOKEN: authToken });
});

afterEach(async () => {
  workspace.remove();
  await watch.close();
});

const attributes: Readonly<Record<Source, string>> = {
  file: 'material_file = "orders.key"',
  env: 'material_env = "ORDERS_KEY"',
  variable: 'material_wo = var.orders\n  material_wo_version = 1',
};

function declare(expirationTime: string): void {
  const resources = sources.map(
    (source) => `resource "byok_external_key" "${source}" {
  alias = "${source}"
}
resource "byok_key_material" "${source}" {
  key_id = byok_external_key.${source}.key_id
  ${attributes[source]}
  expiration_time = "${expirationTime}"
  on_destroy = "delete_material"
}
`,
  );
  const variable =
    'variable "orders" {\n  type = string\n  ephemeral = true\n  sensitive = true\n}\n';
  workspace.configure(
    `  kms_endpoint = "${watch.proxy.url}"\n  max_retries = 0`,
    variable + resources.join(''),
  );
}

function provide({ file, env, variable }: Materials, prefix = ''): void {
  workspace.write('orders.key', prefix + file.toString('base64'));
  workspace.env.ORDERS_KEY = prefix + env.toString('base64');
  workspace.env.TF_VAR_orders = prefix + variable.toString('base64');
}

function terraform(expectedCode: number, ...args: string[]): Promise<Run> {
  return watch.run(`terraform ${args.join(' ')}`, expectedCode, workspace.terraform(args));
}

async function planShowApply(name: string): Promise<void> {
  await terraform(2, 'plan', '-no-color', '-detailed-exitcode', '-out', `${name}.plan`);
  await terraform(0, 'show', '-json', `${name}.plan`);
  await terraform(0, 'apply', '-no-color', `${name}.plan`);
  await terraform(0, 'show', '-json');
}

test('no secret is in state, backup, plans, show -json, trace logs and output', async () => {
  provide(right);
  declare('2035-01-01T00:00:00Z');
  await terraform(0, 'init', '-no-color');
  await planShowApply('first');

  watch.deleteAllMaterial();
  watch.emulator.injectFaults([
    { operation: 'import-key-material', errorCode: 'KMS.0311', times: 100 },
  ]);
  await terraform(1, 'apply', '-no-color', '-auto-approve');
  watch.emulator.clearFaults();
  await planShowApply('drift');

  declare('2036-01-01T00:00:00Z');
  await planShowApply('expiry');

  watch.deleteAllMaterial();
  provide(wrong);
  expect((await terraform(1, 'apply', '-no-color', '-auto-approve')).text).toContain(
    'is bound for ever to',
  );
  provide(right, '!');
  expect((await terraform(1, 'apply', '-no-color', '-auto-approve')).text).toContain(
    'is not base64',
  );
  provide(right);
  await terraform(0, 'apply', '-no-color', '-auto-approve');
  await expectHeld(watch, right);
  // Five times for each key: first, faulty, drift, expiry, and after the wrong material.
  expect(watch.importCalls().length).toBeGreaterThanOrEqual(15);

  // The last state that still has resources is searched too.
  workspace.write('before-destroy.json', readFileSync(join(workspace.folder, 'terraform.tfstate')));
  await terraform(0, 'destroy', '-no-color', '-auto-approve');

  const fingerprint = fingerprintOf(right.file);
  watch.expectNoLeak(filesBelow(workspace.folder, ['orders.key']), {
    'before-destroy.json': fingerprint,
    'terraform.tfstate.backup': fingerprint,
    'first.plan!tfplan': fingerprint,
    'drift.plan!tfplan': 'the key no longer holds material',
    'drift.plan!tfstate': fingerprint,
    'output of terraform show -json first.plan': fingerprint,
    'output of terraform show -json': fingerprint,
    'trace.log': 'serving provider byok',
  });
  workspace.write('planted', `a log line with ${right.env.toString('hex')} in it`);
  expect(findLeaks(filesBelow(workspace.folder, ['orders.key']), watch.needles())).toEqual([
    'planted: material of env in hex',
  ]);
});
