/** What `byok_key` and `byok_keys` show under the real terraform. */
import { randomBytes } from 'node:crypto';
import { importMaterial } from '../emulator/external-key';
import { ok } from '../emulator/plain-http';
import { type Emulator, startEmulator } from '../support/emulator';
import { configure, takeBuiltProvider, type Workbench, workbench } from './workbench';

takeBuiltProvider('this file shows byok_key and byok_keys as users get them');

let emulator: Emulator;
let bench: Workbench;

const far = '2035-01-01T00:00:00Z';

beforeEach(async () => {
  emulator = await startEmulator();
  bench = await workbench(emulator, '');
});

afterEach(async () => {
  bench.workspace.remove();
  await emulator.close();
});

async function createKey(alias: string, origin = 'external', description = ''): Promise<string> {
  const body = { key_alias: alias, origin, key_description: description };
  const { key_info } = await ok<{ key_info: { key_id: string } }>(emulator, 'create-key', body);
  return key_info.key_id;
}

async function createKeyWithMaterial(alias: string, expirationTime?: string): Promise<string> {
  const keyId = await createKey(alias);
  const seconds =
    expirationTime === undefined ? {} : { expirationTime: Date.parse(expirationTime) / 1000 };
  expect((await importMaterial(emulator, keyId, randomBytes(32), seconds)).status).toBe(200);
  return keyId;
}

/** Applies a configuration whose only effect is its output `seen`. */
async function seen(body: string, expression: string): Promise<unknown> {
  configure(emulator, bench.workspace, `${body}\noutput "seen" {\n  value = ${expression}\n}`);
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  return JSON.parse((await bench.workspace.succeed(['output', '-json', 'seen'])).output);
}

const key = (attributes: string) =>
  seen(`data "byok_key" "x" {\n  ${attributes}\n}`, 'data.byok_key.x');
const keys = (attributes = '') =>
  seen(`data "byok_keys" "x" {\n  ${attributes}\n}`, 'data.byok_keys.x.keys');

describe('byok_key', () => {
  test('shows a key by its id as by its alias', async () => {
    const keyId = await createKeyWithMaterial('orders', far);
    const shown = await key(`key_id = "${keyId}"`);
    expect(shown).toEqual({
      key_id: keyId,
      alias: 'orders',
      description: '',
      key_spec: 'AES_256',
      key_usage: 'ENCRYPT_DECRYPT',
      key_state: '2',
      origin: 'external',
      creation_date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      expiration_time: far,
      material_status: 'present',
    });
    expect(await key('alias = "orders"')).toEqual(shown);
  });

  test('tells a key without material from one whose material never expires', async () => {
    const empty = await createKey('empty', 'external', 'waits');
    const endless = await createKeyWithMaterial('endless');
    expect(await key(`key_id = "${empty}"`)).toMatchObject({
      key_state: '5',
      description: 'waits',
      expiration_time: null,
      material_status: 'absent',
    });
    expect(await key(`key_id = "${endless}"`)).toMatchObject({
      key_state: '2',
      expiration_time: 'never',
      material_status: 'present',
    });
  });

  test('shows a key whose material the KMS made, without a status', async () => {
    await createKey('theirs', 'kms');
    expect(await key('alias = "theirs"')).toMatchObject({
      origin: 'kms',
      key_state: '2',
      expiration_time: null,
      material_status: null,
    });
  });

  test('shows a key that is disabled, then scheduled for deletion', async () => {
    const keyId = await createKeyWithMaterial('orders', far);
    await ok(emulator, 'disable-key', { key_id: keyId });
    expect(await key(`key_id = "${keyId}"`)).toMatchObject({
      key_state: '3',
      expiration_time: far,
      material_status: 'key_disabled',
    });
    await ok(emulator, 'schedule-key-deletion', { key_id: keyId, pending_days: '7' });
    expect(await key(`key_id = "${keyId}"`)).toMatchObject({
      key_state: '4',
      material_status: 'key_pending_deletion',
    });
  });

  test('shows material that is past its expiry and not yet deleted', async () => {
    await emulator.close();
    emulator = await startEmulator({ now: () => new Date(Date.now() - 7_200_000) });
    bench.workspace.env.HW_AUTH_TOKEN = emulator.authToken;
    const anHourAgo = new Date(Date.now() - 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z');
    const keyId = await createKeyWithMaterial('orders', anHourAgo);
    expect(await key(`key_id = "${keyId}"`)).toMatchObject({
      key_state: '2',
      expiration_time: anHourAgo,
      material_status: 'expired_not_purged',
    });
  });

  test('reads a key that the same configuration creates', async () => {
    const body =
      'resource "byok_external_key" "new" {\n  alias = "new"\n}\ndata "byok_key" "x" {\n  key_id = byok_external_key.new.key_id\n}';
    expect(await seen(body, 'data.byok_key.x.material_status')).toBe('absent');
  });

  test.each([
    ['neither key_id nor alias', '', 'Neither key_id nor alias is set; set exactly one of them'],
    [
      'both',
      'key_id = "0d0466b0-e727-4d9c-b35d-f84bb474a37f"\n  alias = "orders"',
      'key_id and alias are both set',
    ],
    ['a key id that is none', 'key_id = "orders"', 'key_id is "orders"; allowed are 36 characters'],
    ['an unknown key id', 'key_id = "0d0466b0-e727-4d9c-b35d-f84bb474a37f"', 'does not know key'],
    ['an empty key id', 'key_id = ""', 'key_id is ""; allowed are'],
    ['an unknown alias', 'alias = "order"', 'No key has the alias "order"'],
  ])('fails for %s', async (_what, attributes, sentence) => {
    await createKey('orders');
    configure(emulator, bench.workspace, `data "byok_key" "x" {\n  ${attributes}\n}`);
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(1);
    expect(plan.text).toContain(sentence);
  });
});

test('fails with a sentence while the provider block is not known yet', async () => {
  const keyId = await createKey('orders');
  const unknownEndpoint = `  kms_endpoint = terraform_data.later.output\n}\nresource "terraform_data" "later" {\n  input = "${emulator.url}"`;
  bench.workspace.configure(unknownEndpoint, `data "byok_key" "x" {\n  key_id = "${keyId}"\n}`);
  const plan = await bench.workspace.plan();
  expect(plan.code).toBe(1);
  expect(plan.text).toContain(
    'The provider block depends on values that are known only after apply',
  );
});

describe('byok_keys', () => {
  test('lists external keys only, by alias, each as byok_key shows it', async () => {
    await createKeyWithMaterial('orders', far);
    await createKey('archive');
    await createKey('theirs', 'kms');
    expect(await keys()).toMatchObject([
      { alias: 'archive', key_state: '5', expiration_time: null, material_status: 'absent' },
      { alias: 'orders', key_state: '2', expiration_time: far, material_status: 'present' },
    ]);
    expect((await keys()) as unknown[]).toContainEqual(await key('alias = "orders"'));
    expect((await bench.workspace.plan()).code).toBe(0);
  });

  test('is an empty list where there is none', async () => {
    expect(await keys()).toEqual([]);
  });

  test('lists the keys of one state', async () => {
    await createKeyWithMaterial('orders', far);
    await createKey('archive');
    expect(await keys('key_state = "5"')).toMatchObject([{ alias: 'archive' }]);
    expect(await keys('key_state = "3"')).toEqual([]);
  });

  test('fails for a state that is not documented', async () => {
    configure(emulator, bench.workspace, 'data "byok_keys" "x" {\n  key_state = "enabled"\n}');
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(1);
    expect(plan.text).toContain('key_state is "enabled"; allowed are "1", "2"');
  });
});
