/** Tags of the key under the real terraform: authoritative when declared, untouched when not. */

import { send } from '../emulator/plain-http';
import { externalKey, takeBuiltProvider, useWorkbench } from './workbench';

takeBuiltProvider('this file shows byok_external_key as users get it');

const bench = useWorkbench();

async function tagsInKms(keyId: string): Promise<Record<string, string>> {
  const path = `/v1.0/${bench.emulator.projectId}/kms/${keyId}/tags`;
  const { text } = await send(bench.emulator, {
    method: 'GET',
    path,
    headers: { 'X-Auth-Token': bench.emulator.authToken },
  });
  const { tags } = JSON.parse(text) as { tags: { key: string; value: string }[] };
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}

const tagged = (tags: string) => externalKey('orders', `tags = ${tags}`);

test('follow the declaration, show drift, and go with it', async () => {
  await bench.begin(tagged('{ team = "payments", stage = "test" }'));
  expect((await bench.workspace.apply()).code).toBe(0);
  const keyId = String(bench.workspace.attributes('byok_external_key').key_id);
  expect(await tagsInKms(keyId)).toEqual({ team: 'payments', stage: 'test' });
  expect((await bench.workspace.plan()).code).toBe(0);

  await send(bench.emulator, {
    path: `/v1.0/${bench.emulator.projectId}/kms/${keyId}/tags`,
    headers: { 'X-Auth-Token': bench.emulator.authToken },
    body: { tag: { key: 'stray', value: '1' } },
  });
  expect((await bench.workspace.plan()).text).toContain('- "stray" = "1" -> null');

  bench.configure(tagged('{ team = "billing" }'));
  expect((await bench.workspace.apply()).text).toContain('0 added, 1 changed, 0 destroyed');
  expect(await tagsInKms(keyId)).toEqual({ team: 'billing' });

  bench.configure(externalKey('orders'));
  expect((await bench.workspace.apply()).code).toBe(0);
  expect(await tagsInKms(keyId)).toEqual({});
});

test('are not asked for where none are declared', async () => {
  await bench.begin(externalKey('orders'));
  expect((await bench.workspace.apply()).code).toBe(0);
  expect((await bench.workspace.plan()).code).toBe(0);
  expect(bench.emulator.calls().filter(({ operation }) => operation.includes('tag'))).toEqual([]);
});

test('may have the names that objects have of their own', async () => {
  await bench.begin(tagged('{ "__proto__" = "1", constructor = "2" }'));
  expect((await bench.workspace.apply()).code).toBe(0);
  const keyId = String(bench.workspace.attributes('byok_external_key').key_id);
  expect(Object.entries(await tagsInKms(keyId))).toEqual([
    ['__proto__', '1'],
    ['constructor', '2'],
  ]);
  expect((await bench.workspace.plan()).code).toBe(0);

  bench.configure(tagged('{ team = "billing" }'));
  expect((await bench.workspace.apply()).code).toBe(0);
  expect(await tagsInKms(keyId)).toEqual({ team: 'billing' });
});

test('that the API does not take are refused at plan', async () => {
  await bench.begin(tagged('{ "a=b" = "1" }'));
  const plan = await bench.workspace.plan();
  expect(plan.code).toBe(1);
  expect(plan.text).toContain('Tags holds the name "a=b"');
});
