/**
 * Replacements whose destroy leg Terraform runs without a plan of its own: nothing goes before its
 * successor is sure.
 */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describeKey, holdsMaterial, writesOf } from '../support/emulated-key';
import { type Emulator, startEmulator } from '../support/emulator';
import { configure, keyWithMaterial, type Workbench, workbench } from './workbench';

let emulator: Emulator;
const benches: Workbench[] = [];

beforeAll(async () => {
  emulator = await startEmulator();
});

afterEach(() => {
  for (const { workspace } of benches.splice(0)) {
    workspace.remove();
  }
});

afterAll(async () => {
  await emulator.close();
});

async function applied(alias: string, attributes: string): Promise<Workbench & { keyId: string }> {
  const bench = await workbench(emulator, keyWithMaterial(alias, attributes));
  benches.push(bench);
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  emulator.clearCalls();
  return { ...bench, keyId: String(bench.workspace.attributes('byok_external_key').key_id) };
}

const deleting = 'on_destroy = "delete_material"';

test('-replace of material deletes none when the file is gone', async () => {
  const bench = await applied('no-file', deleting);
  rmSync(join(bench.workspace.folder, 'orders.key'));
  const run = await bench.workspace.apply('-replace=byok_key_material.orders');
  expect(run.text).toContain('The material is not deleted');
  expect(writesOf(emulator)).toEqual([]);
  expect(await holdsMaterial(emulator, bench.keyId, bench.material)).toBe(true);
});

test('taint of material deletes none when other material is at hand', async () => {
  const bench = await applied('tainted', deleting);
  bench.workspace.write('orders.key', randomBytes(32).toString('base64'));
  await bench.workspace.succeed(['taint', 'byok_key_material.orders']);
  const run = await bench.workspace.apply();
  expect(run.code).toBe(1);
  expect(run.text).toContain('this key is bound for ever to');
  expect(run.text).not.toContain('Destruction complete');
  expect(writesOf(emulator)).toEqual([]);
  expect(await holdsMaterial(emulator, bench.keyId, bench.material)).toBe(true);
});

test('a key id that is only known after apply, and is the same, costs no material', async () => {
  const through = (round: number) =>
    `${keyWithMaterial('unknown-id', deleting).replace(
      /key_id\s*= byok_external_key.orders.key_id/,
      'key_id = terraform_data.through.output.id',
    )}\nresource "terraform_data" "through" {\n  input = { id = byok_external_key.orders.key_id, round = ${round} }\n}`;
  const bench = await workbench(emulator, through(1));
  benches.push(bench);
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  const keyId = String(bench.workspace.attributes('byok_external_key').key_id);
  emulator.clearCalls();
  configure(emulator, bench.workspace, through(2));
  const run = await bench.workspace.apply();
  expect(run.text).toContain('The material is not deleted');
  expect(run.code).toBe(0);
  expect(writesOf(emulator)).toEqual([]);
  expect(await holdsMaterial(emulator, keyId, bench.material)).toBe(true);
});

test.each([
  ['scheduled', ''],
  ['forgotten', 'on_destroy = "retain"'],
])('no key is %s by -replace whose alias the next one wants', async (alias, policy) => {
  const bench = await applied(alias, '');
  configure(
    emulator,
    bench.workspace,
    keyWithMaterial(alias).replace(`alias = "${alias}"`, `$&\n  ${policy}`),
  );
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  const run = await bench.workspace.apply('-replace=byok_external_key.orders');
  expect(run.code).toBe(1);
  expect(run.text).toContain(`A new key is to have alias "${alias}", but the alias stays with key`);
  expect((await describeKey(emulator, bench.keyId)).key_state).toBe('2');
  expect(bench.workspace.attributes('byok_external_key').key_id).toBe(bench.keyId);
});

test('a rolling expiry that the KMS would refuse is refused before anything is deleted', async () => {
  const bench = await applied('too-long', '');
  configure(
    emulator,
    bench.workspace,
    keyWithMaterial('too-long', 'valid_for = "100000d"\n  renew_before = "14d"'),
  );
  const run = await bench.workspace.apply();
  expect(run.code).toBe(1);
  expect(run.text).toContain('valid_for is "100000d"; allowed are up to 36500d');
  expect(writesOf(emulator)).toEqual([]);
});

test.each([
  ['Base64', randomBytes(32).toString('base64')],
  ['hexadecimal', `a${randomBytes(32).toString('hex').slice(1)}`],
])(
  'a secret in %s in place of the name of its variable is refused and not shown',
  async (how, secret) => {
    const bench = await applied(`named-${how}`, '');
    configure(
      emulator,
      bench.workspace,
      keyWithMaterial(`named-${how}`, '').replace(
        /material_file\s*= "orders.key"/,
        `material_env = "${secret}"`,
      ),
    );
    const run = await bench.workspace.plan();
    expect(run.code).toBe(1);
    expect(run.text).toContain('material_env is no name of an environment variable');
    expect(run.text).not.toContain(secret);
  },
);
