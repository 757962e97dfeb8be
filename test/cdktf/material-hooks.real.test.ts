/** Hooks under the real terraform: the null provider's schema served by a stand-in, and the same provisioners on the built-in `terraform_data`. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, LocalBackend, TerraformOutput, TerraformStack } from 'cdktf';
import { Expiration, ExternalKey, ImportedKey, type ImportedKeyProps, KeyMaterialEngine, KeyMaterialSource } from 'cdktf-byok';
import { type Emulator, startEmulator } from '../../lib/emulator';
import { type ByokProcess, bundleByok } from '../cli/byok-process';
import { ok } from '../emulator/plain-http';
import { linkedFolder, root } from '../support/checkout';
import { describeKey, fingerprintOf, holdsMaterial, writesOf } from '../support/emulated-key';
import { filesBelow, findLeaks, needlesOf, type Place } from '../support/leak-scanner';
import { buildNullProvider, installNullProvider } from '../support/null-provider';
import { scratchFolder, toBeRemoved } from '../support/scratch-folder';
import { cleanEnvironment, type Run, runCommand } from '../support/terraform-workspace';

let emulator: Emulator;
let byok: ByokProcess;
let nullProvider: string;

beforeAll(async () => {
  byok = bundleByok();
  nullProvider = buildNullProvider();
  emulator = await startEmulator({ oneWrappingKey: true });
});

afterAll(async () => {
  byok.remove();
  await emulator.close();
});

/** As npm does. */
function installByok(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'byok'), `#!/bin/sh\nexec "${process.execPath}" "${byok.file}" "$@"\n`);
  chmodSync(join(folder, 'byok'), 0o755);
}

async function createKey(): Promise<string> {
  const body = { key_alias: `hooks-${randomBytes(6).toString('hex')}`, origin: 'external' };
  return (await ok<{ key_info: { key_id: string } }>(emulator, 'create-key', body)).key_info.key_id;
}

/** Which resource carries the provisioners. */
type Carrier = 'null_resource' | 'terraform_data';

/** An app in a folder of its own, with `byok` among its packages, and a key that was made by somebody else. */
class HookedApp {
  readonly folder = scratchFolder();
  readonly keyId: string;
  readonly printed: Place[] = [];
  material: Buffer = randomBytes(32);
  readonly #materials: Buffer[] = [];
  readonly #carrier: Carrier;

  static async create(carrier: Carrier = 'null_resource'): Promise<HookedApp> {
    return new HookedApp(await createKey(), carrier);
  }

  private constructor(keyId: string, carrier: Carrier) {
    this.keyId = keyId;
    this.#carrier = carrier;
    installByok(join(this.folder, 'node_modules', '.bin'));
    this.giveMaterial(this.material);
  }

  get #stack(): string {
    return join(this.folder, 'cdktf.out', 'stacks', 'stack');
  }

  get state(): string {
    return join(this.folder, 'terraform.tfstate');
  }

  giveMaterial(material: Buffer): void {
    this.material = material;
    this.#materials.push(material);
    writeFileSync(join(this.folder, 'payments key.b64'), material.toString('base64'));
  }

  async synthesize(driftToken: string | undefined, props: Partial<ImportedKeyProps>): Promise<void> {
    mkdirSync(join(this.folder, 'cdktf.out'), { recursive: true });
    const app = new App({ outdir: join(this.folder, 'cdktf.out'), context: { cdktfJsonPath: join(this.folder, 'cdktf.json') } });
    const stack = new TerraformStack(app, 'stack');
    new LocalBackend(stack, { path: '../../../terraform.tfstate' });
    const key = new ImportedKey(stack, 'payments', {
      key: ExternalKey.fromKeyId(stack, 'Key', this.keyId),
      source: KeyMaterialSource.fromFile('payments key.b64'),
      engine: KeyMaterialEngine.hooks({ kmsEndpoint: emulator.url, projectId: emulator.projectId, driftToken }),
      ...props,
    });
    new TerraformOutput(stack, 'key_id', { value: key.keyId });
    app.synth();
    installNullProvider(nullProvider, this.#stack);
    if (this.#carrier === 'terraform_data') {
      this.#useBuiltIn();
    }
    if (!existsSync(join(this.#stack, '.terraform'))) {
      expect(await this.terraform('init', '-input=false', '-no-color')).toMatchObject({ code: 0 });
    }
  }

  /** The same provisioners on another resource; only the name of the triggers differs. */
  #useBuiltIn(): void {
    const path = join(this.#stack, 'cdk.tf.json');
    const text = readFileSync(path, 'utf8')
      .replaceAll('null_resource', 'terraform_data')
      .replaceAll('self.triggers.', 'self.triggers_replace.')
      .replaceAll('.triggers.key_id', '.triggers_replace.key_id')
      .replaceAll('"triggers"', '"triggers_replace"');
    const { provider: _provider, ...configuration } = JSON.parse(text);
    delete configuration.terraform.required_providers;
    writeFileSync(path, JSON.stringify(configuration));
  }

  /** Something beside the hooks that changes; a change of it is not known in a plan. */
  changeWorld(value: string): void {
    mkdirSync(this.#stack, { recursive: true });
    writeFileSync(join(this.#stack, 'world.tf.json'), JSON.stringify({ resource: { terraform_data: { world: { input: value } } } }));
  }

  async terraform(...args: string[]): Promise<Run> {
    const run = await runCommand('terraform', args, { cwd: this.#stack, env: cleanEnvironment({ HW_AUTH_TOKEN: emulator.authToken }) });
    this.printed.push({ name: `output of terraform ${args[0]}`, content: Buffer.from(run.output) });
    return run;
  }

  async apply(driftToken?: string, props: Partial<ImportedKeyProps> = {}): Promise<Run> {
    await this.synthesize(driftToken, props);
    const planned = await this.terraform('plan', '-no-color', '-out=tfplan');
    expect(planned).toMatchObject({ code: 0 });
    const applied = await this.terraform('apply', '-no-color', 'tfplan');
    return { ...applied, text: planned.text + applied.text };
  }

  /** Applies, and finds nothing more to do. */
  async deploy(driftToken?: string, props: Partial<ImportedKeyProps> = {}): Promise<Run> {
    const run = await this.apply(driftToken, props);
    expect(run).toMatchObject({ code: 0 });
    expect(await this.terraform('plan', '-no-color', '-detailed-exitcode')).toMatchObject({ code: 0 });
    return run;
  }

  async destroy(): Promise<void> {
    expect(await this.terraform('destroy', '-auto-approve', '-no-color')).toMatchObject({ code: 0 });
  }

  async driftToken(): Promise<{ token: string; remarks: string }> {
    const args = ['check', '--drift-token', '--state', this.state, '--kms-endpoint', emulator.url, '--project-id', emulator.projectId];
    const env = cleanEnvironment({ HW_AUTH_TOKEN: emulator.authToken });
    const { code, output } = await runCommand(process.execPath, [byok.file, ...args], { cwd: this.folder, env });
    expect([code, output]).toEqual([0, expect.any(String)]);
    const lines = output.trimEnd().split('\n');
    return { token: lines.at(-1) ?? '', remarks: lines.slice(0, -1).join('\n') };
  }

  holds(material: Buffer = this.material): Promise<boolean> {
    return holdsMaterial(emulator, this.keyId, material);
  }

  async keyState(): Promise<string> {
    return (await describeKey(emulator, this.keyId)).key_state;
  }

  /** Secrets that stand in a file, the key file excepted, or were printed. */
  leaks(): string[] {
    const places = [...filesBelow(this.folder, ['payments key.b64']), ...this.printed];
    const secrets = [...this.#materials, emulator.authToken];
    return findLeaks(
      places,
      secrets.flatMap((secret, index) => needlesOf(`secret ${index}`, secret)),
    );
  }
}

const expiryOf = async (app: HookedApp) => new Date(Number((await describeKey(emulator, app.keyId)).expiration_time)).toISOString();

test('the first apply imports, and the record of it holds a fingerprint and nothing else', async () => {
  const app = await HookedApp.create();
  expect(await app.driftToken()).toMatchObject({ token: '0', remarks: expect.stringContaining('there are no hooks in state') });
  const { text } = await app.deploy((await app.driftToken()).token);
  expect(text).toContain('1 added, 0 changed, 0 destroyed');
  expect(await app.holds()).toBe(true);
  expect((await app.terraform('output', '-raw', 'key_id')).output).toBe(app.keyId);
  const records = join(app.folder, 'byok-records');
  expect(readdirSync(records)).toEqual([`${app.keyId}.json`]);
  const record = join(records, `${app.keyId}.json`);
  expect(statSync(record).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(record, 'utf8'))).toEqual({
    version: 1,
    key_id: app.keyId,
    fingerprint: fingerprintOf(app.material),
    proof: 'imported',
  });
  expect(await app.driftToken()).toEqual({ token: '0', remarks: '' });
  expect(app.leaks()).toEqual([]);
});

test('deleted material gives another token, which heals; the token then stays, and nothing runs again', async () => {
  const app = await HookedApp.create();
  await app.deploy((await app.driftToken()).token, { onDestroy: 'delete_material' });
  emulator.deleteMaterial(app.keyId);
  const drift = await app.driftToken();
  expect(drift).toEqual({ token: '1', remarks: expect.stringContaining('the key holds no material') });
  expect(await app.driftToken()).toEqual(drift);
  emulator.clearCalls();
  const { text } = await app.deploy(drift.token, { onDestroy: 'delete_material' });
  expect(text).toContain('~ "drift_token" = "0" -> "1"');
  expect(text).toContain('1 added, 0 changed, 1 destroyed');
  expect(writesOf(emulator)).toEqual(['get-parameters-for-import', 'import-key-material']);
  expect(await app.holds()).toBe(true);
  expect(await app.driftToken()).toEqual({ token: '1', remarks: '' });
  emulator.deleteMaterial(app.keyId);
  expect((await app.driftToken()).token).toBe('2');
  expect(app.leaks()).toEqual([]);
});

test('another expiry is a renewal: the way back is verified before anything is deleted', async () => {
  const app = await HookedApp.create();
  await app.deploy('0', { expiration: Expiration.at('2035-01-31T00:00:00Z'), onDestroy: 'delete_material' });
  emulator.clearCalls();
  const { text } = await app.deploy('0', { expiration: Expiration.at('2036-01-31T00:00:00Z'), onDestroy: 'delete_material' });
  expect(text).toContain('expiration_time changes from 2035-01-31T00:00:00Z to 2036-01-31T00:00:00Z');
  expect(writesOf(emulator)).toEqual([
    'get-parameters-for-import',
    'delete-imported-key-material',
    'get-parameters-for-import',
    'import-key-material',
  ]);
  expect(await expiryOf(app)).toBe('2036-01-31T00:00:00.000Z');
  expect(await app.holds()).toBe(true);
  expect(await app.driftToken()).toEqual({ token: '0', remarks: '' });
});

test('refuses another expiry without a record of the import, deletes nothing, and does it once the record is back', async () => {
  const app = await HookedApp.create();
  const engine = (recordFolder: string) =>
    KeyMaterialEngine.hooks({ kmsEndpoint: emulator.url, projectId: emulator.projectId, recordFolder });
  await app.deploy(undefined, { engine: engine('records') });
  emulator.clearCalls();
  const expiration = Expiration.at('2035-01-31T00:00:00Z');
  const refused = await app.apply(undefined, { engine: engine('elsewhere'), expiration });
  expect(refused.code).toBe(1);
  expect(refused.text).toContain('nothing proves that the material at hand is the one the key holds');
  expect(writesOf(emulator)).toEqual([]);
  await app.deploy(undefined, { engine: engine('records'), expiration });
  expect(await expiryOf(app)).toBe('2035-01-31T00:00:00.000Z');
  expect(await app.holds()).toBe(true);
});

test('refuses other material, although it is pinned, with the key as it was; the right pin mends it', async () => {
  const app = await HookedApp.create();
  const { material } = app;
  await app.deploy('0', { fingerprint: fingerprintOf(material) });
  app.giveMaterial(randomBytes(32));
  emulator.clearCalls();
  const refused = await app.apply('0', { fingerprint: fingerprintOf(app.material) });
  expect(refused.code).toBe(1);
  expect(refused.text).toContain(`this key is bound for ever to ${fingerprintOf(material)}`);
  expect(writesOf(emulator)).toEqual([]);
  expect(await app.holds(material)).toBe(true);
  app.giveMaterial(material);
  const { text } = await app.deploy('0', { fingerprint: fingerprintOf(material) });
  expect(text).toContain('nothing to do');
  expect(app.leaks()).toEqual([]);
});

test('a rolling expiry is renewed by the token inside its window, and by nothing outside', async () => {
  const app = await HookedApp.create();
  const rolling = { expiration: Expiration.rolling({ validFor: '90d', renewBefore: '14d' }) };
  await app.deploy('0', rolling);
  const first = await expiryOf(app);
  expect((await app.driftToken()).token).toBe('0');
  emulator.expireNow(app.keyId, { purge: false });
  const { token, remarks } = await app.driftToken();
  expect([token, remarks]).toEqual(['1', expect.stringContaining('to be valid for 90d')]);
  await app.deploy(token, rolling);
  expect(Date.parse(await expiryOf(app))).toBeGreaterThanOrEqual(Date.parse(first));
  expect(await app.holds()).toBe(true);
  expect(await app.driftToken()).toEqual({ token: '1', remarks: '' });
});

test('destroy deletes the material when that is wished, and keeps the key', async () => {
  const app = await HookedApp.create();
  await app.deploy(undefined, { onDestroy: 'delete_material' });
  await app.destroy();
  expect(await app.keyState()).toBe('5');
});

test('a key id that the plan does not know yet, and that turns out to be the same, costs the key nothing', async () => {
  const app = await HookedApp.create();
  const reference = `\${split("|", join("|", ["${app.keyId}", terraform_data.world.output]))[0]}`;
  const props = { key: { keyId: reference }, onDestroy: 'delete_material' } as const;
  app.changeWorld('before');
  await app.deploy('0', props);
  emulator.clearCalls();
  app.changeWorld('after');
  const { text } = await app.deploy('0', props);
  expect(text).toContain(`"key_id" = "${app.keyId}" -> (known after apply)`);
  expect(writesOf(emulator)).toEqual([]);
  expect(await app.holds()).toBe(true);
  await app.destroy();
  expect(await app.keyState()).toBe('5');
});

test('another key is filled, or not, with the old one as it was', async () => {
  const app = await HookedApp.create();
  await app.deploy('0', { onDestroy: 'delete_material' });
  const nowhere = { keyId: '00000000-0000-0000-0000-000000000000' };
  expect((await app.apply('0', { key: nowhere, onDestroy: 'delete_material' })).text).toContain('is not known to the KMS');
  expect(await app.holds()).toBe(true);
  const other = await createKey();
  const { text } = await app.deploy('0', { key: { keyId: other }, onDestroy: 'delete_material' });
  expect(text).toContain('material imported');
  expect([await app.holds(), await holdsMaterial(emulator, other, app.material)]).toEqual([true, true]);
  await app.destroy();
  expect([await app.keyState(), (await describeKey(emulator, other)).key_state]).toEqual(['2', '5']);
});

test('giving up "delete_material" deletes nothing, and destroy then leaves the material', async () => {
  const app = await HookedApp.create();
  await app.deploy(undefined, { onDestroy: 'delete_material' });
  emulator.clearCalls();
  await app.deploy(undefined, { onDestroy: 'retain' });
  await app.destroy();
  expect(writesOf(emulator)).toEqual([]);
  expect(await app.holds()).toBe(true);
});

test('fails a deploy whose secret is missing only when an import is due', async () => {
  const app = await HookedApp.create();
  const source = KeyMaterialSource.fromEnvironment('PAYMENTS_KEY');
  const failed = await app.apply('0', { source });
  expect(failed.code).toBe(1);
  expect(failed.text).toContain('the environment variable "PAYMENTS_KEY" that holds the key material is not set');
  await app.deploy('0');
  await app.deploy('1', { source });
});

test('the same provisioners live on the built-in terraform_data: import, healing, refusal, destroy', async () => {
  const app = await HookedApp.create('terraform_data');
  const props = { onDestroy: 'delete_material', fingerprint: fingerprintOf(app.material) } as const;
  await app.deploy('0', props);
  expect(await app.holds()).toBe(true);
  emulator.deleteMaterial(app.keyId);
  await app.deploy('1', props);
  expect(await app.holds()).toBe(true);
  const other = `sha256:${'0'.repeat(64)}`;
  expect((await app.apply('1', { ...props, fingerprint: other })).text).toContain(`fingerprint is pinned to ${other}`);
  expect(await app.holds()).toBe(true);
  await app.destroy();
  expect(await app.keyState()).toBe('5');
  expect(app.leaks()).toEqual([]);
});

test('terraform takes the hooks written as HCL', async () => {
  const app = await HookedApp.create();
  process.env.SYNTH_HCL_OUTPUT = 'true';
  try {
    const source = KeyMaterialSource.fromCommand(['cat', `${app.folder}/payments key.b64`, '/dev/null']);
    await app.deploy('0', { source, onDestroy: 'delete_material' });
    expect(await app.holds()).toBe(true);
    await app.destroy();
    expect(await app.keyState()).toBe('5');
  } finally {
    delete process.env.SYNTH_HCL_OUTPUT;
  }
});

test('the example lives as its page says, with byok on PATH: deploy, drift, healing, destroy', async () => {
  const folder = toBeRemoved(linkedFolder());
  const keyId = await createKey();
  const material = randomBytes(32);
  const program = readFileSync(join(root, 'examples', 'null-hooks', 'main.ts'), 'utf8');
  const edited = program
    .replace(/fromKeyId\((.*), '[0-9a-f-]{36}'\)/, `fromKeyId($1, '${keyId}')`)
    .replace("region: 'eu-de'", `kmsEndpoint: '${emulator.url}'`);
  writeFileSync(join(folder, 'main.ts'), edited);
  writeFileSync(join(folder, 'payments.key'), material.toString('base64'));
  installByok(join(folder, 'bin'));
  const login = {
    HW_PROJECT_ID: emulator.projectId,
    HW_AUTH_TOKEN: emulator.authToken,
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
  };
  const run = async (cwd: string, command: string, args: string[], env: Record<string, string> = {}) => {
    const finished = await runCommand(command, args, { cwd, env: cleanEnvironment({ ...login, ...env }) });
    expect(finished).toMatchObject({ code: 0 });
    return finished.output.trimEnd();
  };
  const stack = join(folder, 'cdktf.out', 'stacks', 'null-hooks');
  const check = async () => {
    const output = await run(folder, 'byok', [
      'check',
      '--drift-token',
      '--state',
      'terraform.null-hooks.tfstate',
      '--kms-endpoint',
      emulator.url,
    ]);
    return output.split('\n').at(-1) ?? '';
  };
  const deploy = async () => {
    const token = await check();
    await run(folder, process.execPath, [join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs'), 'main.ts'], { BYOK_DRIFT_TOKEN: token });
    installNullProvider(nullProvider, stack);
    await run(stack, 'terraform', ['init', '-input=false']);
    await run(stack, 'terraform', ['apply', '-auto-approve', '-no-color']);
    return token;
  };
  expect(await deploy()).toBe('0');
  expect(await run(stack, 'terraform', ['output', '-raw', 'key_id'])).toBe(keyId);
  emulator.deleteMaterial(keyId);
  expect(await deploy()).toBe('1');
  expect(await holdsMaterial(emulator, keyId, material)).toBe(true);
  expect(await check()).toBe('1');
  expect(existsSync(join(folder, 'byok-records', `${keyId}.json`))).toBe(true);
  await run(stack, 'terraform', ['destroy', '-auto-approve', '-no-color']);
  expect((await describeKey(emulator, keyId)).key_state).toBe('5');
});
