/**
 * `terraform destroy` under the real terraform, in states and beside sources that stop every other
 * plan.
 */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describeKey, fingerprintOf, holdsMaterial, writesOf } from '../support/emulated-key';
import { type Emulator, startEmulator } from '../support/emulator';
import {
  clockAhead,
  configure,
  externalKey,
  keyWithMaterial,
  type Workbench,
  workbench,
} from './workbench';

let emulator: Emulator;
const benches: Workbench[] = [];

const far = '2035-01-01T00:00:00Z';

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

/** The key stays, so that what became of its material shows. */
function deletable(alias: string, attributes: string): string {
  return keyWithMaterial(alias, `on_destroy = "delete_material"\n  ${attributes}`).replace(
    `alias = "${alias}"`,
    `alias = "${alias}"\n  on_destroy = "retain"`,
  );
}

async function applied(
  alias: string,
  attributes = `expiration_time = "${far}"`,
): Promise<Workbench & { keyId: string }> {
  const bench = await workbench(emulator, deletable(alias, attributes));
  benches.push(bench);
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  emulator.clearCalls();
  return { ...bench, keyId: String(bench.workspace.attributes('byok_external_key').key_id) };
}

/** Nothing is left in state, nothing in the key, and to destroy once more is no error. */
async function expectDestroyed(
  { workspace }: Workbench,
  keyId: string,
  ...args: string[]
): Promise<void> {
  const destroy = await workspace.destroy(...args);
  expect(destroy.text).toContain('Destroy complete! Resources: 2 destroyed.');
  expect(destroy.code).toBe(0);
  expect((await describeKey(emulator, keyId)).key_state).toBe('5');
  expect(() => workspace.attributes('byok_key_material')).toThrow('is not in the state');
  expect((await workspace.destroy(...args)).code).toBe(0);
}

test('works past the expiry, before the KMS purged the material and after', async () => {
  const soon = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000);
  const expiry = `expiration_time = "${soon.toISOString().slice(0, 19)}Z"`;
  const served = await applied('served', expiry);
  const purged = await applied('purged', expiry);
  emulator.advanceClock(3700);
  for (const { workspace } of [served, purged]) {
    Object.assign(workspace.env, clockAhead(3_700_000));
  }
  expect((await describeKey(emulator, served.keyId)).key_state).toBe('2');
  await expectDestroyed(served, served.keyId);
  expect(writesOf(emulator)).toEqual(['delete-imported-key-material']);
  expect(emulator.sweep()).toEqual([purged.keyId]);
  await expectDestroyed(purged, purged.keyId);
  expect(writesOf(emulator)).toEqual(['delete-imported-key-material']);
});

test('works without the file', async () => {
  const bench = await applied('no-file');
  rmSync(join(bench.workspace.folder, 'orders.key'));
  await expectDestroyed(bench, bench.keyId);
});

/**
 * What every other plan refuses. Terraform plans before it destroys, too, and only its command line
 * tells that plan from the others.
 */
const refused: readonly (readonly [string, string, (bench: Workbench, alias: string) => void])[] = [
  [
    'other material is at hand',
    'is bound for ever to',
    ({ workspace }) => workspace.write('orders.key', `${randomBytes(32).toString('base64')}\n`),
  ],
  [
    'another fingerprint is pinned',
    'correct the pin, or make a new key',
    ({ workspace }, alias) =>
      configure(
        emulator,
        workspace,
        deletable(
          alias,
          `expiration_time = "${far}"\n  fingerprint = "${fingerprintOf(randomBytes(32))}"`,
        ),
      ),
  ],
  [
    'an expiry was declared that has passed',
    'which is past',
    ({ workspace }, alias) =>
      configure(emulator, workspace, deletable(alias, 'expiration_time = "2020-01-01T00:00:00Z"')),
  ],
  [
    'a change of expiry is declared that is not allowed',
    'allow_interruption is false',
    ({ workspace }, alias) =>
      configure(
        emulator,
        workspace,
        deletable(alias, 'expiration_time = "never"\n  allow_interruption = false'),
      ),
  ],
];

test.each(refused)(
  'works when %s, which every other plan refuses',
  async (name, reason, happen) => {
    const alias = name.replaceAll(' ', '-');
    const bench = await applied(alias);
    happen(bench, alias);
    const stopped = await bench.workspace.plan();
    expect(stopped.code).toBe(1);
    expect(stopped.text).toContain(reason);
    expect(stopped.text).toContain('terraform destroy -refresh=false');
    const planned = await bench.workspace.plan('-destroy');
    expect(planned.code).toBe(2);
    expect(planned.text).toContain('Plan: 0 to add, 0 to change, 2 to destroy.');
    expect(writesOf(emulator)).toEqual([]);
    expect(await holdsMaterial(emulator, bench.keyId, bench.material)).toBe(true);
    await expectDestroyed(bench, bench.keyId);
  },
);

test('works with -refresh=false where the command line cannot be seen to destroy', async () => {
  const bench = await applied('unseen');
  bench.workspace.write('orders.key', `${randomBytes(32).toString('base64')}\n`);
  const stopped = await bench.workspace.terraform(['apply', '-no-color', '-auto-approve'], {
    TF_CLI_ARGS_apply: '-destroy',
  });
  expect(stopped.code).toBe(1);
  expect(stopped.text).toContain('to destroy instead, run terraform destroy -refresh=false');
  expect(await holdsMaterial(emulator, bench.keyId, bench.material)).toBe(true);
  await expectDestroyed(bench, bench.keyId, '-refresh=false');
});

test('with -refresh=false deletes nothing that refuse protects', async () => {
  const bench = await applied('protected');
  configure(
    emulator,
    bench.workspace,
    deletable('protected', `expiration_time = "${far}"`).replace('delete_material', 'refuse'),
  );
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  bench.workspace.write('orders.key', `${randomBytes(32).toString('base64')}\n`);
  const destroy = await bench.workspace.destroy('-refresh=false');
  expect(destroy.code).toBe(1);
  expect(destroy.text).toContain(
    'is "refuse"; set it to "retain" or "delete_material" and apply that first',
  );
  expect(await holdsMaterial(emulator, bench.keyId, bench.material)).toBe(true);
});

test('a key whose material is under refuse does not end under it, although its material names it by id', async () => {
  const bench = await workbench(emulator, externalKey('under-refuse'));
  benches.push(bench);
  const { workspace } = bench;
  await workspace.succeed(['apply', '-auto-approve', '-no-color']);
  const keyId = String(workspace.attributes('byok_external_key').key_id);
  const material = (policy: string) =>
    `resource "byok_key_material" "orders" {\n  key_id = "${keyId}"\n  material_file = "orders.key"\n  on_destroy = "${policy}"\n}`;
  configure(emulator, workspace, `${externalKey('under-refuse')}\n${material('refuse')}`);
  await workspace.succeed(['apply', '-auto-approve', '-no-color']);
  configure(emulator, workspace, material('refuse'));
  const run = await workspace.apply();
  expect(run.code).toBe(1);
  expect(run.text).toContain(
    `on_destroy of the material of key ${keyId} is "refuse", and deleting the key would delete the material`,
  );
  expect(await holdsMaterial(emulator, keyId, bench.material)).toBe(true);
  configure(emulator, workspace, `${externalKey('under-refuse')}\n${material('retain')}`);
  await workspace.succeed(['apply', '-auto-approve', '-no-color']);
  configure(emulator, workspace, material('retain'));
  expect((await workspace.apply()).code).toBe(0);
  expect((await describeKey(emulator, keyId)).key_state).toBe('4');
});
