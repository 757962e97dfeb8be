/** Refreshing many keys takes few calls, and shows what describing each of them would. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeKey } from '../support/emulated-key';
import { type Emulator, startEmulator } from '../support/emulator';
import { configure, type Workbench, workbench } from './workbench';

const count = 30;
const expiration = '2035-01-01T00:00:00Z';

let emulator: Emulator;
let bench: Workbench;

beforeAll(async () => {
  emulator = await startEmulator();
  const blocks = Array.from(
    { length: count },
    (_, index) => `resource "byok_external_key" "k${index}" {
  alias       = "orders-${index}"
  description = "number ${index}"
}
resource "byok_key_material" "k${index}" {
  key_id          = byok_external_key.k${index}.key_id
  material_file   = "orders.key"
  expiration_time = ${index % 2 === 0 ? `"${expiration}"` : '"never"'}
}`,
  );
  bench = await workbench(emulator, '');
  bench.workspace.configure(
    `  kms_endpoint            = "${emulator.url}"\n  max_requests_per_second = 1000`,
    blocks.join('\n'),
  );
  expect((await bench.workspace.apply()).code).toBe(0);
});

beforeEach(() => {
  emulator.clearFaults();
  emulator.clearCalls();
});

afterAll(async () => {
  bench.workspace.remove();
  await emulator.close();
});

function callsOf(operation: string): number {
  return emulator.calls().filter((call) => call.operation === operation).length;
}

/** Every attribute of every resource, by address. */
function stateOf(): Record<string, unknown> {
  const state = JSON.parse(
    readFileSync(join(bench.workspace.folder, 'terraform.tfstate'), 'utf8'),
  ) as {
    resources: { type: string; name: string; instances: { attributes: unknown }[] }[];
  };
  return Object.fromEntries(
    state.resources.map(({ type, name, instances }) => [
      `${type}.${name}`,
      instances[0]?.attributes,
    ]),
  );
}

function keyIdOf(index: number): string {
  return (stateOf()[`byok_external_key.k${index}`] as { key_id: string }).key_id;
}

async function refresh(): Promise<void> {
  expect((await bench.workspace.apply('-refresh-only')).code).toBe(0);
}

test('a plan of many keys with material makes few calls', async () => {
  expect((await bench.workspace.plan()).code).toBe(0);
  expect(callsOf('list-keys')).toBe(1);
  // On a slow machine a few reads may have been alone.
  expect(emulator.calls().length).toBeLessThanOrEqual(8);
});

test('the list shows what describe-key shows', async () => {
  await refresh();
  expect(callsOf('list-keys')).toBeGreaterThan(0);
  const listed = stateOf();
  emulator.clearCalls();
  emulator.injectFaults([{ operation: 'list-keys', errorCode: 'KMS.0303', times: 1000 }]);
  await refresh();
  expect(callsOf('describe-key')).toBeGreaterThanOrEqual(count);
  expect(stateOf()).toEqual(listed);
});

test('one refusal of the list is enough, and every key is described instead', async () => {
  emulator.injectFaults([{ operation: 'list-keys', errorCode: 'KMS.0303', times: 1000 }]);
  expect((await bench.workspace.plan()).code).toBe(0);
  expect(callsOf('list-keys')).toBe(1);
  expect(callsOf('describe-key')).toBeGreaterThanOrEqual(2 * count);
});

test('the one key of many whose material is gone is found and gets it back', async () => {
  const keyId = keyIdOf(17);
  emulator.deleteMaterial(keyId);
  const planned = await bench.workspace.plan();
  expect(planned.code).toBe(2);
  expect(planned.text).toContain('byok_key_material.k17 will be updated in-place');
  expect(planned.text).toContain('Plan: 0 to add, 1 to change, 0 to destroy');
  expect(callsOf('describe-key')).toBeLessThan(8);
  expect((await bench.workspace.apply()).code).toBe(0);
  expect(await describeKey(emulator, keyId)).toMatchObject({ key_state: '2' });
  expect((await bench.workspace.plan()).code).toBe(0);
});

test('data sources share the list', async () => {
  const sources = Array.from(
    { length: count },
    (_, index) => `data "byok_key" "k${index}" {\n  alias = "orders-${index}"\n}`,
  );
  const outputs = sources.map((_, index) => `data.byok_key.k${index}.key_id`);
  const other = await workbench(emulator, '');
  try {
    emulator.clearCalls();
    configure(
      emulator,
      other.workspace,
      `${sources.join('\n')}\noutput "ids" {\n  value = [${outputs.join(', ')}]\n}`,
    );
    expect((await other.workspace.apply()).code).toBe(0);
    const ids = JSON.parse(
      (await other.workspace.succeed(['output', '-json', 'ids'])).output,
    ) as string[];
    expect(ids).toEqual(sources.map((_, index) => keyIdOf(index)));
    expect(emulator.calls().length).toBeLessThanOrEqual(2);
  } finally {
    other.workspace.remove();
  }
});
