/**
 * What a run of the real terraform costs in calls of the KMS, which takes twenty a second: of one
 * key with its material, and of many with tags.
 */

import { call, ok } from '../emulator/plain-http';
import { externalKey, keyWithMaterial, useWorkbench } from './workbench';

const bench = useWorkbench();

/** Since the last time. */
function calls(): string[] {
  const operations = bench.emulator.calls().map(({ operation }) => operation);
  bench.emulator.clearCalls();
  return operations;
}

const expiring = (expiry: string) =>
  keyWithMaterial('orders', `expiration_time = "${expiry}"\n  on_destroy = "delete_material"`);
/** For all new keys, in the plan and in the one that Terraform makes once more for apply. */
const lists = ['list-keys', 'list-keys'];
const imported = ['get-parameters-for-import', 'import-key-material', 'describe-key'];

test('of one key: its making, plans, a renewal and its end', async () => {
  await bench.begin(expiring('2035-01-01T00:00:00Z'));
  expect((await bench.workspace.apply()).code).toBe(0);
  expect(calls()).toEqual([...lists, 'create-key', ...imported]);
  const made = bench.workspace.attributes('byok_external_key');
  expect(made).toMatchObject({
    origin: 'external',
    key_spec: 'AES_256',
    key_usage: 'ENCRYPT_DECRYPT',
    creation_date: expect.stringMatching(/Z$/),
  });

  expect((await bench.workspace.plan()).code).toBe(0);
  expect(calls()).toEqual(['describe-key', 'describe-key']);
  expect((await bench.workspace.plan('-refresh-only')).code).toBe(0);
  calls();

  bench.configure(expiring('2036-01-01T00:00:00Z'));
  expect((await bench.workspace.apply()).code).toBe(0);
  expect(calls()).toEqual([
    ...['describe-key', 'describe-key'],
    ...['describe-key', 'get-parameters-for-import', 'import-key-material'],
    ...['delete-imported-key-material', 'describe-key', ...imported],
  ]);

  expect((await bench.workspace.destroy()).code).toBe(0);
  expect(calls()).toEqual([
    ...['describe-key', 'describe-key'],
    ...['describe-key', 'delete-imported-key-material', 'describe-key'],
    ...['describe-key', 'schedule-key-deletion', 'describe-key'],
  ]);
});

const count = 30;
const tagged = Array.from(
  { length: count },
  (_, index) => `resource "byok_external_key" "k${index}" {
  alias = "orders-${index}"
  tags  = { team = "team ${index}" }
}`,
).join('\n');

async function manyTagged(): Promise<void> {
  await bench.begin(externalKey('none'));
  bench.workspace.configure(
    `  kms_endpoint            = "${bench.emulator.url}"\n  max_requests_per_second = 1000`,
    tagged,
  );
  expect((await bench.workspace.apply()).code).toBe(0);
  expect(calls().sort()).toEqual([
    ...Array(count).fill('batch-tags'),
    ...Array(count).fill('create-key'),
    ...lists,
  ]);
}

const idOf = async (index: number) => {
  const { key_details: keys } = await ok<{ key_details: { key_id: string; key_alias: string }[] }>(
    bench.emulator,
    'list-keys',
    {
      limit: '1000',
    },
  );
  return keys.find(({ key_alias }) => key_alias === `orders-${index}`)?.key_id ?? '';
};

test('of many keys with tags: one list of keys and one of tags, which tells the one that differs', async () => {
  await manyTagged();
  expect((await bench.workspace.plan()).code).toBe(0);
  const plan = calls();
  expect(plan.filter((operation) => operation === 'resource-instances')).toHaveLength(1);
  expect(plan.filter((operation) => operation === 'list-keys')).toHaveLength(1);
  // How many reads are alone before the list answers depends on the machine; each key by itself
  // would take two calls.
  expect(plan.length).toBeLessThan(count);

  const body = { action: 'create', tags: [{ key: 'stray', value: '1' }] };
  await call(bench.emulator, `${await idOf(17)}/tags/action`, body);
  calls();
  const drifted = await bench.workspace.plan();
  expect(drifted.code).toBe(2);
  expect(drifted.text).toContain('byok_external_key.k17 will be updated in-place');
  expect(drifted.text).toContain('- "stray" = "1" -> null');
  expect(drifted.text).toContain('Plan: 0 to add, 1 to change, 0 to destroy');
  expect(calls().length).toBeLessThan(count);
});

test.each([
  ['may not be had by this user', { errorCode: 'KMS.0307' }],
  ['is not known to this cloud', { errorCode: 'APIGW.0101' }],
  ['is something else there', { answer: '{"resources":null}' }],
])(
  'of many keys with tags, where the list of tags %s: a call for each, and the same plan',
  async (_name, fault) => {
    await manyTagged();
    await call(bench.emulator, `${await idOf(3)}/tags/action`, {
      action: 'create',
      tags: [{ key: 'stray', value: '1' }],
    });
    calls();
    bench.emulator.injectFaults([{ operation: 'resource-instances', times: 99, ...fault }]);
    const plan = await bench.workspace.plan();
    expect(plan.text).toContain('byok_external_key.k3 will be updated in-place');
    expect(plan.text).toContain('Plan: 0 to add, 1 to change, 0 to destroy');
    const made = calls();
    expect(made.filter((operation) => operation === 'resource-instances')).toHaveLength(1);
    expect(made.filter((operation) => operation === 'list-tags')).toHaveLength(count);
  },
);
