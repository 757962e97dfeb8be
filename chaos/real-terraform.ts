/** The same cases by the real terraform: a folder, its commands, its state file. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { TerraformWorkspace } from '../test/support/terraform-workspace';
import {
  type CommandResult,
  type Declared,
  keyAttributes,
  materialAttributes,
  type ResourceName,
  resourceNames,
  resourceTypes,
  type Terraform,
} from './terraform';
import type { Attributes } from './terraform-values';
import type { World } from './world';

export class RealTerraform implements Terraform {
  readonly #complaints: string[] = [];
  readonly #world: World;
  readonly #workspace: TerraformWorkspace;
  readonly #temp: string;
  #initialized = false;
  #killed = false;
  #dirty = false;
  starts = 0;

  constructor(world: World, folder: string, bundle: string) {
    this.#world = world;
    this.#temp = folder;
    const env = {
      HW_PROJECT_ID: world.emulator.projectId,
      HW_AUTH_TOKEN: world.emulator.authToken,
      // The provider's certificate is made by its own clock, which is not ours.
      TF_DISABLE_PLUGIN_TLS: '1',
      TMPDIR: folder,
      NODE_OPTIONS: `--require ${join(__dirname, 'surroundings.cjs')}`,
      CHAOS_RING: process.env.CHAOS_RING ?? '',
      CHAOS_IMPATIENCE: process.env.CHAOS_IMPATIENCE ?? '',
      TF_LOG_PROVIDER: 'TRACE',
      TF_LOG_PATH: join(folder, logName),
    };
    this.#workspace = new TerraformWorkspace(env, bundle);
  }

  apply(declared: Declared): Promise<CommandResult> {
    return this.#run(declared, ['apply', '-auto-approve']);
  }

  destroy(declared: Declared, refresh = true): Promise<CommandResult> {
    return this.#run(declared, ['destroy', '-auto-approve', ...(refresh ? [] : ['-refresh=false'])]);
  }

  async plan(declared: Declared): Promise<CommandResult> {
    return this.#run(declared, ['plan']);
  }

  import(name: ResourceName, id: string, declared: Declared): Promise<CommandResult> {
    return this.#run(declared, ['import', `${resourceTypes[name]}.this`, id]);
  }

  async forget(name: ResourceName): Promise<void> {
    await this.#workspace.terraform(['state', 'rm', '-no-color', `${resourceTypes[name]}.this`]);
  }

  attributes(name: ResourceName): Attributes | undefined {
    try {
      return this.#workspace.attributes(resourceTypes[name]);
    } catch {
      return undefined;
    }
  }

  kill(): boolean {
    for (const pid of this.#providers()) {
      process.kill(pid, 'SIGKILL');
      this.#killed = true;
      this.#dirty = true;
    }
    return this.#killed;
  }

  async end(): Promise<void> {
    const left = this.#providers();
    this.#complaints.push(...left.map((pid) => `process ${pid} of the provider is still there`));
    if (!this.#dirty && existsSync(this.#temp)) {
      const files = readdirSync(this.#temp).filter((name) => name.startsWith('plugin-') || name.startsWith('plugin'));
      this.#complaints.push(...files.map((name) => `${name} was left behind`));
    }
  }

  async remove(): Promise<void> {
    await this.end();
    this.#workspace.remove();
  }

  complaints(): string[] {
    return this.#complaints.splice(0);
  }

  async #run(declared: Declared, args: readonly string[]): Promise<CommandResult> {
    this.#configure(declared);
    this.#killed = false;
    this.starts += 1;
    const surroundings = { CHAOS_OFFSET_MS: String(this.#world.offsetMs + this.#world.skewMs), ...this.#world.environment };
    if (!this.#initialized) {
      await this.#workspace.init();
      this.#initialized = true;
    }
    const { code, output, text } = await this.#workspace.terraform([...args, '-no-color'], surroundings);
    if (/This is a bug in the provider|produced an? (?:invalid|unexpected)/.test(text) && !text.includes('inconsistent final plan')) {
      this.#complaints.push(text);
    }
    return { ok: code === 0, messages: [output], actions: actionsIn(output) };
  }

  written(): Buffer {
    const state = readdirSync(this.#workspace.folder).filter((name) => name.startsWith('terraform.tfstate'));
    const paths = [...state.map((name) => join(this.#workspace.folder, name)), join(this.#temp, logName)];
    return Buffer.concat(paths.filter((path) => existsSync(path)).map((path) => readFileSync(path)));
  }

  #configure(declared: Declared): void {
    const resources = resourceNames.flatMap((name) => {
      if (name === 'material' && declared.material === undefined) {
        return [];
      }
      const attributes =
        name === 'key' || declared.material === undefined ? keyAttributes(declared) : materialAttributes(declared.material, reference);
      const lines = Object.entries(attributes)
        .filter(([, value]) => value !== undefined)
        .map(([attribute, value]) => `  ${attribute} = ${value === reference ? reference.code : JSON.stringify(value)}`);
      return [`resource "${resourceTypes[name]}" "this" {\n${lines.join('\n')}\n}`];
    });
    this.#workspace.configure(`  kms_endpoint = "${this.#world.emulator.url}"\n  max_retries = 2`, resources.join('\n'));
  }

  /** Every process of the provider that works in our temp folder. */
  #providers(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && isOurs(name, this.#workspace.folder))
      .map(Number);
  }
}

const logName = 'provider.log';

const reference = { code: 'byok_external_key.this.key_id' };

function isOurs(pid: string, folder: string): boolean {
  try {
    return (
      readlinkSync(`/proc/${pid}/cwd`) === folder && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('terraform-provider-byok')
    );
  } catch {
    return false;
  }
}

const verbs: Readonly<Record<string, string>> = {
  created: 'create',
  'updated in-place': 'update',
  destroyed: 'delete',
  replaced: 'replace',
};

function actionsIn(output: string): string[] {
  return [...output.matchAll(/# (byok_\w+)\.this (?:will|must) be (created|updated in-place|destroyed|replaced)/g)].map(
    ([, type, verb = '']) => `${type === resourceTypes.key ? 'key' : 'material'}: ${verbs[verb] ?? verb}`,
  );
}
