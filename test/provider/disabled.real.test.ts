/**
 * Keys that are disabled, or that the same run disables: what must wait is planned to wait, and
 * what is replaced stays disabled.
 */

import { ok } from '../emulator/plain-http';
import { describeKey, holdsMaterial, writesOf } from '../support/emulated-key';
import { keyWithMaterial, useWorkbench } from './workbench';

const bench = useWorkbench();
let keyId: string;

const far = '2035-01-01T00:00:00Z';
const farther = '2036-01-01T00:00:00Z';

const body = (expiry: string, ofKey = '', ofMaterial = '') =>
  keyWithMaterial('orders', `expiration_time = "${expiry}"\n  ${ofMaterial}`).replace(
    'alias =',
    `${ofKey}\n  alias =`,
  );

async function applied(first: string): Promise<void> {
  await bench.begin(first);
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  keyId = String(bench.workspace.attributes('byok_external_key').key_id);
  bench.emulator.clearCalls();
}

const expiryInState = () => bench.workspace.attributes('byok_key_material').expiration_time;

describe('another expiry of a key that the same run disables', () => {
  test('is planned to wait, and waits', async () => {
    await applied(body(far));
    bench.configure(body(farther, 'enabled = false'));
    const plan = await bench.workspace.plan();
    expect(plan.text).toContain('Plan: 0 to add, 1 to change, 0 to destroy');
    expect(plan.text).toContain('Change of expiration_time postponed: the key is disabled');
    expect((await bench.workspace.apply()).code).toBe(0);
    expect(writesOf(bench.emulator)).toEqual(['disable-key']);
    expect(expiryInState()).toBe(far);
    expect((await bench.workspace.plan()).code).toBe(0);
    bench.configure(body(farther, 'enabled = true'));
    await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
    expect((await bench.workspace.apply()).code).toBe(0);
    expect(expiryInState()).toBe(farther);
    expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
  });

  test('waits also beside another change of the material', async () => {
    await applied(body(far));
    bench.configure(body(farther, 'enabled = false', 'on_destroy = "refuse"'));
    expect((await bench.workspace.apply()).code).toBe(0);
    expect(bench.workspace.attributes('byok_key_material')).toMatchObject({
      expiration_time: far,
      on_destroy: 'refuse',
    });
    expect(writesOf(bench.emulator)).toEqual(['disable-key']);
  });
});

test('a key that was disabled since the plan keeps its expiry, also in the state', async () => {
  await applied(body(far));
  bench.configure(body(farther));
  await bench.workspace.succeed(['plan', '-no-color', '-out=saved']);
  await ok(bench.emulator, 'disable-key', { key_id: keyId });
  const run = await bench.workspace.terraform(['apply', '-no-color', 'saved']);
  expect(run.code).toBe(1);
  expect(run.text).toContain(
    'The key changed since this plan, and nothing was done: Change of expiration_time postponed',
  );
  expect(expiryInState()).toBe(far);
});

describe('a new object for a key that is not enabled', () => {
  const renamed = (text: string) =>
    text.replace('"byok_key_material" "orders"', '"byok_key_material" "renamed"');

  test.each([
    [
      'disabled',
      'by -replace',
      'disable-key',
      ['-replace=byok_key_material.orders'],
      (text: string) => text,
    ],
    ['disabled', 'under another name, without moved', 'disable-key', [], renamed],
    [
      'scheduled for deletion',
      'by -replace',
      'schedule-key-deletion',
      ['-replace=byok_key_material.orders'],
      (text: string) => text,
    ],
  ] as const)(
    'does not say that it has another expiry than the key: %s, %s',
    async (_state, _how, operation, flags, change) => {
      await applied(body(far));
      await ok(bench.emulator, operation, { key_id: keyId, pending_days: '7' });
      bench.configure(change(body(farther)));
      const run = await bench.workspace.apply(...flags);
      expect(run.code).toBe(1);
      expect(run.text).toMatch(
        new RegExp(
          `key ${keyId} (already holds material that expires ${far}, but expiration_time ${farther} is declared|is in state 4)`,
          'i',
        ),
      );
      expect(run.text).not.toContain('Destruction complete');
      expect(expiryInState()).toBe(far);
      expect(bench.workspace.attributes('byok_key_material').fingerprint_verified).toBe(true);
    },
  );
});

test.each(['proven', 'unproven'])(
  'a disabled key that lost its material is disabled again also by -replace, %s',
  async (proof) => {
    await applied(body(far));
    const { workspace } = bench;
    if (proof === 'unproven') {
      await workspace.succeed(['state', 'rm', 'byok_key_material.orders']);
      await workspace.succeed(['import', '-no-color', 'byok_key_material.orders', keyId]);
    }
    await ok(bench.emulator, 'disable-key', { key_id: keyId });
    await workspace.succeed(['apply', '-refresh-only', '-auto-approve', '-no-color']);
    bench.emulator.deleteMaterial(keyId);
    expect((await workspace.apply('-replace=byok_key_material.orders')).code).toBe(0);
    expect((await describeKey(bench.emulator, keyId)).key_state).toBe('3');
    expect((await workspace.plan()).code).toBe(0);
    await ok(bench.emulator, 'enable-key', { key_id: keyId });
    expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
  },
);
