/**
 * An alias belongs to one key: what a plan finds out about that in its own run and at the KMS,
 * before anything is done.
 */

import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call, ok } from '../emulator/plain-http';
import { describeKey, holdsMaterial, writesOf } from '../support/emulated-key';
import { startEmulator } from '../support/emulator';
import { externalKey, keyWithMaterial, useWorkbench } from './workbench';

const bench = useWorkbench();

async function applied(body: string): Promise<string> {
  await bench.begin(body);
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  bench.emulator.clearCalls();
  return String(bench.workspace.attributes('byok_external_key').key_id);
}

const renamed = (body: string) =>
  body
    .replace('"byok_external_key" "orders"', '"byok_external_key" "another"')
    .replaceAll('byok_external_key.orders', 'byok_external_key.another');

async function makeKey(alias: string, fields: object = {}): Promise<string> {
  const { key_info } = await ok<{ key_info: { key_id: string } }>(bench.emulator, 'create-key', {
    key_alias: alias,
    origin: 'external',
    ...fields,
  });
  return key_info.key_id;
}

describe('two new keys of one alias', () => {
  const twice = (alias: string) => `resource "byok_external_key" "orders" {
  for_each = toset(["a", "b"])
  alias    = ${alias}
}
resource "byok_key_material" "orders" {
  for_each          = toset(["a", "b"])
  key_id            = byok_external_key.orders[each.key].key_id
  material_file     = "\${each.key}.key"
}`;

  test('are refused at plan, with nothing made', async () => {
    await bench.begin(twice('"orders"'));
    for (const name of ['a', 'b']) {
      writeFileSync(
        join(bench.workspace.folder, `${name}.key`),
        randomBytes(32).toString('base64'),
      );
    }
    const run = await bench.workspace.apply();
    expect(run.code).toBe(1);
    expect(run.text).toContain(
      'Two keys of this plan have alias "orders", and an alias belongs to one key; nothing was done: give each key its own alias (with for_each',
    );
    expect(writesOf(bench.emulator)).toEqual([]);
  });

  test('never end as one key, even where the alias only shows in apply', async () => {
    const late = 'terraform_data.alias.output';
    await bench.begin(`resource "terraform_data" "alias" {\n  input = "orders"\n}\n${twice(late)}`);
    for (const name of ['a', 'b']) {
      writeFileSync(
        join(bench.workspace.folder, `${name}.key`),
        randomBytes(32).toString('base64'),
      );
    }
    const run = await bench.workspace.apply('-parallelism=1');
    expect(run.code).toBe(1);
    expect(run.text).toMatch(/alias "orders"/i);
    expect(
      bench.emulator
        .calls()
        .filter(({ operation, status }) => operation === 'create-key' && status === 200).length,
    ).toBe(1);
    const state = await bench.workspace.succeed(['show', '-json']);
    const ids = [...state.output.matchAll(/"type":"byok_external_key".*?"key_id":"([^"]+)"/g)].map(
      ([, id]) => id,
    );
    expect(ids).toHaveLength(1);
  });
});

describe('a key under another address, without moved', () => {
  test.each([
    ['that holds material', keyWithMaterial('orders'), '2'],
    ['that is empty', externalKey('orders'), '5'],
    [
      'that is only forgotten',
      keyWithMaterial('orders').replace('alias =', 'on_destroy = "retain"\n  alias ='),
      '2',
    ],
  ])('%s is neither scheduled nor forgotten: the plan names moved', async (_name, body, state) => {
    const keyId = await applied(body);
    bench.configure(renamed(body));
    const run = await bench.workspace.apply();
    expect(run.code).toBe(1);
    expect(run.text).toContain('moved');
    expect(run.text).toContain(keyId);
    expect(writesOf(bench.emulator)).toEqual([]);
    expect((await describeKey(bench.emulator, keyId)).key_state).toBe(state);
    const moved = `moved {\n  from = byok_external_key.orders\n  to = byok_external_key.another\n}\n`;
    bench.configure(`${moved}${renamed(body)}`);
    expect((await bench.workspace.apply()).text).toContain('0 added, 0 changed, 0 destroyed');
  });

  test('of for_each is protected in the same way, also without the permission to list keys', async () => {
    const each = (name: string) =>
      `resource "byok_external_key" "orders" {\n  for_each = toset(["${name}"])\n  alias = "orders"\n}`;
    const keyId = await applied(each('a'));
    bench.configure(each('b'));
    bench.emulator.injectFaults([{ operation: 'list-keys', errorCode: 'KMS.0306', times: 9 }]);
    const run = await bench.workspace.apply();
    expect(run.code).toBe(1);
    expect(run.text).toContain('moved');
    expect(writesOf(bench.emulator)).toEqual([]);
    expect((await describeKey(bench.emulator, keyId)).key_state).toBe('5');
  });
});

test('a renaming without moved is refused, too, where the alias of the new key only shows in apply', async () => {
  const named = (name: string) => `resource "terraform_data" "${name}" {\n  input = "orders"\n}
${externalKey('orders').replace('"orders" {', `"${name}" {`).replace('alias = "orders"', `alias = terraform_data.${name}.output`)}`;
  const keyId = await applied(named('one'));
  bench.configure(named('other'));
  const run = await bench.workspace.apply();
  expect(run.code).toBe(1);
  expect(run.text).toContain('moved');
  expect(writesOf(bench.emulator)).toEqual([]);
  expect((await describeKey(bench.emulator, keyId)).key_state).toBe('5');
});

test('-replace of a key together with another alias makes a key', async () => {
  const keyId = await applied(externalKey('orders'));
  bench.configure(externalKey('orders-2'));
  const run = await bench.workspace.apply('-replace=byok_external_key.orders');
  expect(run.text).toContain('1 added, 0 changed, 1 destroyed');
  expect((await describeKey(bench.emulator, keyId)).key_state).toBe('4');
  expect((await bench.workspace.plan()).code).toBe(0);
});

test('two keys that would swap their aliases are refused at plan', async () => {
  const both = (one: string, other: string) =>
    `${externalKey(one)}\n${externalKey(other).replace('"orders" {', '"other" {')}`;
  await applied(both('one', 'other'));
  bench.configure(both('other', 'one'));
  const run = await bench.workspace.apply();
  expect(run.code).toBe(1);
  expect(run.text).toContain('nothing tells Terraform which comes first');
  expect(writesOf(bench.emulator)).toEqual([]);
});

test('a key is replaced by one whose alias only shows in apply; the plan says what that may mean', async () => {
  const named = (spec: string) => `resource "terraform_data" "name" {
  triggers_replace = "${spec}"
}
resource "byok_external_key" "orders" {
  alias    = "orders-\${substr(terraform_data.name.id, 0, 8)}"
  key_spec = "${spec}"
}`;
  const keyId = await applied(named('AES_256'));
  bench.configure(named('EC_P256'));
  const run = await bench.workspace.apply();
  expect(run.text).toContain('The alias of the new key is known only after apply');
  expect(run.code).toBe(0);
  expect((await describeKey(bench.emulator, keyId)).key_state).toBe('4');
  expect((await bench.workspace.plan()).code).toBe(0);
});

test('the same alias in two projects is two keys', async () => {
  const elsewhere = await startEmulator();
  try {
    const second = `provider "byok" {
  alias        = "two"
  kms_endpoint = "${elsewhere.url}"
  project_id   = "${elsewhere.projectId}"
  auth_token   = "${elsewhere.authToken}"
}
${externalKey('orders', 'provider = byok.two').replace('"orders" {', '"other" {')}`;
    await applied(`${second}\n${externalKey('orders')}`);
    expect(writesOf(elsewhere)).toEqual(['create-key']);
    expect((await bench.workspace.plan()).code).toBe(0);
  } finally {
    await elsewhere.close();
  }
});

describe('an alias that a key gives up in the same plan', () => {
  const swapped = (extra: string) => `${externalKey('orders-old')}
resource "byok_external_key" "next" {
  alias = "orders"
  ${extra}
}`;

  test('is refused unless Terraform is told the order', async () => {
    const keyId = await applied(externalKey('orders'));
    bench.configure(swapped(''));
    const run = await bench.workspace.apply();
    expect(run.code).toBe(1);
    expect(run.text).toMatch(/alias "orders"/i);
    expect(writesOf(bench.emulator)).toEqual([]);
    expect((await describeKey(bench.emulator, keyId)).key_alias).toBe('orders');
  });

  test('is taken by a new key that depends on it', async () => {
    const keyId = await applied(keyWithMaterial('orders'));
    bench.configure(
      `${keyWithMaterial('orders-old')}\n${swapped('depends_on = [byok_external_key.orders]').split('}\n')[1]}`,
    );
    const run = await bench.workspace.apply();
    expect(run.text).toContain('1 added, 1 changed, 0 destroyed');
    expect((await describeKey(bench.emulator, keyId)).key_alias).toBe('orders-old');
    expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
  });
});

describe('the plan of a new key', () => {
  test('says that an empty key of its alias is taken over, and with which id', async () => {
    const keyId = await makeKey('orders');
    await bench.begin(keyWithMaterial('orders'));
    const plan = await bench.workspace.plan();
    expect(plan.text).toContain('An existing key will be adopted');
    expect(plan.text).toContain(`+ key_id = "${keyId}"`);
    bench.emulator.clearCalls();
    expect((await bench.workspace.apply()).text).toContain('2 added');
    expect(writesOf(bench.emulator)).toEqual(['get-parameters-for-import', 'import-key-material']);
  });

  test('is refused when its alias belongs to another kind of key', async () => {
    const keyId = await makeKey('orders', { key_spec: 'RSA_2048' });
    await bench.begin(externalKey('orders'));
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(1);
    expect(plan.text).toContain(
      `Alias "orders" belongs to key ${keyId}, which is not an empty external AES_256 key`,
    );
    expect(plan.text).toContain(`terraform import <address> ${keyId}`);
  });

  test('tries the login', async () => {
    await bench.begin(externalKey('orders'));
    bench.workspace.env.HW_AUTH_TOKEN = `${bench.emulator.authToken}x`;
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(1);
    expect(plan.text).toMatch(/list-keys answered 40.*give a valid login/i);
  });

  test('warns where keys may not be listed, and makes the key', async () => {
    await bench.begin(externalKey('orders'));
    bench.emulator.injectFaults([{ operation: 'list-keys', errorCode: 'KMS.0306', times: 2 }]);
    const apply = await bench.workspace.apply();
    expect(apply.text).toContain('We could not check whether the alias is free');
    expect(apply.text).toContain('1 added');
  });

  test('takes one list for all of them', async () => {
    await bench.begin(
      `resource "byok_external_key" "orders" {\n  count = 20\n  alias = "orders-\${count.index}"\n}`,
    );
    expect((await bench.workspace.plan()).code).toBe(2);
    expect(bench.emulator.calls().map(({ operation }) => operation)).toEqual(['list-keys']);
  });

  test('adopts no key that it did not show', async () => {
    await bench.begin(externalKey('orders'));
    await bench.workspace.succeed(['plan', '-no-color', '-out=reviewed.tfplan']);
    bench.emulator.injectFaults([{ operation: 'list-keys', errorCode: 'KMS.0306' }]);
    const keyId = await makeKey('orders');
    const apply = await bench.workspace.terraform(['apply', '-no-color', 'reviewed.tfplan']);
    expect(apply.code).toBe(1);
    expect(apply.text).toContain(
      `belongs to key ${keyId}, which is empty and could be adopted, but this plan did not show that`,
    );
    await bench.workspace.succeed(['plan', '-no-color', '-out=adopts.tfplan']);
    expect((await bench.workspace.terraform(['apply', '-no-color', 'adopts.tfplan'])).code).toBe(0);
    expect(bench.workspace.attributes('byok_external_key').key_id).toBe(keyId);
  });

  test('adopts none either where apply can list it', async () => {
    await bench.begin(externalKey('orders'));
    await bench.workspace.succeed(['plan', '-no-color', '-out=reviewed.tfplan']);
    await makeKey('orders');
    const apply = await bench.workspace.terraform(['apply', '-no-color', 'reviewed.tfplan']);
    expect(apply.code).toBe(1);
    expect(writesOf(bench.emulator)).toEqual(['create-key']);
  });
});

test('the alias of a key that is scheduled: key, date, and how to rescue it', async () => {
  const keyId = await applied(keyWithMaterial('orders'));
  expect((await bench.workspace.destroy()).code).toBe(0);
  const scheduled = await ok<{ key_info: { scheduled_deletion_date: string } }>(
    bench.emulator,
    'describe-key',
    { key_id: keyId },
  );
  const date = `${new Date(Number(scheduled.key_info.scheduled_deletion_date)).toISOString().slice(0, 19)}Z`;
  const told = `belongs to key ${keyId}, which keeps its alias until the KMS deletes it on ${date}; rescue it by terraform import <address> ${keyId} and cancel_pending_deletion = true`;
  expect((await bench.workspace.plan()).text).toContain(told);
  const apply = await bench.workspace.apply();
  expect(apply.code).toBe(1);
  expect(apply.text.split(told).length).toBeGreaterThan(2);
  expect((await call(bench.emulator, 'describe-key', { key_id: keyId })).status).toBe(200);
});

describe('after one refused -replace of a key', () => {
  test.each([
    ['-replace', async () => bench.workspace.apply('-replace=byok_external_key.orders')],
    [
      'taint',
      async () => {
        await bench.workspace.succeed(['taint', 'byok_external_key.orders']);
        return bench.workspace.apply();
      },
    ],
  ])('(%s) the material is untouched and proven, and destroy works', async (how, replace) => {
    const keyId = await applied(keyWithMaterial('orders'));
    const run = await replace();
    expect(run.code).toBe(1);
    expect(run.text).toContain('stays with key');
    expect(run.text).not.toContain('Destruction complete');
    expect(writesOf(bench.emulator)).toEqual([]);
    if (how === 'taint') {
      await bench.workspace.succeed(['untaint', 'byok_external_key.orders']);
    }
    expect((await bench.workspace.plan()).code).toBe(0);
    expect(bench.workspace.attributes('byok_key_material').fingerprint_verified).toBe(true);
    expect((await bench.workspace.destroy('-refresh=false')).text).toContain('Destroy complete!');
    expect((await describeKey(bench.emulator, keyId)).key_state).toBe('4');
  });
});
