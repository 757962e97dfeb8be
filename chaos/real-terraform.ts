/** The same cases by the real terraform: a folder, its commands, its state file. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { readProviderBundle } from '../lib/mirror/provider-bundle';
import { TerraformWorkspace } from '../test/support/terraform-workspace';
import { addressOf, type Configuration, type ResourceType, resourceTypes } from './configuration';
import { hclOf } from './hcl';
import type { ApplyOptions, CommandResult, StateObject, Terraform } from './terraform';
import type { Attributes } from './terraform-values';

export interface RealOptions {
  readonly folder: string;
  readonly bundle: string;
  /** Of each provider block. */
  readonly provider: Attributes;
  /** Of the next command. */
  readonly env: () => Readonly<Record<string, string>>;
}

export class RealTerraform implements Terraform {
  readonly #options: RealOptions;
  readonly #complaints: string[] = [];
  readonly #workspace: TerraformWorkspace;
  #initialized: string | undefined;
  #dirty = false;
  starts = 0;

  constructor(options: RealOptions) {
    this.#options = options;
    const env = {
      // The provider's certificate is made by its own clock, which is not ours.
      TF_DISABLE_PLUGIN_TLS: '1',
      TMPDIR: options.folder,
      TF_LOG_PROVIDER: 'TRACE',
      TF_LOG_PATH: join(options.folder, logName),
    };
    this.#workspace = new TerraformWorkspace(env, readProviderBundle(options.bundle));
  }

  apply(configuration: Configuration, { replace = [] }: ApplyOptions = {}): Promise<CommandResult> {
    const address = (name: string) =>
      addressOf(
        configuration.objects.find((object) => object.name === name) ?? { type: 'key', name },
      );
    return this.#run(configuration, [
      'apply',
      '-auto-approve',
      ...replace.map((name) => `-replace=${address(name)}`),
    ]);
  }

  destroy(configuration: Configuration, refresh = true): Promise<CommandResult> {
    return this.#run(configuration, [
      'destroy',
      '-auto-approve',
      ...(refresh ? [] : ['-refresh=false']),
    ]);
  }

  plan(configuration: Configuration): Promise<CommandResult> {
    return this.#run(configuration, ['plan']);
  }

  import(name: string, id: string, configuration: Configuration): Promise<CommandResult> {
    const object = configuration.objects.find((one) => one.name === name);
    return this.#run(configuration, ['import', addressOf(object ?? { type: 'key', name }), id]);
  }

  async forget(name: string): Promise<void> {
    await this.#inState(name, (address) => ['state', 'rm', '-no-color', address]);
  }

  async taint(name: string): Promise<void> {
    await this.#inState(name, (address) => ['taint', '-no-color', address]);
  }

  attributes(name: string): Attributes | undefined {
    return this.objects().find((object) => object.name === name && !object.deposed)?.attributes;
  }

  objects(): readonly StateObject[] {
    const path = join(this.#workspace.folder, 'terraform.tfstate');
    if (!existsSync(path)) {
      return [];
    }
    const { resources } = JSON.parse(readFileSync(path, 'utf8')) as StateFile;
    const all = resources.flatMap(({ type, name, instances }) =>
      instances.map(({ attributes, deposed }) => ({
        type: typeOf(type),
        name,
        attributes,
        deposed: deposed !== undefined,
      })),
    );
    return all.sort((a, b) => Number(a.deposed) - Number(b.deposed));
  }

  kill(): boolean {
    const pids = this.#processes('terraform-provider-byok');
    for (const pid of pids) {
      process.kill(pid, 'SIGKILL');
      this.#dirty = true;
    }
    return pids.length > 0;
  }

  interrupt(times: 1 | 2): boolean {
    const [pid] = this.#processes('-auto-approve');
    if (pid === undefined) {
      return false;
    }
    process.kill(pid, 'SIGINT');
    if (times === 2) {
      setTimeout(
        () => this.#processes('-auto-approve').map((one) => process.kill(one, 'SIGINT')),
        betweenInterruptsMs,
      );
    }
    return true;
  }

  async end(): Promise<void> {
    const left = this.#processes('terraform-provider-byok');
    this.#complaints.push(...left.map((pid) => `process ${pid} of the provider is still there`));
    const { folder } = this.#options;
    if (!this.#dirty && existsSync(folder)) {
      const files = readdirSync(folder).filter(
        (name) => name.startsWith('plugin-') || name.startsWith('plugin'),
      );
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

  async #run(configuration: Configuration, args: readonly string[]): Promise<CommandResult> {
    this.#workspace.write(
      'main.tf',
      hclOf(configuration, { ...this.#options.provider, ...configuration.provider }),
    );
    this.starts += 1;
    if (this.#initialized === undefined) {
      await this.#workspace.init();
      this.#initialized = 'yes';
    }
    const { code, output, text } = await this.#workspace.terraform(
      [...args, '-no-color'],
      this.#options.env(),
    );
    if (
      /This is a bug in the provider|produced an? (?:invalid|unexpected)/.test(text) &&
      !text.includes('inconsistent final plan')
    ) {
      this.#complaints.push(text);
    }
    return {
      ok: code === 0,
      messages: [output],
      actions: actionsIn(output),
      planned: /^(Plan: |No changes\.)/m.test(output),
      recorded: args[0] !== 'plan',
      shown: {},
    };
  }

  written(): Buffer {
    const state = readdirSync(this.#workspace.folder).filter((name) =>
      name.startsWith('terraform.tfstate'),
    );
    const paths = [
      ...state.map((name) => join(this.#workspace.folder, name)),
      join(this.#options.folder, logName),
    ];
    return Buffer.concat(
      paths.filter((path) => existsSync(path)).map((path) => readFileSync(path)),
    );
  }

  async #inState(name: string, args: (address: string) => readonly string[]): Promise<void> {
    const object = this.objects().find((one) => one.name === name);
    if (object !== undefined) {
      await this.#workspace.succeed(args(addressOf(object)));
    }
  }

  /** Those that work in our folder, and whose command line has a word in it. */
  #processes(word: string): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && isOurs(name, this.#workspace.folder, word))
      .map(Number);
  }
}

interface StateFile {
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
    readonly instances: readonly { readonly attributes: Attributes; readonly deposed?: string }[];
  }[];
}

const logName = 'provider.log';
const betweenInterruptsMs = 100;

function isOurs(pid: string, folder: string, word: string): boolean {
  try {
    return (
      readlinkSync(`/proc/${pid}/cwd`) === folder &&
      readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(word)
    );
  } catch {
    return false;
  }
}

function typeOf(type: string): ResourceType {
  return type === resourceTypes.key ? 'key' : 'material';
}

const verbs: Readonly<Record<string, string>> = {
  created: 'create',
  'updated in-place': 'update',
  destroyed: 'delete',
  replaced: 'replace',
};

function actionsIn(output: string): string[] {
  const lines = output.matchAll(
    /# byok_\w+\.(\w+)( \(deposed object \w+\))?(?: is tainted, so (?:it )?must be| (?:will|must) be) (created|updated in-place|destroyed|replaced)/g,
  );
  return [...lines].map(
    ([, name = '', deposed, verb = '']) =>
      `${name}${deposed === undefined ? '' : ' (deposed)'}: ${verbs[verb] ?? verb}`,
  );
}
