/**
 * Two objects that have the material of one key: what one of them would delete stays for the other,
 * or comes back in the same run.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describeKey, holdsMaterial, writesOf } from '../support/emulated-key';
import { cleanEnvironment } from '../support/terraform-workspace';
import { externalKey, useWorkbench } from './workbench';

const bench = useWorkbench();

const far = '2035-01-01T00:00:00Z';
const key = externalKey('orders');
const material = (name: string, extra = '') => `resource "byok_key_material" "${name}" {
  key_id          = byok_external_key.orders.key_id
  material_file   = "orders.key"
  expiration_time = "${far}"
  ${extra}
}`;
const deleting = 'on_destroy = "delete_material"';

async function applied(...bodies: string[]): Promise<string> {
  await bench.begin(bodies[0] ?? '');
  for (const body of bodies) {
    bench.configure(body);
    await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  }
  bench.emulator.clearCalls();
  return String(bench.workspace.attributes('byok_external_key').key_id);
}

describe('two addresses of one key, of which one would delete', () => {
  const both = `${key}\n${material('one', deleting)}\n${material('other')}`;
  const single = `${key}\n${material('other')}`;

  test.each([[[]], [['-parallelism=1']]])(
    'the material is there when that one leaves the code (%j)',
    async (flags) => {
      const keyId = await applied(`${key}\n${material('one', deleting)}`, both);
      bench.configure(single);
      const run = await bench.workspace.apply(...flags);
      expect(run.code).toBe(0);
      const stays = run.text.includes('The material is not deleted');
      expect(
        stays || run.text.includes('once it is gone, the same material is imported again'),
      ).toBe(true);
      expect((await describeKey(bench.emulator, keyId)).key_state).toBe('2');
      expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
      expect((await bench.workspace.plan()).code).toBe(0);
    },
  );

  test('is not emptied either when the material is not at hand', async () => {
    const keyId = await applied(`${key}\n${material('one', deleting)}`, both);
    rmSync(join(bench.workspace.folder, 'orders.key'));
    bench.configure(single);
    const run = await bench.workspace.apply();
    expect(run.text).toContain(
      run.code === 0 ? 'The material is not deleted' : 'is not available here to be imported again',
    );
    expect(writesOf(bench.emulator)).toEqual([]);
    expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
  });

  test('it goes when both leave the code', async () => {
    const keyId = await applied(
      `${key}\n${material('one', deleting)}`,
      `${key}\n${material('one', deleting)}\n${material('other', deleting)}`,
    );
    bench.configure(key);
    const run = await bench.workspace.apply();
    expect(run.code).toBe(0);
    expect((await describeKey(bench.emulator, keyId)).key_state).toBe('5');
  });
});

test('a deposed object, left by Ctrl-C under create_before_destroy, does not empty the key of the living one', async () => {
  const guarded = (round: number) => `resource "terraform_data" "round" {
  input = ${round}
}
${key}
${material('one', `${deleting}\n  lifecycle {\n    create_before_destroy = true\n    replace_triggered_by = [terraform_data.round]\n  }`)}`;
  const keyId = await applied(guarded(1));
  bench.configure(guarded(2));
  const { folder, env } = bench.workspace;
  const child = spawn('terraform', ['apply', '-auto-approve', '-no-color'], {
    cwd: folder,
    env: cleanEnvironment(env),
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
    if (output.includes('byok_key_material.one: Creation complete') && !child.killed) {
      child.kill('SIGINT');
    }
  });
  await new Promise((resolve) => child.once('close', resolve));
  const next = await bench.workspace.apply();
  expect(next.code).toBe(0);
  expect((await describeKey(bench.emulator, keyId)).key_state).toBe('2');
  expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
  expect((await bench.workspace.plan()).code).toBe(0);
});

describe('what no other object has goes as its policy says', () => {
  const literal = (keyId: string, names: readonly string[]) =>
    names
      .map(
        (name) =>
          `resource "byok_key_material" "${name}" {\n  key_id = "${keyId}"\n  material_file = "orders.key"\n  ${deleting}\n}`,
      )
      .join('\n');

  test.each([
    ['alone', ''],
    ['with its key', key],
  ])('when its block is removed %s', async (_name, left) => {
    const keyId = await applied(`${key}\n${material('one', deleting)}`);
    bench.configure(left === '' ? key : '');
    expect((await bench.workspace.apply()).code).toBe(0);
    expect((await describeKey(bench.emulator, keyId)).key_state).toBe(left === '' ? '5' : '4');
    expect(writesOf(bench.emulator)).toContain('delete-imported-key-material');
  });

  test('when nothing else is declared, and in a saved plan', async () => {
    const keyId = await applied(key);
    await bench.workspace.succeed(['state', 'rm', 'byok_external_key.orders']);
    bench.configure(literal(keyId, ['one']));
    expect((await bench.workspace.apply()).code).toBe(0);
    bench.configure('');
    await bench.workspace.succeed(['plan', '-no-color', '-out=saved.tfplan']);
    expect((await bench.workspace.terraform(['apply', '-no-color', 'saved.tfplan'])).code).toBe(0);
    expect((await describeKey(bench.emulator, keyId)).key_state).toBe('5');
  });

  test('when create_before_destroy takes it to another key', async () => {
    const two = `${key}\nresource "byok_external_key" "next" {\n  alias = "next"\n}`;
    const guarded = (name: string) =>
      `${two}\n${material('one', `${deleting}\n  lifecycle {\n    create_before_destroy = true\n  }`).replace('byok_external_key.orders', `byok_external_key.${name}`)}`;
    await applied(guarded('orders'));
    const keyId = String(bench.workspace.attributes('byok_key_material').key_id);
    bench.configure(guarded('next'));
    const run = await bench.workspace.apply();
    expect(run.code).toBe(0);
    expect(run.text).not.toContain('The material is not deleted');
    expect((await describeKey(bench.emulator, keyId)).key_state).toBe('5');
  });
});

test('what the processes of a run leave for each other lies beside the provider of this configuration, until the next run', async () => {
  await applied(key);
  const temp = join(bench.workspace.folder, 'temp');
  mkdirSync(temp);
  bench.workspace.env.TMPDIR = temp;
  for (let runs = 2; runs > 0; runs -= 1) {
    expect((await bench.workspace.plan()).code).toBe(0);
    const left = readdirSync(join(bench.workspace.folder, '.terraform')).filter(
      (name) => name !== 'providers',
    );
    expect([...readdirSync(temp), ...left]).toEqual([expect.stringMatching(/^byok-run-/)]);
  }
});

describe('two addresses of one key', () => {
  const other = (extra = '') => key.replace('"orders" {', `"other" {\n  ${extra}`);
  const importing = (keyId: string) =>
    `import {\n  to = byok_external_key.other\n  id = "${keyId}"\n}`;

  async function shared(): Promise<string> {
    const keyId = await applied(key);
    bench.configure(`${key}\n${other()}\n${importing(keyId)}`);
    await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
    bench.emulator.clearCalls();
    return keyId;
  }

  test.each([1, 2])('the key stays when one of them leaves the code (%i)', async () => {
    const keyId = await shared();
    bench.configure(key);
    const run = await bench.workspace.apply();
    expect(run.text).toContain('The key is not scheduled for deletion');
    expect({ code: run.code, writes: writesOf(bench.emulator) }).toEqual({ code: 0, writes: [] });
    expect((await describeKey(bench.emulator, keyId)).key_state).toBe('5');
    expect((await bench.workspace.plan()).code).toBe(0);
  });

  test('the same change of both is made', async () => {
    const keyId = await shared();
    const changed = (body: string) => body.replace('alias =', 'description = "of both"\n  alias =');
    bench.configure(`${changed(key)}\n${changed(other())}`);
    expect((await bench.workspace.apply()).code).toBe(0);
    expect(bench.workspace.attributes('byok_external_key')).toMatchObject({
      key_id: keyId,
      description: 'of both',
    });
    expect((await bench.workspace.plan()).code).toBe(0);
  });

  test.each([
    [
      'a saved plan',
      ['plan', '-no-color', '-out=saved.tfplan'],
      ['apply', '-no-color', 'saved.tfplan'],
    ],
    [
      'an apply whose variables stand apart',
      [],
      ['apply', '-auto-approve', '-no-color', '-var', 'name=orders-2'],
    ],
  ])(
    'what a replacement left over does not take the key along, in %s',
    async (_name, planning, applying) => {
      const named = (name: string) => `variable "name" { default = "orders" }
resource "byok_external_key" "orders" {
  alias    = var.name
  key_spec = var.name == "orders" ? "AES_256" : "RSA_2048"
  lifecycle {
    create_before_destroy = true
  }
}
${name}`;
      const keyId = await applied(named(''));
      const next = ['-var', 'name=orders-2'];
      bench.emulator.injectFaults([
        { operation: 'schedule-key-deletion', times: 20, status: 403, errorCode: 'KMS.0303' },
      ]);
      expect((await bench.workspace.apply(...next)).code).toBe(1);
      bench.emulator.clearFaults();
      bench.configure(named(`${other()}\n${importing(keyId)}`));
      expect((await bench.workspace.apply(...next, '-target=byok_external_key.other')).code).toBe(
        0,
      );
      bench.emulator.clearCalls();
      if (planning.length > 0) {
        const plan = await bench.workspace.succeed([...planning, ...next]);
        expect(plan.text).toContain('The key is not scheduled for deletion');
      }
      expect((await bench.workspace.terraform(applying)).code).toBe(0);
      expect(writesOf(bench.emulator)).toEqual([]);
      expect((await describeKey(bench.emulator, keyId)).key_state).toBe('5');
    },
  );
});

test('material under refuse is not replaced by force, with or without create_before_destroy', async () => {
  for (const extra of ['', 'lifecycle {\n    create_before_destroy = true\n  }']) {
    const body = `${key}\n${material('one', `on_destroy = "refuse"\n  ${extra}`)}`;
    if (extra === '') {
      await applied(body);
    } else {
      bench.configure(body);
    }
    const run = await bench.workspace.apply('-replace=byok_key_material.one');
    expect(run.code).toBe(1);
    expect(run.text).toContain('set on_destroy to "retain" and apply that first');
    expect((await bench.workspace.plan()).code).toBe(0);
    expect(bench.workspace.attributes('byok_key_material').fingerprint_verified).toBe(true);
  }
});

describe('two provider blocks of one KMS', () => {
  const blocks = () => `provider "byok" {
  alias        = "two"
  kms_endpoint = "${bench.emulator.url}"
}\n`;

  test.each([1, 2])(
    'material that goes from the one to the other without moved is not emptied (%i)',
    async () => {
      const keyId = await applied(`${key}\n${material('one', deleting)}`);
      const moved = `${blocks()}${key}\n${material('other', 'provider = byok.two')}`;
      bench.configure(moved);
      const run = await bench.workspace.apply();
      expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
      if (run.code === 0) {
        expect(run.text).toContain('The material is not deleted');
        expect((await bench.workspace.plan()).code).toBe(0);
      } else {
        expect(run.text).toContain(
          `Another address of this plan deletes the material of key ${keyId}`,
        );
        expect(writesOf(bench.emulator)).toEqual([]);
      }
    },
  );

  test('material that an unchanged object of the other block has is not emptied', async () => {
    const first = `${blocks()}${key}\n${material('one', deleting)}`;
    const other = material('other', 'provider = byok.two');
    const keyId = await applied(first, `${first}\n${other}`);
    bench.configure(`${blocks()}${key}\n${other}`);
    const run = await bench.workspace.apply();
    expect(run.text).toMatch(/The material is not deleted|another address of this plan deletes/i);
    expect(writesOf(bench.emulator)).toEqual([]);
    expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
  });

  test('material is not emptied by a block whose configuration waits until the other one is done', async () => {
    const late = (extra = '') => `provider "byok" {
  alias        = "two"
  kms_endpoint = terraform_data.endpoint.output
}
resource "terraform_data" "endpoint" {
  input = "${bench.emulator.url}"
  ${extra}
}\n`;
    const keyId = await applied(
      `${late()}${key}`,
      `${late()}${key}\n${material('one', `provider = byok.two\n  ${deleting}`)}`,
    );
    bench.configure(
      `${late('depends_on = [byok_key_material.other]')}${key}\n${material('other')}`,
    );
    const run = await bench.workspace.apply();
    expect(run.text).toContain('The material is not deleted');
    expect(run.code).toBe(0);
    expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
  });

  test('two new keys of one alias are refused', async () => {
    const two = key.replace(
      '"orders" {',
      '"other" {\n  provider = byok.two\n  depends_on = [byok_external_key.orders]',
    );
    await bench.begin(`${blocks()}${key}\n${two}`);
    const run = await bench.workspace.apply();
    expect(run.code).toBe(1);
    expect(run.text).toContain('Two keys of this plan have alias "orders"');
    expect(writesOf(bench.emulator)).toEqual([]);
  });

  test('an empty key is not scheduled by the one and taken over by the other', async () => {
    const keyId = await applied(key);
    bench.configure(`${blocks()}${key.replace('"orders" {', '"other" {\n  provider = byok.two')}`);
    const run = await bench.workspace.apply();
    const { key_state } = await describeKey(bench.emulator, keyId);
    expect({ code: run.code, key_state }).toEqual({ code: expect.any(Number), key_state: '5' });
    expect(run.text).toMatch(/is not scheduled for deletion|moved/);
  });
});
