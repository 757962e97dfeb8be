/**
 * Keys of an iterator under the real terraform: each gets the material of its own file, whose path
 * holds the key of the iterator.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, LocalBackend, TerraformIterator, TerraformOutput, TerraformStack } from 'cdktf';
import { ByokProvider, ImportedKey, KeyMaterialSource } from 'cdktf-byok';
import { describeKey, fingerprintOf, holdsMaterial } from '../support/emulated-key';
import { type Emulator, startEmulator } from '../support/emulator';
import { scratchFolder } from '../support/scratch-folder';
import { cleanEnvironment, runCommand } from '../support/terraform-workspace';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});

afterAll(() => emulator.close());

test('an ImportedKey for each of a map, from another output folder', async () => {
  const folder = scratchFolder();
  const materials = { orders: randomBytes(32), cards: randomBytes(32) };
  mkdirSync(join(folder, 'keys'));
  for (const [name, material] of Object.entries(materials)) {
    writeFileSync(join(folder, 'keys', `${name}.key`), material.toString('base64'));
  }
  mkdirSync(join(folder, 'build', 'deep'), { recursive: true });
  const app = new App({
    outdir: join(folder, 'build', 'deep', 'out'),
    context: { cdktfJsonPath: join(folder, 'cdktf.json') },
  });
  const stack = new TerraformStack(app, 'stack');
  new LocalBackend(stack, { path: join(folder, 'terraform.tfstate') });
  new ByokProvider(stack, 'byok', { kmsEndpoint: emulator.url, maxRetries: 0 });
  const each = TerraformIterator.fromMap({
    orders: fingerprintOf(materials.orders),
    cards: fingerprintOf(materials.cards),
  });
  const keys = new ImportedKey(stack, 'keys', {
    forEach: each,
    alias: `team-${each.key}`,
    fingerprint: each.value,
    source: KeyMaterialSource.fromFile(`keys/${each.key}.key`),
    tags: { name: each.key },
  });
  const filled = TerraformIterator.fromResources(keys.material);
  new TerraformOutput(stack, 'ids', { value: filled.pluckProperty('key_id') });
  app.synth();

  const cwd = join(folder, 'build', 'deep', 'out', 'stacks', 'stack');
  const env = cleanEnvironment({
    HW_PROJECT_ID: emulator.projectId,
    HW_AUTH_TOKEN: emulator.authToken,
  });
  const terraform = (...args: string[]) => runCommand('terraform', args, { cwd, env });
  expect(await terraform('init', '-input=false', '-no-color')).toMatchObject({ code: 0 });
  expect(await terraform('apply', '-auto-approve', '-no-color')).toMatchObject({ code: 0 });
  expect(await terraform('plan', '-detailed-exitcode', '-no-color')).toMatchObject({ code: 0 });
  const ids: string[] = JSON.parse((await terraform('output', '-json', 'ids')).output);
  const held = await Promise.all(
    ids.map(async (id) => {
      const { key_alias } = await describeKey(emulator, id);
      const name = key_alias.replace('team-', '') as keyof typeof materials;
      return [name, await holdsMaterial(emulator, id, materials[name])];
    }),
  );
  expect(held.sort()).toEqual([
    ['cards', true],
    ['orders', true],
  ]);
});
