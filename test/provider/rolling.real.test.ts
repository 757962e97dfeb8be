/**
 * Rolling expiry and warnings under the real terraform, with a clock that is set into the window.
 */

import { describeKey, holdsMaterial, writesOf } from '../support/emulated-key';
import { clockAhead, keyWithMaterial, useWorkbench } from './workbench';

const bench = useWorkbench();

async function applied(attributes: string): Promise<string> {
  await bench.begin(keyWithMaterial('orders', attributes));
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  bench.emulator.clearCalls();
  return String(bench.workspace.attributes('byok_external_key').key_id);
}

async function expiryOf(keyId: string): Promise<number> {
  return Number((await describeKey(bench.emulator, keyId)).expiration_time);
}

/** An hour and a half later. */
function enterWindow(): void {
  bench.emulator.advanceClock(5400);
  Object.assign(bench.workspace.env, clockAhead(5_400_000));
}

test('counts from the import, and shows nothing outside its window, refresh-only included', async () => {
  const before = Date.now();
  const keyId = await applied('valid_for = "90d"\n  renew_before = "14d"');
  const expiry = await expiryOf(keyId);
  expect(expiry).toBeGreaterThanOrEqual(Math.floor(before / 1000) * 1000 + 90 * 86_400_000);
  expect(expiry).toBeLessThanOrEqual(Date.now() + 90 * 86_400_000);
  expect(bench.workspace.attributes('byok_key_material')).toMatchObject({
    material_status: 'present',
    valid_for: '90d',
  });
  expect((await bench.workspace.plan()).code).toBe(0);
  expect((await bench.workspace.plan('-refresh-only')).code).toBe(0);
});

test('renews in place inside its window, and the plan names the dates', async () => {
  const keyId = await applied('valid_for = "7200s"\n  renew_before = "3600s"');
  const first = await expiryOf(keyId);
  enterWindow();
  const plan = await bench.workspace.plan();
  expect(plan.code).toBe(2);
  expect(plan.text).toContain('byok_key_material.orders will be updated in-place');
  const [end, start] = [first, first - 3_600_000].map(
    (instant) => `${new Date(instant).toISOString().slice(0, 19)}Z`,
  );
  expect(plan.text).toContain(
    `the material expires on ${end} and is renewed from ${start} on (renew_before 3600s), to be valid for 7200s`,
  );
  expect((await bench.workspace.apply()).text).toContain('0 added, 1 changed, 0 destroyed');
  expect(await expiryOf(keyId)).toBeGreaterThan(first);
  expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
});

test('a plan of before the window is applied inside it as it was reviewed, and renews nothing', async () => {
  const keyId = await applied('valid_for = "7200s"\n  renew_before = "3600s"');
  const first = await expiryOf(keyId);
  bench.configure(
    keyWithMaterial(
      'orders',
      'valid_for = "7200s"\n  renew_before = "3600s"\n  warn_before = "1s"',
    ),
  );
  const plan = await bench.workspace.plan('-out=reviewed.tfplan');
  expect(plan.text).toContain('warn_before');
  expect(plan.text).not.toContain('import_reason');
  enterWindow();
  await bench.workspace.succeed(['apply', '-no-color', 'reviewed.tfplan']);
  expect(writesOf(bench.emulator)).toEqual([]);
  expect(await expiryOf(keyId)).toBe(first);
  expect((await bench.workspace.plan()).text).toContain(
    '(renew_before 3600s), to be valid for 7200s',
  );
});

test('takes over from a fixed expiry without touching material, and renews what was purged', async () => {
  const keyId = await applied('expiration_time = "2035-01-01T00:00:00Z"');
  bench.configure(keyWithMaterial('orders', 'valid_for = "90d"\n  renew_before = "14d"'));
  const declared = await bench.workspace.apply();
  expect(declared.code).toBe(0);
  expect(declared.text).toContain('It keeps its expiry 2035-01-01T00:00:00Z');
  expect((await bench.workspace.plan()).text).not.toContain('keeps its expiry');
  expect(writesOf(bench.emulator)).toEqual([]);
  expect(await expiryOf(keyId)).toBe(Date.parse('2035-01-01T00:00:00Z'));
  bench.emulator.deleteMaterial(keyId);
  expect((await bench.workspace.plan()).text).toContain(
    'the same material is imported again, valid for 90d',
  );
  expect((await bench.workspace.apply()).code).toBe(0);
  expect(await expiryOf(keyId)).toBeLessThanOrEqual(Date.now() + 90 * 86_400_000);
  expect((await bench.workspace.plan()).code).toBe(0);
});

test('a plan warns within warn_before, with no diff; material that renews itself is not warned about', async () => {
  const soon = `${new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 19)}Z`;
  await applied(`expiration_time = "${soon}"`);
  const warned = await bench.workspace.plan();
  expect(warned.code).toBe(0);
  expect(warned.text).toContain('The key material expires soon');
  bench.configure(keyWithMaterial('orders', `expiration_time = "${soon}"\n  warn_before = "2d"`));
  expect((await bench.workspace.apply()).text).not.toContain('expires soon');
});

test.each([
  ['one without the other', 'valid_for = "90d"', 'valid_for is given without renew_before'],
  [
    'a window longer than the validity',
    'valid_for = "14d"\n  renew_before = "90d"',
    'which is not shorter than valid_for "14d"',
  ],
  [
    'both kinds of expiry',
    'valid_for = "90d"\n  renew_before = "14d"\n  expiration_time = "never"',
    'expiration_time and valid_for are given together',
  ],
  [
    'no duration',
    'valid_for = "3 months"\n  renew_before = "14d"',
    'valid_for is "3 months"; allowed is a whole number',
  ],
])('refuses %s', async (_name, attributes, message) => {
  await bench.begin(keyWithMaterial('orders', attributes));
  const plan = await bench.workspace.plan();
  expect(plan.code).toBe(1);
  expect(plan.text).toContain(message);
});
