/**
 * A success that is none, as the page of a portal under status 200: the state claims nothing that
 * the KMS does not show.
 */
import { randomBytes } from 'node:crypto';
import { importMaterial } from '../emulator/external-key';
import { describeKey, holdsMaterial, writesOf } from '../support/emulated-key';
import { externalKey, keyWithMaterial, useWorkbench } from './workbench';

const bench = useWorkbench();

const portal = '<html>Please log in</html>';
const far = '2035-01-01T00:00:00Z';
const withExpiry = (expiry: string) => keyWithMaterial('orders', `expiration_time = "${expiry}"`);

test('an import that a portal answered leaves nothing present or proven, and what somebody else imports then is never deleted', async () => {
  await bench.begin(externalKey('orders'));
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  const keyId = String(bench.workspace.attributes('byok_external_key').key_id);
  bench.configure(withExpiry(far));
  bench.emulator.injectFaults([{ operation: 'import-key-material', answer: portal, times: 9 }]);
  const apply = await bench.workspace.apply();
  bench.emulator.clearFaults();
  expect(apply.code).toBe(1);
  expect(apply.text).toContain('the answer is not what the API documents');
  expect((await describeKey(bench.emulator, keyId)).key_state).toBe('5');
  expect(() => bench.workspace.attributes('byok_key_material')).toThrow('is not in the state');

  const theirs = randomBytes(32);
  expect(
    (
      await importMaterial(bench.emulator, keyId, theirs, {
        expirationTime: Date.parse(far) / 1000,
      })
    ).status,
  ).toBe(200);
  expect((await bench.workspace.apply()).code).toBe(0);
  expect(bench.workspace.attributes('byok_key_material')).toMatchObject({
    material_status: 'present',
    fingerprint_verified: false,
  });

  bench.emulator.clearCalls();
  bench.configure(withExpiry('2036-01-01T00:00:00Z'));
  const renewal = await bench.workspace.apply();
  expect(renewal.code).toBe(1);
  expect(renewal.text).toContain('nothing proves that the given material is what the key holds');
  expect(writesOf(bench.emulator)).toEqual([]);
  expect(await holdsMaterial(bench.emulator, keyId, theirs)).toBe(true);
});

test('a renewal of which every import is answered by a portal keeps its proof, says that the key is empty, and heals', async () => {
  await bench.begin(withExpiry(far));
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  const keyId = String(bench.workspace.attributes('byok_external_key').key_id);
  bench.configure(withExpiry('2036-01-01T00:00:00Z'));
  bench.emulator.injectFaults([
    { operation: 'import-key-material', answer: portal, skip: 1, times: 9 },
  ]);
  const apply = await bench.workspace.apply();
  bench.emulator.clearFaults();
  expect(apply.code).toBe(1);
  expect(apply.text).toContain(`ey ${keyId} has no material at the moment`);
  expect((await bench.workspace.plan()).text).toContain('deleted_outside');
  expect((await bench.workspace.apply()).code).toBe(0);
  expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
  expect(bench.workspace.attributes('byok_key_material')).toMatchObject({
    material_status: 'present',
    fingerprint_verified: true,
  });
});

test('a deletion of the key that a portal answered is no success, and the next destroy does it', async () => {
  await bench.begin(externalKey('orders'));
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  const keyId = String(bench.workspace.attributes('byok_external_key').key_id);
  // The shortest patience: what a portal says is not waited for when the look shows otherwise and
  // time is up.
  bench.configure(externalKey('orders', 'timeouts {\n    delete = "1s"\n  }'));
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  bench.emulator.injectFaults([{ operation: 'schedule-key-deletion', answer: portal }]);
  const destroy = await bench.workspace.destroy();
  expect(destroy.code).toBe(1);
  expect(destroy.text).not.toContain('Destroy complete');
  expect((await describeKey(bench.emulator, keyId)).key_state).toBe('5');
  expect(bench.workspace.attributes('byok_external_key').key_id).toBe(keyId);

  expect((await bench.workspace.destroy()).code).toBe(0);
  expect((await describeKey(bench.emulator, keyId)).key_state).toBe('4');
});

test('two keys are never one, although both were answered with the same id', async () => {
  const both = `resource "byok_external_key" "first" {
  alias = "first"
}
resource "byok_external_key" "second" {
  alias      = "second"
  depends_on = [byok_external_key.first]
}`;
  await bench.begin(both.slice(0, both.indexOf('resource "byok_external_key" "second"')));
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  const first = String(bench.workspace.attributes('byok_external_key').key_id);
  bench.configure(both.replace('alias = "first"', 'alias = "first"\n  description = "changed"'));
  bench.emulator.injectFaults([
    {
      operation: 'create-key',
      answer: JSON.stringify({ key_info: { key_id: first, domain_id: '0' } }),
      committed: true,
    },
  ]);
  expect((await bench.workspace.apply()).code).toBe(0);
  const { output } = await bench.workspace.succeed([
    'state',
    'show',
    '-no-color',
    'byok_external_key.second',
  ]);
  expect(output).not.toContain(first);
  expect((await bench.workspace.plan()).code).toBe(0);
});

test('timeouts end the repetition of calls, in apply and in the refresh, and say which of them did', async () => {
  await bench.begin(keyWithMaterial('orders', 'timeouts { create = "1s" }'));
  const busy = { status: 429, times: 99 };
  bench.emulator.injectFaults([{ operation: 'get-parameters-for-import', ...busy }]);
  const apply = await bench.workspace.apply();
  bench.emulator.clearFaults();
  expect(apply.code).toBe(1);
  expect(apply.text).toContain('at the time limit of 1s (timeouts.create)');
  bench.configure(externalKey('orders', 'timeouts { read = "1s" }'));
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  bench.emulator.injectFaults([busy]);
  const plan = await bench.workspace.plan();
  bench.emulator.clearFaults();
  expect(plan.code).toBe(1);
  expect(plan.text).toContain('at the time limit of 1s (timeouts.read)');
});
