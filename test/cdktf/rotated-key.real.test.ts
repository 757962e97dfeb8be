/**
 * Rotation under the real terraform: a new generation takes the alias, and the old key goes on
 * decrypting.
 */

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, LocalBackend, TerraformOutput, TerraformStack } from 'cdktf';
import { ByokProvider, KeyMaterialSource, RotatedKey } from 'cdktf-byok';
import { call, ok } from '../emulator/plain-http';
import { describeKey, holdsMaterial, writesOf } from '../support/emulated-key';
import { type Emulator, startEmulator } from '../support/emulator';
import { scratchFolder } from '../support/scratch-folder';
import { cleanEnvironment, type Run, runCommand } from '../support/terraform-workspace';

let emulator: Emulator;
let folder: string;
let materials: Record<string, Buffer>;

beforeEach(async () => {
  emulator = await startEmulator();
  folder = scratchFolder();
  materials = {};
});

afterEach(() => emulator.close());

/** The folder of the stack, synthesized anew; every generation has its key file. */
function synthesize(names: readonly string[], current?: string): string {
  const outdir = join(folder, 'cdktf.out');
  mkdirSync(outdir, { recursive: true });
  const app = new App({ outdir, context: { cdktfJsonPath: join(folder, 'cdktf.json') } });
  const stack = new TerraformStack(app, 'stack');
  new LocalBackend(stack, { path: '../../../terraform.tfstate' });
  new ByokProvider(stack, 'byok', { kmsEndpoint: emulator.url, maxRetries: 0 });
  const generations = names.map((name) => {
    if (materials[name] === undefined) {
      materials[name] = randomBytes(32);
      writeFileSync(join(folder, `${name}.key`), materials[name].toString('base64'));
    }
    return { name, source: KeyMaterialSource.fromFile(`${name}.key`) };
  });
  const rotated = new RotatedKey(stack, 'orders', { alias: 'orders', generations, current });
  new TerraformOutput(stack, 'current', { value: rotated.keyId });
  for (const name of names) {
    new TerraformOutput(stack, `generation_${name}`, { value: rotated.generation(name).keyId });
  }
  app.synth();
  return join(outdir, 'stacks', 'stack');
}

function terraform(stack: string, ...args: string[]): Promise<Run> {
  const env = cleanEnvironment({
    HW_PROJECT_ID: emulator.projectId,
    HW_AUTH_TOKEN: emulator.authToken,
  });
  return runCommand('terraform', args, { cwd: stack, env });
}

async function apply(stack: string): Promise<Run> {
  if (!existsSync(join(stack, '.terraform'))) {
    expect((await terraform(stack, 'init', '-input=false', '-no-color')).code).toBe(0);
  }
  return terraform(stack, 'apply', '-auto-approve', '-no-color');
}

/** Applies, finds nothing more to do, and tells the ids of the keys. */
async function deploy(names: readonly string[], current?: string): Promise<Record<string, string>> {
  const stack = synthesize(names, current);
  expect(await apply(stack)).toMatchObject({ code: 0 });
  expect(await terraform(stack, 'plan', '-detailed-exitcode', '-no-color')).toMatchObject({
    code: 0,
  });
  const { output } = await terraform(stack, 'output', '-json');
  return Object.fromEntries(
    Object.entries(JSON.parse(output) as Record<string, { value: string }>).map(
      ([name, { value }]) => [name, value],
    ),
  );
}

async function aliasesOf(...keyIds: (string | undefined)[]): Promise<string[]> {
  return Promise.all(
    keyIds.map(async (keyId) => (await describeKey(emulator, String(keyId))).key_alias),
  );
}

async function encrypt(keyId: string | undefined): Promise<string> {
  return (
    await ok<{ cipher_text: string }>(emulator, 'encrypt-data', {
      key_id: keyId,
      plain_text: 'order 4711',
    })
  ).cipher_text;
}

async function expectDecrypts(cipherText: string, keyId: string | undefined): Promise<void> {
  expect(await ok(emulator, 'decrypt-data', { cipher_text: cipherText })).toMatchObject({
    key_id: keyId,
    plain_text: 'order 4711',
  });
}

test('a new generation takes the alias and encrypts; the old key keeps its id and material, and decrypts', async () => {
  const before = await deploy(['1']);
  const old = await encrypt(before.current);
  emulator.clearCalls();

  const after = await deploy(['1', '2']);
  // Given up first, then taken: otherwise the KMS would answer KMS.1104.
  expect(writesOf(emulator)).toEqual([
    'update-key-alias',
    'create-key',
    'get-parameters-for-import',
    'import-key-material',
  ]);
  expect(after.generation_1).toBe(before.current);
  expect(after.current).toBe(after.generation_2);
  expect(after.generation_2).not.toBe(after.generation_1);
  expect(await aliasesOf(after.generation_1, after.generation_2)).toEqual(['orders-1', 'orders']);
  expect(await holdsMaterial(emulator, String(after.generation_1), materials['1'] as Buffer)).toBe(
    true,
  );
  expect(await holdsMaterial(emulator, String(after.generation_2), materials['2'] as Buffer)).toBe(
    true,
  );
  await expectDecrypts(old, after.generation_1);
  await expectDecrypts(await encrypt(after.current), after.generation_2);
});

test('the plan of a rotation adds and renames, and destroys nothing', async () => {
  await deploy(['1']);
  const stack = synthesize(['1', '2']);
  if (!existsSync(join(stack, '.terraform'))) {
    expect((await terraform(stack, 'init', '-input=false', '-no-color')).code).toBe(0);
  }
  const { text } = await terraform(stack, 'plan', '-no-color');
  expect(text).toContain('Plan: 2 to add, 1 to change, 0 to destroy.');
  expect(text).toContain('~ alias = "orders" -> "orders-1"');
});

test('in two deploys the alias moves from one key with material to another', async () => {
  const first = await deploy(['1']);
  const second = await deploy(['1', '2'], '1');
  expect(second.current).toBe(first.current);
  expect(await aliasesOf(second.generation_1, second.generation_2)).toEqual(['orders', 'orders-2']);
  emulator.clearCalls();
  const third = await deploy(['1', '2']);
  expect(writesOf(emulator)).toEqual(['update-key-alias', 'update-key-alias']);
  expect(third.current).toBe(second.generation_2);
  expect(await aliasesOf(third.generation_1, third.generation_2)).toEqual(['orders-1', 'orders']);
});

test('there is a way back and forth again, and destroy then finds no cycle and leaves every key as it is', async () => {
  await deploy(['1', '2']);
  const back = await deploy(['1', '2'], '1');
  expect(await aliasesOf(back.generation_1, back.generation_2)).toEqual(['orders', 'orders-2']);
  const forth = await deploy(['1', '2', '3']);
  expect(await aliasesOf(forth.generation_1, forth.generation_2, forth.generation_3)).toEqual([
    'orders-1',
    'orders-2',
    'orders',
  ]);
  emulator.clearCalls();
  const destroy = await terraform(
    synthesize(['1', '2', '3']),
    'destroy',
    '-auto-approve',
    '-no-color',
  );
  expect(destroy).toMatchObject({ code: 0 });
  expect(writesOf(emulator)).toEqual([]);
  expect(await holdsMaterial(emulator, String(forth.generation_1), materials['1'] as Buffer)).toBe(
    true,
  );
});

test('a rotation that stopped after the renaming is completed by the next apply', async () => {
  const before = await deploy(['1']);
  emulator.injectFaults([{ operation: 'create-key', errorCode: 'KMS.0315' }]);
  const stack = synthesize(['1', '2']);
  expect((await apply(stack)).code).toBe(1);
  expect(await aliasesOf(before.current)).toEqual(['orders-1']);
  emulator.clearFaults();
  const after = await deploy(['1', '2']);
  expect(after.generation_1).toBe(before.current);
  expect(await aliasesOf(after.generation_1, after.generation_2)).toEqual(['orders-1', 'orders']);
});

test('a generation that is left out is planned to be destroyed, and only forgotten: its data stays readable', async () => {
  const before = await deploy(['1', '2']);
  const old = await encrypt(before.generation_1);
  const stack = synthesize(['2']);
  if (!existsSync(join(stack, '.terraform'))) {
    expect((await terraform(stack, 'init', '-input=false', '-no-color')).code).toBe(0);
  }
  expect((await terraform(stack, 'plan', '-no-color')).text).toContain(
    '0 to add, 0 to change, 2 to destroy',
  );
  emulator.clearCalls();
  const after = await deploy(['2']);
  expect(writesOf(emulator)).toEqual([]);
  expect(after.current).toBe(before.generation_2);
  await expectDecrypts(old, before.generation_1);
});

test('fails, and changes nothing in the KMS, when the generation that has the alias is left out without moving it first', async () => {
  const before = await deploy(['1']);
  emulator.clearCalls();
  const run = await apply(synthesize(['2']));
  expect(run.code).toBe(1);
  expect(run.text).toContain(`lias "orders" belongs to key ${before.current}`);
  expect(run.text).toContain('nothing was done');
  expect(writesOf(emulator)).toEqual([]);
  expect((await call(emulator, 'describe-key', { key_id: before.current })).status).toBe(200);
  expect(await holdsMaterial(emulator, String(before.current), materials['1'] as Buffer)).toBe(
    true,
  );
});
