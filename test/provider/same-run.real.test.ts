/** Two objects of one run that mean the same key, and keys that may belong to somebody else. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { call, ok } from '../emulator/plain-http';
import { describeKey, holdsMaterial, writesOf } from '../support/emulated-key';
import { type Emulator, startEmulator } from '../support/emulator';
import { configure, externalKey, keyWithMaterial, type Workbench, workbench } from './workbench';

let emulator: Emulator;
const benches: Workbench[] = [];

const far = '2035-01-01T00:00:00Z';
const farther = '2036-01-01T00:00:00Z';

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

async function open(body: string): Promise<Workbench> {
  const bench = await workbench(emulator, body);
  benches.push(bench);
  return bench;
}

async function applied(body: string): Promise<Workbench & { keyId: string }> {
  const bench = await open(body);
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  emulator.clearCalls();
  return { ...bench, keyId: String(bench.workspace.attributes('byok_external_key').key_id) };
}

/** As somebody else made it, or a run of ours that was killed. */
async function existingKey(alias: string, description = ''): Promise<string> {
  const fields = { key_alias: alias, origin: 'external', key_description: description };
  const { key_info } = await ok<{ key_info: { key_id: string } }>(emulator, 'create-key', fields);
  return key_info.key_id;
}

describe('a key that was taken over by its alias', () => {
  test('stays in the KMS when it is destroyed here, and the plan says so', async () => {
    const keyId = await existingKey('theirs');
    const { workspace } = await open(externalKey('theirs'));
    const run = await workspace.apply();
    expect(run.text).toContain('An existing key was adopted');
    expect(run.text).toContain('Destroy will leave the key in the KMS');
    expect(workspace.attributes('byok_external_key').key_id).toBe(keyId);
    expect((await workspace.plan('-destroy')).text).toContain(
      'Destroy will leave the key in the KMS',
    );
    expect((await workspace.destroy()).code).toBe(0);
    expect((await describeKey(emulator, keyId)).key_state).toBe('5');
  });

  test('stays also after a change', async () => {
    const keyId = await existingKey('changed');
    const { workspace } = await open(externalKey('changed'));
    await workspace.apply();
    configure(emulator, workspace, externalKey('changed-2', 'description = "orders"'));
    expect((await workspace.apply()).text).toContain('1 changed');
    expect((await workspace.destroy()).code).toBe(0);
    expect((await describeKey(emulator, keyId)).key_state).toBe('5');
  });

  test('is scheduled where the configuration says so', async () => {
    const keyId = await existingKey('declared');
    const { workspace } = await open(externalKey('declared', 'on_destroy = "schedule_deletion"'));
    expect((await workspace.apply()).text).not.toContain('Destroy will leave the key in the KMS');
    expect((await workspace.destroy()).text).toContain('The key will be scheduled for deletion');
    expect((await describeKey(emulator, keyId)).key_state).toBe('4');
  });

  test('keeps the tags that it has until a plan has shown that they go', async () => {
    const keyId = await existingKey('tagged');
    const { status } = await call(emulator, `${keyId}/tags/action`, {
      action: 'create',
      tags: [{ key: 'team', value: 'a' }],
    });
    expect(status).toBe(204);
    const { workspace } = await open(externalKey('tagged', 'tags = { stage = "live" }'));
    expect((await workspace.apply()).code).toBe(0);
    const plan = await workspace.plan();
    expect(plan.text).toMatch(/- "?team"? += "a" -> null/);
    expect(plan.text).toContain('"stage" = "live" - "team"');
  });

  test('is not taken over when its description shows that another hand made it', async () => {
    const keyId = await existingKey('described', 'belongs to team A');
    const { workspace } = await open(externalKey('described'));
    const run = await workspace.apply();
    expect(run.code).toBe(1);
    expect(run.text).toContain('description differs from the declared one');
    expect(run.text).toContain(`terraform import <address> ${keyId}`);
    expect(await describeKey(emulator, keyId)).toMatchObject({
      key_state: '5',
      key_description: 'belongs to team A',
    });
  });
});

describe('material that is declared anew for the same key', () => {
  const deleting = `expiration_time = "${far}"\n  on_destroy = "delete_material"`;

  test('keeps its proof through -replace, so that it can be renewed', async () => {
    const { workspace, keyId, material } = await applied(keyWithMaterial('proof', deleting));
    const run = await workspace.apply('-replace=byok_key_material.orders');
    expect(run.code).toBe(0);
    expect(run.text).toContain('An earlier import proved what it holds');
    expect(writesOf(emulator)).toEqual([]);
    expect(workspace.attributes('byok_key_material').fingerprint_verified).toBe(true);
    expect((await workspace.plan()).code).toBe(0);
    configure(emulator, workspace, keyWithMaterial('proof', deleting.replace(far, farther)));
    expect((await workspace.apply()).code).toBe(0);
    expect(await holdsMaterial(emulator, keyId, material)).toBe(true);
  });

  test('is not deleted by create_before_destroy', async () => {
    const first = keyWithMaterial(
      'before',
      `${deleting}\n  lifecycle {\n    create_before_destroy = true\n  }`,
    );
    const { workspace, keyId, material } = await applied(first);
    const run = await workspace.apply('-replace=byok_key_material.orders');
    expect(run.code).toBe(0);
    expect(run.text).toContain('The material is not deleted');
    expect(writesOf(emulator)).toEqual([]);
    expect(await holdsMaterial(emulator, keyId, material)).toBe(true);
  });

  const another = (body: string) =>
    body.replace('"byok_key_material" "orders"', '"byok_key_material" "another"');

  test('under another address, without moved, is there in the end although the old one would delete it', async () => {
    const { workspace, keyId, material } = await applied(keyWithMaterial('address', deleting));
    configure(emulator, workspace, another(keyWithMaterial('address', deleting)));
    expect((await workspace.apply()).code).toBe(0);
    expect(await holdsMaterial(emulator, keyId, material)).toBe(true);
    expect((await workspace.plan()).code).toBe(0);
  });

  test('under another address, without moved, is not emptied when it is not at hand', async () => {
    const { workspace, keyId, material } = await applied(keyWithMaterial('gone', deleting));
    rmSync(join(workspace.folder, 'orders.key'));
    configure(emulator, workspace, another(keyWithMaterial('gone', deleting)));
    const run = await workspace.apply();
    // Terraform orders nothing here: what is planned second knows of the first.
    const refused = `Another address of this plan deletes the material of key ${keyId}`;
    expect(run.text).toContain(run.code === 0 ? 'The material is not deleted' : refused);
    expect(writesOf(emulator)).toEqual([]);
    expect(await holdsMaterial(emulator, keyId, material)).toBe(true);
  });

  test('under another address, without moved, is adopted where the old one leaves it', async () => {
    const { workspace, keyId, material } = await applied(keyWithMaterial('left'));
    configure(emulator, workspace, another(keyWithMaterial('left')));
    expect((await workspace.apply()).code).toBe(0);
    expect(writesOf(emulator)).toEqual([]);
    expect(await holdsMaterial(emulator, keyId, material)).toBe(true);
    expect((await workspace.plan()).code).toBe(0);
  });
});

describe('a disabled key that lost its material', () => {
  const body = (alias: string, enabled: boolean) =>
    keyWithMaterial(alias).replace(`alias = "${alias}"`, `$&\n  enabled = ${enabled}`);

  test('is disabled again after the import, as its configuration has it', async () => {
    const { workspace, keyId } = await applied(body('off', false));
    expect((await workspace.apply()).code).toBe(0);
    expect((await describeKey(emulator, keyId)).key_state).toBe('3');
    emulator.deleteMaterial(keyId);
    const run = await workspace.apply();
    expect(run.text).toContain(
      'the same material is imported again, expiration_time never, and the key is disabled again',
    );
    expect(run.code).toBe(0);
    expect((await describeKey(emulator, keyId)).key_state).toBe('3');
    expect((await workspace.plan()).code).toBe(0);
  });

  test('is enabled by the import where its configuration says so', async () => {
    const { workspace, keyId } = await applied(body('on', false));
    expect((await workspace.apply()).code).toBe(0);
    emulator.deleteMaterial(keyId);
    configure(emulator, workspace, body('on', true));
    const run = await workspace.apply();
    expect(run.text).not.toContain('disabled again');
    expect((await describeKey(emulator, keyId)).key_state).toBe('2');
  });

  test('is disabled again although the refresh came in another run', async () => {
    const { workspace, keyId } = await applied(body('earlier', false));
    expect((await workspace.apply()).code).toBe(0);
    emulator.deleteMaterial(keyId);
    await workspace.succeed(['apply', '-refresh-only', '-auto-approve', '-no-color']);
    expect((await workspace.apply('-refresh=false')).text).toContain(
      'and the key is disabled again',
    );
    expect((await describeKey(emulator, keyId)).key_state).toBe('3');
  });

  test('is disabled again where nobody declares it, once Terraform has seen it disabled', async () => {
    const { workspace, keyId } = await applied(keyWithMaterial('seen'));
    await ok(emulator, 'disable-key', { key_id: keyId });
    await workspace.succeed(['apply', '-refresh-only', '-auto-approve', '-no-color']);
    emulator.deleteMaterial(keyId);
    expect((await workspace.apply()).text).toContain('and the key is disabled again');
    expect((await describeKey(emulator, keyId)).key_state).toBe('3');
  });
});
