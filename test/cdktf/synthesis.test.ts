/** Whole synthesis into files, with a provider that does nothing. */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { App, LocalBackend, TerraformStack, Testing } from 'cdktf';
import { ByokProvider, Expiration, ImportedKey, KeyMaterialSource } from 'cdktf-byok';
import { fakeBundle, packageVersion } from '../mirror/fake-bundle';
import { scratchFolder, toBeRemoved } from '../support/scratch-folder';

const bundle = fakeBundle(scratchFolder()).folder;

const material = Buffer.alloc(32, 'k3y').toString('base64');

interface Machine {
  readonly folder: string;
  readonly outdir?: string;
}

function app({ folder, outdir = join(folder, 'cdktf.out') }: Machine): {
  app: App;
  stack: TerraformStack;
} {
  mkdirSync(outdir, { recursive: true });
  const context = { 'cdktf-byok:bundle': bundle, cdktfJsonPath: join(folder, 'cdktf.json') };
  const made = new App({ outdir, context });
  const stack = new TerraformStack(made, 'stack');
  new LocalBackend(stack, { path: '../../../terraform.tfstate' });
  new ByokProvider(stack, 'byok', { region: 'eu-de', caFile: 'certs/ca.pem' });
  new ImportedKey(stack, 'file', {
    alias: 'file',
    source: KeyMaterialSource.fromFile('keys/a.b64'),
    expiration: Expiration.at(new Date(Date.UTC(2030, 0, 31))),
  });
  new ImportedKey(stack, 'env', {
    alias: 'env',
    source: KeyMaterialSource.fromEnvironment('BYOK_TEST_MATERIAL'),
  });
  new ImportedKey(stack, 'variable', {
    alias: 'variable',
    source: KeyMaterialSource.fromVariable('byok_test_material'),
  });
  return { app: made, stack };
}

/** Text of every file by its path. */
function filesOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join(folder, path)).isFile())
      .map((path) => [path, readFileSync(join(folder, path), 'latin1')]),
  );
}

test('gives the same files on every machine', () => {
  const [one, other] = [scratchFolder(), join(scratchFolder(), 'much', 'deeper')];
  app({ folder: one }).app.synth();
  app({ folder: other }).app.synth();
  const files = filesOf(one);
  expect(filesOf(other)).toEqual(files);
  expect(Object.keys(files)).toContain(join('cdktf.out', 'stacks', 'stack', '.terraform.lock.hcl'));
  expect(Object.values(files).join('')).not.toContain(one);
});

test('gives the same files when it is done again', () => {
  const folder = scratchFolder();
  app({ folder }).app.synth();
  const files = filesOf(folder);
  app({ folder }).app.synth();
  expect(filesOf(folder)).toEqual(files);
});

test('needs no secret, and takes none along when there is one', () => {
  const folder = scratchFolder();
  app({ folder }).app.synth();
  const without = filesOf(join(folder, 'cdktf.out'));
  mkdirSync(join(folder, 'keys'));
  writeFileSync(join(folder, 'keys', 'a.b64'), material);
  withEnvironment({ BYOK_TEST_MATERIAL: material, TF_VAR_byok_test_material: material }, () =>
    app({ folder }).app.synth(),
  );
  expect(filesOf(join(folder, 'cdktf.out'))).toEqual(without);
  expect(Object.values(without).join('')).not.toContain(material);
});

function withEnvironment(variables: Record<string, string>, act: () => void): void {
  Object.assign(process.env, variables);
  try {
    act();
  } finally {
    for (const name of Object.keys(variables)) {
      delete process.env[name];
    }
  }
}

test.each([
  ['the default folder', (folder: string) => join(folder, 'cdktf.out')],
  ['a folder outside of the app', () => scratchFolder()],
  [
    'a folder behind a symbolic link',
    (folder: string) => {
      const target = join(scratchFolder(), 'a', 'b', 'c');
      mkdirSync(target, { recursive: true });
      symlinkSync(target, join(folder, 'out'));
      return join(folder, 'out');
    },
  ],
])('the provider finds the file from the folder of the stack in %s', (_, outdirOf) => {
  const folder = scratchFolder();
  mkdirSync(join(folder, 'keys'));
  writeFileSync(join(folder, 'keys', 'a.b64'), material);
  const outdir = outdirOf(folder);
  app({ folder, outdir }).app.synth();
  expect(readThroughStack(outdir)).toBe(material);
});

test('Testing.fullSynth, which makes a folder of its own, gets a path from that one', () => {
  const folder = scratchFolder();
  mkdirSync(join(folder, 'keys'));
  writeFileSync(join(folder, 'keys', 'a.b64'), material);
  const outdir = toBeRemoved(Testing.fullSynth(app({ folder }).stack));
  expect(readThroughStack(outdir)).toBe(material);
});

/** As the operating system opens the path for a process that runs in the stack's folder. */
function readThroughStack(outdir: string): string {
  const stackFolder = join(outdir, 'stacks', 'stack');
  const { resource } = JSON.parse(readFileSync(join(stackFolder, 'cdk.tf.json'), 'utf8'));
  const [path] = Object.values<{ material_file?: string }>(resource.byok_key_material).flatMap(
    ({ material_file }) => material_file ?? [],
  );
  return readFileSync(`${stackFolder}/${path}`, 'utf8');
}

test('writes HCL as complete as JSON', () => {
  const folder = scratchFolder();
  withEnvironment({ SYNTH_HCL_OUTPUT: 'true' }, () => app({ folder }).app.synth());
  const hcl = readFileSync(join(folder, 'cdktf.out', 'stacks', 'stack', 'cdk.tf'), 'utf8');
  expect(hcl).toContain('material_file = "../../../keys/a.b64"');
  expect(hcl).toContain('ca_file = "../../../certs/ca.pem"');
  expect(hcl).toContain('material_wo = "${var.byok_test_material}"');
  expect(hcl).toMatch(/variable "byok_test_material" \{[^}]*ephemeral = true/);
});

test('two providers of one stack share one copy, of this release only', () => {
  const folder = scratchFolder();
  const { app: made, stack } = app({ folder });
  new ByokProvider(stack, 'nl', { alias: 'nl' });
  const versions = join(
    folder,
    'cdktf.out',
    'stacks',
    'stack',
    'terraform.d',
    'plugins',
    'terraform.local',
    'cdktf-byok',
    'byok',
  );
  mkdirSync(join(versions, '0.0.1', 'linux_amd64'), { recursive: true });
  made.synth();
  expect(new Set(readdirSync(versions).map((name) => name.split('_')[1]))).toEqual(
    new Set([packageVersion]),
  );
  expect(readdirSync(versions)).toHaveLength(4);
});

test('fails when the built provider is of another release', () => {
  const made = new App({
    outdir: scratchFolder(),
    context: { 'cdktf-byok:bundle': fakeBundle(scratchFolder(), { version: '0.0.1' }).folder },
  });
  new ByokProvider(new TerraformStack(made, 'stack'), 'byok');
  expect(() => made.synth()).toThrow(
    /the built provider is of version 0\.0\.1, cdktf-byok is .*; run "npm run build"/,
  );
});

test('fails when the provider was not built', () => {
  const made = new App({
    outdir: scratchFolder(),
    context: { 'cdktf-byok:bundle': resolve(scratchFolder(), 'nowhere') },
  });
  new ByokProvider(new TerraformStack(made, 'stack'), 'byok');
  expect(() => made.synth()).toThrow(/run "npm run build"/);
});
