/**
 * What people are told when things are not as they seem: another place, a disabled key, lateness,
 * what stays and what goes.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { importMaterial } from '../emulator/external-key';
import { ok } from '../emulator/plain-http';
import { holdsMaterial, writesOf } from '../support/emulated-key';
import { type Emulator, startEmulator } from '../support/emulator';
import { clockAhead, configure, externalKey, keyWithMaterial, useWorkbench } from './workbench';

const bench = useWorkbench();

const far = '2035-01-01T00:00:00Z';

async function applied(body: string): Promise<string> {
  await bench.begin(body);
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  bench.emulator.clearCalls();
  return String(bench.workspace.attributes('byok_external_key').key_id);
}

const withKey = (body: string, line: string) => body.replace('alias =', `${line}\n  alias =`);

describe('another region by mistake', () => {
  let elsewhere: Emulator;

  beforeEach(async () => {
    elsewhere = await startEmulator();
  });

  afterEach(async () => {
    await elsewhere.close();
  });

  function moveTo(body: string): void {
    const { env } = bench.workspace;
    [env.HW_PROJECT_ID, env.HW_AUTH_TOKEN, env.HW_REGION_NAME] = [
      elsewhere.projectId,
      elsewhere.authToken,
      'eu-de',
    ];
    configure(elsewhere, bench.workspace, body);
  }

  test('names region, project and endpoint first', async () => {
    const keyId = await applied(keyWithMaterial('orders'));
    moveTo(keyWithMaterial('orders'));
    const plan = await bench.workspace.plan();
    expect(plan.text).toContain(
      `Check region, project_id and kms_endpoint first: the KMS of region eu-de, project ${elsewhere.projectId}, endpoint ${elsewhere.url} does not know key ${keyId}`,
    );
  });

  test.each(['', 'taint'])(
    'stops under on_destroy = "refuse", with no key made anywhere (%s)',
    async (command) => {
      const body = keyWithMaterial('orders', 'on_destroy = "refuse"');
      const keyId = await applied(body);
      if (command !== '') {
        await bench.workspace.succeed([command, 'byok_key_material.orders']);
      }
      moveTo(body);
      const run = await bench.workspace.apply();
      expect(run.code).toBe(1);
      expect(run.text).toContain('on_destroy of its material is "refuse", so nothing replaces it');
      expect([...writesOf(elsewhere), ...writesOf(bench.emulator)]).toEqual([]);
      expect(bench.workspace.attributes('byok_external_key').key_id).toBe(keyId);
      expect(bench.workspace.attributes('byok_key_material').fingerprint_verified).toBe(true);
    },
  );
});

describe('a key that somebody disabled', () => {
  test.each([
    ['declared as enabled', 'enabled = true', 2],
    ['not managed', '', 0],
  ])('%s: a warning with the way out', async (_name, line, code) => {
    const keyId = await applied(withKey(keyWithMaterial('orders'), line));
    expect((await bench.workspace.apply()).code).toBe(0);
    await ok(bench.emulator, 'disable-key', { key_id: keyId });
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(code);
    expect(plan.text).toContain(`The key is disabled`);
    expect(plan.text).toContain('enabled = true on byok_external_key');
  });

  test('is told of by its material where no resource is the key', async () => {
    const keyId = await applied(externalKey('orders'));
    await bench.workspace.succeed(['state', 'rm', 'byok_external_key.orders']);
    bench.configure(
      `resource "byok_key_material" "orders" {\n  key_id = "${keyId}"\n  material_file = "orders.key"\n}`,
    );
    expect((await bench.workspace.apply()).code).toBe(0);
    await ok(bench.emulator, 'disable-key', { key_id: keyId });
    expect((await bench.workspace.plan()).text).toContain('The key is disabled');
  });

  test('is not told of where that is declared', async () => {
    await applied(withKey(keyWithMaterial('orders'), 'enabled = false'));
    expect((await bench.workspace.apply()).code).toBe(0);
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(0);
    expect(plan.text).not.toContain('The key is disabled');
  });
});

test('a destroy says that the material stays, and for whom', async () => {
  const keyId = await applied(keyWithMaterial('orders'));
  bench.configure(externalKey('orders'));
  const run = await bench.workspace.apply();
  expect(run.text).toContain('The material stays in the key');
  expect(run.text).toContain('To delete it, set on_destroy = "delete_material"');
  expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
});

test('an apply without the secret says that the key exists, and has no material', async () => {
  await bench.begin(keyWithMaterial('orders'));
  rmSync(join(bench.workspace.folder, 'orders.key'));
  const run = await bench.workspace.apply();
  expect(run.code).toBe(1);
  const keyId = String(bench.workspace.attributes('byok_external_key').key_id);
  expect(run.text).toContain(`nothing was imported, and key ${keyId} exists without material`);
  expect(run.text).not.toContain('nothing was done');
});

describe('a plan that is applied too late', () => {
  test('after the expiry that it wants: in our words, and nothing is done', async () => {
    const soon = `${new Date(Math.floor(Date.now() / 1000) * 1000 + 3_600_000).toISOString().slice(0, 19)}Z`;
    const keyId = await applied(keyWithMaterial('orders', `expiration_time = "${soon}"`));
    bench.emulator.deleteMaterial(keyId);
    const plan = await bench.workspace.plan('-out=late.tfplan');
    expect(plan.text).toContain('the same material is imported again');
    bench.emulator.clearCalls();
    const late = await bench.workspace.terraform(
      ['apply', '-no-color', 'late.tfplan'],
      clockAhead(2 * 3_600_000),
    );
    expect(late.code).toBe(1);
    expect(late.text).toContain(`expiration_time ${soon} has passed since the key was examined`);
    expect(late.text).not.toContain('bug in the provider');
    expect(writesOf(bench.emulator)).toEqual([]);
  });

  test('after somebody else renewed the material: the state does not keep an expiry that the key does not have', async () => {
    const rolling = (more: string) =>
      keyWithMaterial('orders', `valid_for = "90d"\n  renew_before = "14d"\n  ${more}`);
    const keyId = await applied(rolling(''));
    bench.configure(rolling('on_destroy = "refuse"'));
    await bench.workspace.succeed(['plan', '-no-color', '-out=saved']);
    bench.emulator.deleteMaterial(keyId);
    await importMaterial(bench.emulator, keyId, bench.material, {
      expirationTime: Date.parse(far) / 1000,
    });
    const run = await bench.workspace.terraform(['apply', '-no-color', 'saved']);
    expect(run.code).toBe(1);
    expect(run.text).toContain(`The key changed since this plan: its material expires ${far}, not`);
    expect((await bench.workspace.apply()).code).toBe(0);
    expect(bench.workspace.attributes('byok_key_material')).toMatchObject({
      expiration_time: far,
      on_destroy: 'refuse',
    });
  });

  test('another renew_before counts from the next plan on, which is said', async () => {
    await applied(keyWithMaterial('orders', 'valid_for = "3600s"\n  renew_before = "60s"'));
    bench.configure(keyWithMaterial('orders', 'valid_for = "3600s"\n  renew_before = "2700s"'));
    const saved = await bench.workspace.plan('-out=saved.tfplan');
    expect(saved.code).toBe(2);
    const apply = await bench.workspace.terraform(
      ['apply', '-no-color', 'saved.tfplan'],
      clockAhead(1_800_000),
    );
    expect(apply.code).toBe(0);
    expect(writesOf(bench.emulator)).toEqual([]);
    const next = await bench.workspace.terraform(['plan', '-no-color'], clockAhead(1_800_000));
    expect(next.text).toContain('(renew_before 2700s), to be valid for 3600s');
  });
});

describe('a key that was scheduled for deletion', () => {
  test('leaves no false alarm in the state once it is rescued', async () => {
    const keyId = await applied(keyWithMaterial('orders', `expiration_time = "${far}"`));
    await ok(bench.emulator, 'schedule-key-deletion', { key_id: keyId, pending_days: '7' });
    expect((await bench.workspace.apply()).text).toContain('The key is scheduled for deletion');
    bench.configure(
      withKey(
        keyWithMaterial('orders', `expiration_time = "${far}"`),
        'cancel_pending_deletion = true\n  enabled = true',
      ),
    );
    const rescue = await bench.workspace.apply();
    expect(rescue.text).toContain('The key is rescued first');
    expect(rescue.code).toBe(0);
    expect(bench.workspace.attributes('byok_key_material')).toMatchObject({
      material_status: 'present',
      key_state: '2',
      fingerprint_verified: true,
    });
    expect((await bench.workspace.plan()).code).toBe(0);
    expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
  });

  test('by a destroy: that the proof goes with the state is said there', async () => {
    await applied(keyWithMaterial('orders'));
    expect((await bench.workspace.destroy()).text).toContain(
      'the proof of which material it holds is lost with the state',
    );
  });
});
