/**
 * The plan of new material looks at a key that it knows: imported, adopted or refused, and apply
 * does just that.
 */

import { ok } from '../emulator/plain-http';
import { describeKey, fingerprintOf, holdsMaterial, writesOf } from '../support/emulated-key';
import { meet, waitingCommand } from '../support/terraform-workspace';
import { keyWithMaterial, useWorkbench, workbench } from './workbench';

const bench = useWorkbench();

const far = '2035-01-01T00:00:00Z';
const farther = '2036-01-01T00:00:00Z';

async function makeKey(fields: object = {}): Promise<string> {
  const { key_info } = await ok<{ key_info: { key_id: string } }>(bench.emulator, 'create-key', {
    key_alias: 'theirs',
    origin: 'external',
    ...fields,
  });
  return key_info.key_id;
}

const materialOf = (keyId: string, extra = '', name = 'orders') =>
  `resource "byok_key_material" "${name}" {\n  key_id = "${keyId}"\n  material_file = "orders.key"\n  ${extra}\n}`;

/** A key that holds other bytes, as a workspace of somebody else imported them. */
async function heldKey(extra = `expiration_time = "${far}"`): Promise<string> {
  const keyId = await makeKey();
  const other = await workbench(bench.emulator, materialOf(keyId, extra));
  await other.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  other.workspace.remove();
  bench.emulator.clearCalls();
  return keyId;
}

test('an empty key: first import, with its spec', async () => {
  const keyId = await makeKey();
  await bench.begin(materialOf(keyId));
  const plan = await bench.workspace.plan();
  expect(plan.text).toContain('+ import_reason = "first import into this key"');
  expect(plan.text).toContain('+ key_spec = "AES_256"');
  expect(plan.text).toContain(`+ fingerprint = "${fingerprintOf(bench.material)}"`);
});

describe('a key that holds material', () => {
  test('of the declared expiry: adopted, and no fingerprint that nothing proves is written down', async () => {
    const keyId = await heldKey();
    await bench.begin(materialOf(keyId, `expiration_time = "${far}"`));
    const plan = await bench.workspace.plan();
    expect(plan.text).toContain('Material already in the key will be adopted');
    expect(plan.text).not.toContain('first import');
    expect(plan.text).not.toContain(fingerprintOf(bench.material));
    expect((await bench.workspace.apply()).code).toBe(0);
    expect(bench.workspace.attributes('byok_key_material')).toMatchObject({
      fingerprint: null,
      fingerprint_verified: false,
      import_reason: null,
      imported_at: null,
    });
    expect(writesOf(bench.emulator)).toEqual([]);
    expect((await bench.workspace.plan()).code).toBe(0);
  });

  test('of another expiry: refused at plan', async () => {
    const keyId = await heldKey();
    await bench.begin(materialOf(keyId, `expiration_time = "${farther}"`));
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(1);
    expect(plan.text).toContain(
      `Key ${keyId} already holds material that expires ${far}, but expiration_time ${farther} is declared`,
    );
  });

  test('that came between plan and apply: nothing is adopted that was not planned', async () => {
    const keyId = await makeKey();
    const command = `material_command = ${JSON.stringify(waitingCommand)}`;
    const body = materialOf(keyId, `expiration_time = "${far}"`).replace(
      'material_file = "orders.key"',
      command,
    );
    await bench.begin(body, 'built');
    const other = await workbench(bench.emulator, body, 'built');
    bench.emulator.injectFaults([{ operation: 'import-key-material', delayMs: 1500 }]);
    const runs = Promise.all([other.workspace.apply(), bench.workspace.apply()]);
    await meet(other.workspace, bench.workspace);
    const [first, second] = await runs;
    other.workspace.remove();
    expect([first.code, second.code].sort()).toEqual([0, 1]);
    const loser = first.code === 1 ? first : second;
    expect(loser.text).toMatch(/changed since this plan|another writer imported at the same time/i);
  });
});

describe('what is refused at plan already', () => {
  test('a key that the KMS does not know, with the place that was asked', async () => {
    await bench.begin(materialOf('0d0466b0-e727-4d9c-b35d-f84bb474a37f'));
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(1);
    expect(plan.text).toContain('does not know key "0d0466b0-e727-4d9c-b35d-f84bb474a37f"');
    expect(plan.text).toContain(
      `project ${bench.emulator.projectId}, endpoint ${bench.emulator.url}`,
    );
  });

  test('a bad login', async () => {
    await bench.begin(materialOf(await makeKey()));
    bench.workspace.env.HW_AUTH_TOKEN = `${bench.emulator.authToken}x`;
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(1);
    expect(plan.text).toContain('give a valid login');
  });

  test('a key of another origin, another spec, or scheduled for deletion', async () => {
    const made = await makeKey({ origin: 'kms', key_alias: 'made' });
    const signing = await makeKey({ key_spec: 'EC_P256', key_alias: 'signing' });
    const scheduled = await makeKey({ key_alias: 'scheduled' });
    await ok(bench.emulator, 'schedule-key-deletion', { key_id: scheduled, pending_days: '7' });
    await bench.begin(materialOf(made));
    for (const [keyId, told] of [
      [made, 'has origin "kms"'],
      [signing, 'which EC_P256 needs'],
      [scheduled, 'is in state 4 (scheduled for deletion)'],
    ] as const) {
      bench.configure(materialOf(keyId));
      const plan = await bench.workspace.plan();
      expect({ code: plan.code, text: plan.text }).toEqual({
        code: 1,
        text: expect.stringContaining(told),
      });
    }
    expect(
      writesOf(bench.emulator).filter(
        (operation) => operation !== 'create-key' && operation !== 'schedule-key-deletion',
      ),
    ).toEqual([]);
  });

  test('two new resources for one key', async () => {
    const keyId = await makeKey();
    await bench.begin(`${materialOf(keyId)}\n${materialOf(keyId, '', 'again')}`);
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(1);
    expect(plan.text).toContain(
      `Two new resources of this plan declare the material of key ${keyId}`,
    );
  });
});

describe('a forced replacement together with another expiry', () => {
  const body = (expiry: string, extra = '') =>
    keyWithMaterial('orders', `expiration_time = "${expiry}"\n  ${extra}`);

  async function applied(first: string): Promise<string> {
    await bench.begin(first);
    await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
    bench.emulator.clearCalls();
    return String(bench.workspace.attributes('byok_external_key').key_id);
  }

  const trigger = (expiry: string, round: number, extra = '') =>
    `resource "terraform_data" "round" {
  input = ${round}
}
${body(
  expiry,
  `lifecycle {
    replace_triggered_by = [terraform_data.round]
    ${extra}
  }`,
)}`;

  test.each([
    ['-replace', body(far), body(farther), ['-replace=byok_key_material.orders']],
    ['replace_triggered_by', trigger(far, 1), trigger(farther, 2), []],
    [
      'replace_triggered_by and create_before_destroy',
      trigger(far, 1, 'create_before_destroy = true'),
      trigger(farther, 2, 'create_before_destroy = true'),
      [],
    ],
  ])('by %s is refused at plan, with the way to do it', async (_name, first, second, flags) => {
    const keyId = await applied(first);
    bench.configure(second);
    const run = await bench.workspace.apply(...flags);
    expect(run.code).toBe(1);
    expect(run.text).toContain('change the expiry in an apply of its own, without the replacement');
    expect(run.text).not.toContain('Destruction complete');
    expect(writesOf(bench.emulator)).toEqual([]);
    expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
    expect(bench.workspace.attributes('byok_key_material').fingerprint_verified).toBe(true);
  });

  test.each(['', 'create_before_destroy = true'])(
    'by taint is refused at plan, too (%s)',
    async (order) => {
      const [first, second] = [far, farther].map((expiry) =>
        body(expiry, `lifecycle {\n    ${order}\n  }`),
      ) as [string, string];
      const keyId = await applied(first);
      await bench.workspace.succeed(['taint', 'byok_key_material.orders']);
      bench.configure(second);
      const run = await bench.workspace.apply();
      expect(run.code).toBe(1);
      expect(run.text).toContain(
        'change the expiry in an apply of its own, without the replacement',
      );
      expect(writesOf(bench.emulator)).toEqual([]);
      await bench.workspace.succeed(['untaint', 'byok_key_material.orders']);
      expect((await bench.workspace.apply()).code).toBe(0);
      expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
      expect(bench.workspace.attributes('byok_key_material').fingerprint_verified).toBe(true);
    },
  );

  test.each(['', 'create_before_destroy = true'])(
    'of protected material by taint is refused at plan, whatever its expiry (%s)',
    async (order) => {
      await applied(body(far, `on_destroy = "refuse"\n  lifecycle {\n    ${order}\n  }`));
      await bench.workspace.succeed(['taint', 'byok_key_material.orders']);
      const run = await bench.workspace.apply();
      expect(run.code).toBe(1);
      expect(run.text).toContain('terraform untaint');
      expect(writesOf(bench.emulator)).toEqual([]);
      await bench.workspace.succeed(['untaint', 'byok_key_material.orders']);
      expect((await bench.workspace.plan()).code).toBe(0);
    },
  );

  test('of a key id that is only known after apply, and is the same, is a renewal, and the plan says that it may be one', async () => {
    const through = (expiry: string, round: number) =>
      `${body(expiry).replace(/key_id\s*= byok_external_key.orders.key_id/, 'key_id = terraform_data.through.output.id')}
resource "terraform_data" "through" {
  input = { id = byok_external_key.orders.key_id, round = ${round} }
}`;
    const keyId = await applied(through(far, 1));
    bench.configure(through(farther, 2));
    const run = await bench.workspace.apply();
    expect(run.text).toContain(
      `If it is key ${keyId} again, the change of expiration_time deletes its material`,
    );
    expect(run.code).toBe(0);
    expect((await describeKey(bench.emulator, keyId)).expiration_time).toBe(
      String(Date.parse(farther)),
    );
    expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
    expect((await bench.workspace.plan()).code).toBe(0);
  });
});
