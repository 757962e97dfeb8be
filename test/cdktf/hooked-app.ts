/** An app whose material hooks import, and the real terraform that runs them. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, LocalBackend, TerraformOutput, TerraformStack } from 'cdktf';
import {
  ExternalKey,
  ImportedKey,
  type ImportedKeyProps,
  KeyMaterialEngine,
  KeyMaterialSource,
} from 'cdktf-byok';
import { type ByokProcess, bundleByok } from '../cli/byok-process';
import { ok } from '../emulator/plain-http';
import { AttachedProvider } from '../support/attached-provider';
import { describeKey, holdsMaterial } from '../support/emulated-key';
import { type Emulator, startEmulator } from '../support/emulator';
import { filesBelow, findLeaks, needlesOf, type Place } from '../support/leak-scanner';
import { buildNullProvider } from '../support/null-provider';
import { scratchFolder } from '../support/scratch-folder';
import { cleanEnvironment, type Run, runCommand } from '../support/terraform-workspace';

/**
 * What the apps of a test file share: a KMS, the command, and a stand-in for the null provider,
 * started once, since every run of Terraform would start it several times.
 */
export class HookBench {
  static async start(): Promise<HookBench> {
    const nullProvider = await AttachedProvider.start(
      [process.execPath, buildNullProvider(), '--debug'],
      { cwd: scratchFolder(), env: cleanEnvironment() },
    );
    return new HookBench(bundleByok(), nullProvider, await startEmulator());
  }

  readonly byok: ByokProcess;
  readonly nullProvider: AttachedProvider;
  readonly emulator: Emulator;

  private constructor(byok: ByokProcess, nullProvider: AttachedProvider, emulator: Emulator) {
    this.byok = byok;
    this.nullProvider = nullProvider;
    this.emulator = emulator;
  }

  async createKey(): Promise<string> {
    const body = { key_alias: `hooks-${randomBytes(6).toString('hex')}`, origin: 'external' };
    return (await ok<{ key_info: { key_id: string } }>(this.emulator, 'create-key', body)).key_info
      .key_id;
  }

  async newApp(carrier: Carrier = 'null_resource'): Promise<HookedApp> {
    return new HookedApp(this, await this.createKey(), carrier);
  }

  /** As npm does. */
  installByok(folder: string): void {
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'byok'),
      `#!/bin/sh\nexec "${process.execPath}" "${this.byok.file}" "$@"\n`,
    );
    chmodSync(join(folder, 'byok'), 0o755);
  }

  async close(): Promise<void> {
    this.byok.remove();
    await this.nullProvider.end();
    await this.emulator.close();
  }
}

/** Which resource carries the provisioners. */
type Carrier = 'null_resource' | 'terraform_data';

/**
 * An app in a folder of its own, with `byok` among its packages, and a key that was made by
 * somebody else.
 */
export class HookedApp {
  readonly folder = scratchFolder();
  readonly keyId: string;
  readonly #printed: Place[] = [];
  material: Buffer = randomBytes(32);
  readonly #materials: Buffer[] = [];
  readonly #bench: HookBench;
  readonly #carrier: Carrier;

  constructor(bench: HookBench, keyId: string, carrier: Carrier) {
    this.#bench = bench;
    this.keyId = keyId;
    this.#carrier = carrier;
    bench.installByok(join(this.folder, 'node_modules', '.bin'));
    this.giveMaterial(this.material);
  }

  get #emulator(): Emulator {
    return this.#bench.emulator;
  }

  get #stack(): string {
    return join(this.folder, 'cdktf.out', 'stacks', 'stack');
  }

  get #state(): string {
    return join(this.folder, 'terraform.tfstate');
  }

  giveMaterial(material: Buffer): void {
    this.material = material;
    this.#materials.push(material);
    writeFileSync(join(this.folder, 'payments key.b64'), material.toString('base64'));
  }

  async #synthesize(
    driftToken: string | undefined,
    props: Partial<ImportedKeyProps>,
  ): Promise<void> {
    mkdirSync(join(this.folder, 'cdktf.out'), { recursive: true });
    const app = new App({
      outdir: join(this.folder, 'cdktf.out'),
      context: { cdktfJsonPath: join(this.folder, 'cdktf.json') },
    });
    const stack = new TerraformStack(app, 'stack');
    new LocalBackend(stack, { path: '../../../terraform.tfstate' });
    const key = new ImportedKey(stack, 'payments', {
      key: ExternalKey.fromKeyId(stack, 'Key', this.keyId),
      source: KeyMaterialSource.fromFile('payments key.b64'),
      engine: KeyMaterialEngine.hooks({
        kmsEndpoint: this.#emulator.url,
        projectId: this.#emulator.projectId,
        driftToken,
      }),
      ...props,
    });
    new TerraformOutput(stack, 'key_id', { value: key.keyId });
    app.synth();
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
    writeFileSync(
      join(this.#stack, 'world.tf.json'),
      JSON.stringify({ resource: { terraform_data: { world: { input: value } } } }),
    );
  }

  async terraform(...args: string[]): Promise<Run> {
    const run = await runCommand('terraform', args, {
      cwd: this.#stack,
      env: cleanEnvironment({
        ...this.#bench.nullProvider.environment,
        HW_AUTH_TOKEN: this.#emulator.authToken,
      }),
    });
    this.#printed.push({
      name: `output of terraform ${args[0]}`,
      content: Buffer.from(run.output),
    });
    return run;
  }

  async apply(driftToken?: string, props: Partial<ImportedKeyProps> = {}): Promise<Run> {
    await this.#synthesize(driftToken, props);
    const planned = await this.terraform('plan', '-no-color', '-out=tfplan');
    expect(planned).toMatchObject({ code: 0 });
    const applied = await this.terraform('apply', '-no-color', 'tfplan');
    return { ...applied, text: planned.text + applied.text };
  }

  /** Applies, and finds nothing more to do. */
  async deploy(driftToken?: string, props: Partial<ImportedKeyProps> = {}): Promise<Run> {
    const run = await this.apply(driftToken, props);
    expect(run).toMatchObject({ code: 0 });
    expect(await this.terraform('plan', '-no-color', '-detailed-exitcode')).toMatchObject({
      code: 0,
    });
    return run;
  }

  async destroy(): Promise<void> {
    expect(await this.terraform('destroy', '-auto-approve', '-no-color')).toMatchObject({
      code: 0,
    });
  }

  async driftToken(): Promise<{ token: string; remarks: string }> {
    const args = [
      'check',
      '--drift-token',
      '--state',
      this.#state,
      '--kms-endpoint',
      this.#emulator.url,
      '--project-id',
      this.#emulator.projectId,
    ];
    const env = cleanEnvironment({ HW_AUTH_TOKEN: this.#emulator.authToken });
    const { code, output } = await runCommand(process.execPath, [this.#bench.byok.file, ...args], {
      cwd: this.folder,
      env,
    });
    expect([code, output]).toEqual([0, expect.any(String)]);
    const lines = output.trimEnd().split('\n');
    return { token: lines.at(-1) ?? '', remarks: lines.slice(0, -1).join('\n') };
  }

  holds(material: Buffer = this.material): Promise<boolean> {
    return holdsMaterial(this.#emulator, this.keyId, material);
  }

  async keyState(): Promise<string> {
    return (await describeKey(this.#emulator, this.keyId)).key_state;
  }

  /** Secrets that stand in a file, the key file excepted, or were printed. */
  leaks(): string[] {
    const places = [...filesBelow(this.folder, ['payments key.b64']), ...this.#printed];
    const secrets = [...this.#materials, this.#emulator.authToken];
    return findLeaks(
      places,
      secrets.flatMap((secret, index) => needlesOf(`secret ${index}`, secret)),
    );
  }
}
