/** Tags of the key under the real terraform: authoritative when declared, untouched when not. */

import { send } from '../emulator/plain-http';
import { type Emulator, startEmulator } from '../support/emulator';
import { configure, externalKey, takeBuiltProvider, type Workbench, workbench } from './workbench';

takeBuiltProvider('this file shows byok_external_key as users get it');

let emulator: Emulator;
let bench: Workbench;

beforeEach(async () => {
  emulator = await startEmulator();
});

afterEach(async () => {
  bench.workspace.remove();
  await emulator.close();
});

async function tagsInKms(keyId: string): Promise<Record<string, string>> {
  const path = `/v1.0/${emulator.projectId}/kms/${keyId}/tags`;
  const { text } = await send(emulator, {
    method: 'GET',
    path,
    headers: { 'X-Auth-Token': emulator.authToken },
  });
  const { tags } = JSON.parse(text) as { tags: { key: string; value: string }[] };
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}

const tagged = (tags: string) => externalKey('orders', `tags = ${tags}`);

test('follow the declaration, show drift, and go with it', async () => {
  bench = await workbench(emulator, tagged('{ team = "payments", stage = "test" }'));
  expect((await bench.workspace.apply()).code).toBe(0);
  const keyId = String(bench.workspace.attributes('byok_external_key').key_id);
  expect(await tagsInKms(keyId)).toEqual({ team: 'payments', stage: 'test' });
  expect((await bench.workspace.plan()).code).toBe(0);

  await send(emulator, {
    path: `/v1.0/${emulator.projectId}/kms/${keyId}/tags`,
    headers: { 'X-Auth-Token': emulator.authToken },
    body: { tag: { key: 'stray', value: '1' } },
  });
  expect((await bench.workspace.plan()).text).toContain('- "stray" = "1" -> null');

  configure(emulator, bench.workspace, tagged('{ team = "billing" }'));
  expect((await bench.workspace.apply()).text).toContain('0 added, 1 changed, 0 destroyed');
  expect(await tagsInKms(keyId)).toEqual({ team: 'billing' });

  configure(emulator, bench.workspace, externalKey('orders'));
  expect((await bench.workspace.apply()).code).toBe(0);
  expect(await tagsInKms(keyId)).toEqual({});
});

test('are not asked for where none are declared', async () => {
  bench = await workbench(emulator, externalKey('orders'));
  expect((await bench.workspace.apply()).code).toBe(0);
  expect((await bench.workspace.plan()).code).toBe(0);
  expect(emulator.calls().filter(({ operation }) => operation.includes('tag'))).toEqual([]);
});

test('may have the names that objects have of their own', async () => {
  bench = await workbench(emulator, tagged('{ "__proto__" = "1", constructor = "2" }'));
  expect((await bench.workspace.apply()).code).toBe(0);
  const keyId = String(bench.workspace.attributes('byok_external_key').key_id);
  expect(Object.entries(await tagsInKms(keyId))).toEqual([
    ['__proto__', '1'],
    ['constructor', '2'],
  ]);
  expect((await bench.workspace.plan()).code).toBe(0);

  configure(emulator, bench.workspace, tagged('{ team = "billing" }'));
  expect((await bench.workspace.apply()).code).toBe(0);
  expect(await tagsInKms(keyId)).toEqual({ team: 'billing' });
});

test('that the API does not take are refused at plan', async () => {
  bench = await workbench(emulator, tagged('{ "a=b" = "1" }'));
  const plan = await bench.workspace.plan();
  expect(plan.code).toBe(1);
  expect(plan.text).toContain('Tags holds the name "a=b"');
});
