/**
 * The real terraform takes what synthesis leaves behind: no CLI configuration, no registry, no
 * network.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { App, LocalBackend, TerraformOutput, TerraformStack } from 'cdktf';
import {
  ByokProvider,
  Expiration,
  ExternalKey,
  ImportedKey,
  KeyMaterial,
  KeyMaterialSource,
  RotatedKey,
} from 'cdktf-byok';
import { bundleFolder, readProviderBundle } from '../../lib/mirror/provider-bundle';
import { archiveNames, writeMirror } from '../../lib/mirror/write-mirror';
import { type FakeBundle, fakeBundle, packageVersion } from '../mirror/fake-bundle';
import { scratchFolder } from '../support/scratch-folder';

const home = scratchFolder();

beforeAll(() => {
  if (spawnSync('terraform', ['version']).error !== undefined) {
    throw new Error('terraform is not on the PATH: install Terraform 1.11 or newer');
  }
  if (!existsSync(join(bundleFolder(), 'provider.json'))) {
    throw new Error('the provider is not built: run "npm run build"');
  }
});

/** Without credentials, endpoints and settings of whoever runs the tests. */
function environment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(?:HW|OS|TF|CDKTF)_|^KMS_ENDPOINT$/.test(name),
  );
  return { ...Object.fromEntries(own), HOME: home, CHECKPOINT_DISABLE: '1', ...extra };
}

function terraform(folder: string, args: readonly string[], extra?: NodeJS.ProcessEnv): string {
  const { status, stdout, stderr } = spawnSync('terraform', args, {
    cwd: folder,
    env: environment(extra),
    encoding: 'utf8',
  });
  if (status !== 0) {
    throw new Error(`terraform ${args.join(' ')} exited with ${status}\n${stdout}${stderr}`);
  }
  return stdout;
}

function declare(stack: TerraformStack): void {
  new LocalBackend(stack, { path: '../../../terraform.tfstate' });
  new ByokProvider(stack, 'byok', {
    region: 'eu-de',
    kmsEndpoint: 'http://127.0.0.1:9',
    maxRetries: 0,
    maxRequestsPerSecond: 5,
  });
  new ByokProvider(stack, 'nl', { alias: 'nl', cloud: 'opentelekomcloud', region: 'eu-nl' });
  const timeouts = { create: '1m', read: '2m', update: '3m', delete: '4m' };
  const file = new ImportedKey(stack, 'file', {
    alias: 'file',
    description: 'a "quoted" text',
    source: KeyMaterialSource.fromFile('keys/a.b64', { encoding: 'base64' }),
    expiration: Expiration.at('2035-01-31T00:00:00Z'),
    keySpec: 'AES_256',
    enabled: true,
    wrappingAlgorithm: 'RSAES_OAEP_SHA_256',
    onDestroy: 'delete_material',
    keyOnDestroy: 'schedule_deletion',
    pendingDays: 30,
    cancelPendingDeletion: true,
    allowInterruption: false,
    allowUnverifiedRenewal: true,
    allowWeakMaterial: true,
    fingerprint: `sha256:${'0'.repeat(64)}`,
    timeouts,
  });
  new ImportedKey(stack, 'variable', {
    alias: 'variable',
    source: KeyMaterialSource.fromVariable('material', { version: 1, encoding: 'hex' }),
    expiration: Expiration.never(),
  });
  const key = new ExternalKey(stack, 'key', {
    alias: 'key',
    keyUsage: 'ENCRYPT_DECRYPT',
    lifecycle: { preventDestroy: true },
  });
  new KeyMaterial(stack, 'material_of_key', {
    keyId: key.keyId,
    ...KeyMaterialSource.fromEnvironment('MATERIAL').bind(stack),
  });
  new ImportedKey(stack, 'adopted', {
    key: ExternalKey.fromKeyId(stack, 'reference', '0d0466b0-e727-4d9c-b35d-f84bb474a37f'),
    source: KeyMaterialSource.fromWrapCommand(['hsm', 'wrap']),
    expiration: Expiration.rolling({ validFor: '90d', renewBefore: '14d' }),
  });
  new ImportedKey(stack, 'signing', {
    alias: 'signing',
    keySpec: 'EC_P384',
    keyUsage: 'SIGN_VERIFY',
    source: KeyMaterialSource.fromFile('keys/signing.p12', {
      encoding: 'pkcs12',
      passwordEnvironment: 'P12_PASSWORD',
    }),
  });
  const generations = ['1', '2'].map((name) => ({
    name,
    source: KeyMaterialSource.fromFile(`keys/${name}`),
  }));
  new RotatedKey(stack, 'rotated', {
    alias: 'rotated',
    generations,
    tags: { team: 'payments' },
    timeouts,
  });
  for (const name of ['keyId', 'fingerprint', 'expirationTime', 'materialStatus'] as const) {
    new TerraformOutput(stack, name, { value: file[name] });
  }
}

interface Synthesis {
  readonly app?: string;
  readonly bundle?: FakeBundle;
  readonly build?: (stack: TerraformStack) => void;
}

/** @returns the folder of the stack */
function synthesize({
  app: folder = scratchFolder(),
  bundle,
  build = declare,
}: Synthesis = {}): string {
  const outdir = join(folder, 'cdktf.out');
  mkdirSync(outdir, { recursive: true });
  const context = {
    cdktfJsonPath: join(folder, 'cdktf.json'),
    ...(bundle === undefined ? {} : { 'cdktf-byok:bundle': bundle.folder }),
  };
  const app = new App({ outdir, context });
  build(new TerraformStack(app, 'stack'));
  app.synth();
  return join(outdir, 'stacks', 'stack');
}

const readLock = (stack: string): string =>
  readFileSync(join(stack, '.terraform.lock.hcl'), 'utf8');

test('init and validate accept the stack with nothing set up, and leave the lock file as it was', () => {
  const stack = synthesize();
  const lock = readLock(stack);
  terraform(stack, ['init', '-input=false']);
  expect(readLock(stack)).toBe(lock);
  expect(JSON.parse(terraform(stack, ['validate', '-json']))).toMatchObject({
    valid: true,
    error_count: 0,
  });
});

test('init and validate accept the stack written as HCL', () => {
  process.env.SYNTH_HCL_OUTPUT = 'true';
  try {
    const stack = synthesize();
    expect(existsSync(join(stack, 'cdk.tf'))).toBe(true);
    terraform(stack, ['init', '-input=false']);
    expect(JSON.parse(terraform(stack, ['validate', '-json']))).toMatchObject({
      valid: true,
      error_count: 0,
    });
  } finally {
    delete process.env.SYNTH_HCL_OUTPUT;
  }
});

test('terraform computes the hash of the package that we put into the lock file', () => {
  const stack = synthesize();
  const lock = readLock(stack);
  rmSync(join(stack, '.terraform.lock.hcl'));
  terraform(stack, ['init', '-input=false']);
  expect(readLock(stack)).toBe(lock);
  expect(lock).toContain(readProviderBundle().h1);
});

test('the provider starts below a package.json of ES modules', () => {
  const app = scratchFolder();
  writeFileSync(join(app, 'package.json'), '{"type":"module"}');
  const stack = synthesize({ app });
  terraform(stack, ['init', '-input=false']);
  expect(JSON.parse(terraform(stack, ['validate', '-json'])).valid).toBe(true);
});

test('init accepts another build of the same release without help', () => {
  const app = scratchFolder();
  const build = (stack: TerraformStack) => void new ByokProvider(stack, 'byok');
  terraform(synthesize({ app, build, bundle: fakeBundle(scratchFolder(), { content: 'one' }) }), [
    'init',
    '-input=false',
  ]);
  const bundle = fakeBundle(scratchFolder(), { content: 'another' });
  const stack = synthesize({ app, build, bundle });
  terraform(stack, ['init', '-input=false']);
  expect(readLock(stack)).toContain(bundle.h1);
});

test('two apps with different builds share the plugin cache that cdktf sets', () => {
  const cache = { TF_PLUGIN_CACHE_DIR: scratchFolder() };
  const build = (stack: TerraformStack) => void new ByokProvider(stack, 'byok');
  const synths = ['one', 'another'].map((content) => ({
    app: scratchFolder(),
    build,
    bundle: fakeBundle(scratchFolder(), { content }),
  }));
  for (const synth of [...synths, ...synths]) {
    const stack = synthesize(synth);
    terraform(stack, ['init', '-input=false'], cache);
    expect(readLock(stack)).toContain(synth.bundle.h1);
  }
});

/** Every file of the provider in the mirror, whichever the layout. */
function mirrored(stack: string): string[] {
  const mirror = join(stack, 'terraform.d', 'plugins');
  const entries = readdirSync(mirror, { recursive: true, encoding: 'utf8' }).map((path) =>
    join(mirror, path),
  );
  return entries.filter((path) => statSync(path).isFile());
}

const seeded = (hash: string): string =>
  `provider "terraform.local/cdktf-byok/byok" {\n  version = "${packageVersion}"\n  hashes = [\n    "${hash}",\n    "${readProviderBundle().h1}",\n  ]\n}\n`;

test('refuses a provider that was changed after synthesis, also where its hash stood in the lock file before', () => {
  const app = scratchFolder();
  const evil = readProviderBundle(
    fakeBundle(scratchFolder(), { content: '#!/bin/sh\ntouch "$HOME/ran"\n' }).folder,
  );
  const stack = join(app, 'cdktf.out', 'stacks', 'stack');
  mkdirSync(stack, { recursive: true });
  writeFileSync(join(stack, '.terraform.lock.hcl'), seeded(evil.h1));
  synthesize({ app });
  rmSync(join(stack, 'terraform.d'), { recursive: true });
  writeMirror(evil, join(stack, 'terraform.d', 'plugins'), 'packed');
  expect(() => terraform(stack, ['init', '-input=false'])).toThrow(/checksums/);
  rmSync(join(stack, 'terraform.d'), { recursive: true });
  writeMirror(evil, join(stack, 'terraform.d', 'plugins'));
  expect(() => terraform(stack, ['init', '-input=false'])).toThrow(/checksums/);
  expect(existsSync(join(home, 'ran'))).toBe(false);
});

const isValid = (stack: string, extra?: NodeJS.ProcessEnv): boolean =>
  JSON.parse(terraform(stack, ['validate', '-json'], extra)).valid;

test('the provider starts although its files lost their modes, and a new synthesis mends what init had unpacked', () => {
  const app = scratchFolder();
  const stack = synthesize({ app });
  for (const path of mirrored(stack)) {
    chmodSync(path, 0o644);
  }
  terraform(stack, ['init', '-input=false']);
  expect(isValid(stack)).toBe(true);
  const unpacked = join(stack, '.terraform', 'providers');
  for (const path of readdirSync(unpacked, { recursive: true, encoding: 'utf8' }).map((name) =>
    join(unpacked, name),
  )) {
    chmodSync(path, statSync(path).isDirectory() ? 0o755 : 0o644);
  }
  expect(() => isValid(stack)).toThrow(/permission denied/);
  synthesize({ app });
  terraform(stack, ['init', '-input=false']);
  expect(isValid(stack)).toBe(true);
});

test('of two projects that share a plugin cache the second does not notice that the first is gone', () => {
  const cache = { TF_PLUGIN_CACHE_DIR: scratchFolder() };
  const apps = [scratchFolder(), scratchFolder()];
  const [first, second] = apps.map((app) => synthesize({ app })) as [string, string];
  for (const stack of [first, second]) {
    terraform(stack, ['init', '-input=false'], cache);
  }
  rmSync(apps[0] ?? '', { recursive: true });
  expect(isValid(second, cache)).toBe(true);
  terraform(second, ['init', '-input=false'], cache);
  expect(isValid(second, cache)).toBe(true);
});

test('the unpacked provider of an earlier release of this package is replaced, after an init as before one', () => {
  const app = scratchFolder();
  const stack = synthesize({ app });
  const plugins = join(stack, 'terraform.d', 'plugins');
  rmSync(plugins, { recursive: true });
  writeMirror(readProviderBundle(), plugins);
  terraform(stack, ['init', '-input=false']);
  synthesize({ app });
  expect(
    mirrored(stack)
      .map((path) => basename(path))
      .sort(),
  ).toEqual(archiveNames({ version: packageVersion }));
  terraform(stack, ['init', '-input=false']);
  expect(isValid(stack)).toBe(true);
});
