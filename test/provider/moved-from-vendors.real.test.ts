/**
 * `moved` blocks that lead here from the resources of the vendors' providers. The vendor's provider
 * is installed, as its state names it, and a stand-in that fails if it is configured or called.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExternalKey, ImportedKey, KeyMaterialSource } from 'cdktf-byok';
import { reviewOfStack } from '../../lib/report/review/review';
import { stackUnderTest, synthesized } from '../cdktf/stack-under-test';
import { describe as describeKey, importMaterial } from '../emulator/external-key';
import { call, ok } from '../emulator/plain-http';
import { holdsMaterial, writesOf } from '../support/emulated-key';
import { type Emulator, startEmulator } from '../support/emulator';
import { servedBundle, servedEnvironment } from '../support/served-provider';
import { buildStandIn, installStandIn } from '../support/stand-in-provider';
import { TerraformWorkspace } from '../support/terraform-workspace';
import { vendorStates } from '../support/vendor-states';
import { configure } from './workbench';

const until = 2082758400;
const keyMaterial = Buffer.from('0123456789abcdef0123456789abcdef');
const vendors = ['huaweicloud', 'opentelekomcloud'] as const;

let emulator: Emulator;
let like: TerraformWorkspace;
let workspace: TerraformWorkspace;
let keyId: string;

const required = `terraform {
  required_providers {
    huaweicloud      = { source = "registry.terraform.io/huaweicloud/huaweicloud" }
    opentelekomcloud = { source = "registry.terraform.io/opentelekomcloud/opentelekomcloud" }
  }
}`;

beforeAll(async () => {
  like = new TerraformWorkspace(await servedEnvironment(), servedBundle());
  for (const vendor of vendors) {
    const standIn = {
      address: `${vendor}/${vendor}`,
      version: '1.0.0',
      main: 'vendor-provider-main.ts',
    };
    installStandIn(standIn, buildStandIn(standIn), like.folder);
  }
  like.write('versions_override.tf', required);
  like.configure('', '');
  await like.init();
});

afterAll(() => like.remove());

beforeEach(async () => {
  emulator = await startEmulator();
  const login = { HW_PROJECT_ID: emulator.projectId, HW_AUTH_TOKEN: emulator.authToken };
  workspace = new TerraformWorkspace({ ...like.env, ...login }, like);
  workspace.write('orders.key', `${keyMaterial.toString('base64')}\n`);
  const { key_info } = await ok<{ key_info: { key_id: string } }>(emulator, 'create-key', {
    key_alias: 'payments',
    origin: 'external',
    key_description: 'of the shop',
  });
  keyId = key_info.key_id;
  await call(emulator, `${keyId}/tags/action`, {
    action: 'create',
    tags: [{ key: 'team', value: 'pay' }],
  });
  await importMaterial(emulator, keyId, keyMaterial, { expirationTime: until });
  emulator.clearCalls();
});

afterEach(async () => {
  workspace.remove();
  await emulator.close();
});

/** As the providers of the vendors write it; what is not set is null in one, "" in the other. */
function attributesOf(type: string, more: object): Record<string, unknown> {
  const known: Record<string, unknown> = {
    id: keyId,
    key_id: keyId,
    region: 'eu-de',
    realm: 'eu-de',
    key_alias: 'payments',
    key_description: 'of the shop',
    key_algorithm: 'AES_256',
    key_usage: 'ENCRYPT_DECRYPT',
    origin: 'external',
    creation_date: '1764547200000',
    scheduled_deletion_date: '',
    pending_days: '7',
    is_enabled: true,
    key_state: '2',
    tags: { team: 'pay' },
    import_token: 'planted-token',
    encrypted_key_material: 'planted-material',
    expiration_time: String(until),
  };
  const names = Object.keys(vendorStates[type] ?? {});
  return {
    ...Object.fromEntries(names.map((name) => [name, known[name] ?? null])),
    ...more,
  };
}

function writeState(...resources: readonly (readonly [type: string, more?: object])[]): void {
  const state = {
    version: 4,
    terraform_version: '1.9.8',
    serial: 3,
    lineage: '5c1b7d0e-2f6a-4f5e-9a55-0d6f0c9a7b11',
    outputs: {},
    resources: resources.map(([type, more = {}]) => {
      const vendor = type.split('_')[0] ?? '';
      return {
        mode: 'managed',
        type,
        name: 'payments',
        provider: `provider["registry.terraform.io/${vendor}/${vendor}"]`,
        instances: [
          {
            schema_version: 0,
            attributes: attributesOf(type, more),
            sensitive_attributes: [],
            private: 'bnVsbA==',
          },
        ],
      };
    }),
  };
  workspace.write('terraform.tfstate', JSON.stringify(state));
}

const moved = (from: string, to: string) =>
  `moved {\n  from = ${from}.payments\n  to   = ${to}.payments\n}`;

const ours = `
resource "byok_external_key" "payments" {
  alias       = "payments"
  description = "of the shop"
  tags        = { team = "pay" }
}
resource "byok_key_material" "payments" {
  key_id          = byok_external_key.payments.key_id
  material_file   = "orders.key"
  expiration_time = "${until}"
}`;

function declare(...blocks: readonly string[]): void {
  workspace.write('versions_override.tf', required);
  configure(emulator, workspace, blocks.join('\n'));
}

const cases = [
  ['huaweicloud_kms_key', 'huaweicloud_kms_key_material'],
  ['huaweicloud_kms_key_v1', 'huaweicloud_kms_key_material'],
  ['opentelekomcloud_kms_key_v1', 'opentelekomcloud_kms_key_material_v1'],
] as const;

test.each(cases)('%s and its material are taken over as they are', async (key, material) => {
  writeState([key], [material]);
  declare(moved(key, 'byok_external_key'), moved(material, 'byok_key_material'), ours);
  const plan = await workspace.plan('-out=moved.plan');
  expect(plan.text).toContain('0 to add, 1 to change, 0 to destroy');
  expect(plan.text).toMatch(/byok_external_key\.payments/);
  expect(plan.text).not.toContain('import_reason');
  expect(plan.output).not.toContain('planted');
  const shown = await workspace.succeed(['show', '-json', 'moved.plan']);
  const content = shown.output.slice(shown.output.indexOf('{'));
  const { keys } = reviewOfStack({ name: 'prod', plan: { content, place: 'p' }, log: undefined });
  expect(keys).toMatchObject([
    {
      name: 'payments',
      key_id: keyId,
      found_changed: false,
      effects: [{ effect: 'left_alone', reason: expect.stringContaining(`from ${key}.payments`) }],
    },
  ]);
  const apply = await workspace.apply();
  expect(apply.text).toContain('0 added, 1 changed, 0 destroyed');
  expect(writesOf(emulator).filter((operation) => operation !== 'list-tags')).toEqual([]);
  expect((await describeKey(emulator, keyId)).key_state).toBe('2');
  expect(await holdsMaterial(emulator, keyId, keyMaterial)).toBe(true);
  const state = readFileSync(join(workspace.folder, 'terraform.tfstate'), 'utf8');
  expect(state).not.toContain('planted');
  declare(ours);
  const next = await workspace.plan();
  expect(next.text).toContain('No changes.');
  expect(next.code).toBe(0);
});

test('the material alone moves, and the key stays with the vendor', async () => {
  writeState(['huaweicloud_kms_key_material']);
  declare(
    moved('huaweicloud_kms_key_material', 'byok_key_material'),
    ours
      .replace('byok_external_key.payments.key_id', `"${keyId}"`)
      .replace(/^resource "byok_external[^}]*}\n}/m, ''),
  );
  expect((await workspace.apply()).text).toContain('0 added, 1 changed, 0 destroyed');
  expect(writesOf(emulator)).toEqual([]);
});

test('another project does not have the key, and that is an error instead of a new key', async () => {
  writeState(['huaweicloud_kms_key'], ['huaweicloud_kms_key_material']);
  declare(
    moved('huaweicloud_kms_key', 'byok_external_key'),
    moved('huaweicloud_kms_key_material', 'byok_key_material'),
    ours,
  );
  const elsewhere = await startEmulator();
  workspace.env.HW_PROJECT_ID = elsewhere.projectId;
  workspace.env.HW_AUTH_TOKEN = elsewhere.authToken;
  configure(
    elsewhere,
    workspace,
    `${moved('huaweicloud_kms_key', 'byok_external_key')}\n${moved('huaweicloud_kms_key_material', 'byok_key_material')}\n${ours}`,
  );
  const sentence = 'which huaweicloud_kms_key had in region eu-de';
  const refused = await workspace.apply();
  expect([refused.code, refused.text]).toEqual([1, expect.stringContaining(sentence)]);
  // Without a look the key is neither made anew nor believed to be there.
  await workspace.apply('-refresh=false');
  expect((await workspace.apply()).text).toContain(sentence);
  expect(writesOf(elsewhere)).toEqual([]);
  await elsewhere.close();
});

test.each([
  [
    'another type',
    ['huaweicloud_kms_key_material'],
    'byok_external_key',
    'allowed are huaweicloud_kms_key, huaweicloud_kms_key_v1, opentelekomcloud_kms_key_v1',
  ],
  [
    'a key of the KMS',
    ['huaweicloud_kms_key', { origin: 'kms' }],
    'byok_external_key',
    'has origin "kms"; only keys of origin "external"',
  ],
  [
    'no id',
    ['huaweicloud_kms_key', { id: 'x', key_id: null }],
    'byok_external_key',
    'The state of huaweicloud_kms_key has no id of a key',
  ],
] as const)('%s is one sentence', async (_, source, target, sentence) => {
  writeState(source as [string, object]);
  declare(moved(source[0], target), ours);
  const run = await workspace.apply();
  expect(run.code).toBe(1);
  expect(run.text).toContain(sentence);
  expect(run.output).not.toContain('planted');
  expect(writesOf(emulator)).toEqual([]);
});

test('constructs write the blocks by moveFromId', async () => {
  const stack = stackUnderTest();
  const key = new ExternalKey(stack, 'payments_key', {
    alias: 'payments',
    description: 'of the shop',
    tags: { team: 'pay' },
  });
  key.moveFromId('huaweicloud_kms_key.payments');
  const { material } = new ImportedKey(stack, 'payments', {
    key,
    source: KeyMaterialSource.fromFile(join(workspace.folder, 'orders.key')),
    onDestroy: 'retain',
  });
  material.moveFromId('huaweicloud_kms_key_material.payments');
  const { resource, moved: blocks } = synthesized(stack) as unknown as Record<string, unknown>;
  writeState(['huaweicloud_kms_key'], ['huaweicloud_kms_key_material']);
  workspace.write('stack.tf.json', JSON.stringify({ resource, moved: blocks }));
  declare();
  expect((await workspace.apply()).text).toContain('0 added, 1 changed, 0 destroyed');
  expect(workspace.attributes('byok_key_material').key_id).toBe(keyId);
  expect(writesOf(emulator).filter((operation) => operation !== 'list-tags')).toEqual([]);
});
