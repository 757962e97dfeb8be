/**
 * A folder with a configuration and the real terraform in it: clean environment, our provider as a
 * mirror, no registry.
 */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProviderBundle, readProviderBundle } from '../../lib/mirror/provider-bundle';
import { writeMirror } from '../../lib/mirror/write-mirror';

export interface Run {
  readonly code: number;
  /** stdout and stderr as they came. */
  readonly output: string;
  /** The same without line breaks, borders and runs of spaces: Terraform wraps its messages. */
  readonly text: string;
}

/** Variables that could make a test reach a real cloud or somebody's settings stay outside. */
const foreign = /^(HW_|OS_|KMS_ENDPOINT$|TF_|BYOK_|CDKTF_|HTTPS?_PROXY|https?_proxy)/;

/** It ends before garbage matters, whose collection would be a fifth of its work. */
const ofTerraform = {
  CHECKPOINT_DISABLE: '1',
  TF_IN_AUTOMATION: '1',
  GOGC: 'off',
  GOMEMLIMIT: '512MiB',
};

export function cleanEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(kept), ...ofTerraform, ...extra };
}

/** Runs a command to its end. @throws Error when it cannot be started: says what to install */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', (cause) =>
      reject(
        new Error(
          `${command} cannot be started: install Terraform 1.11 or newer and put it on PATH`,
          { cause },
        ),
      ),
    );
    child.once('close', (code) => {
      const output = Buffer.concat(chunks).toString('utf8');
      resolve({ code: code ?? -1, output, text: output.replace(/[│╷╵\s]+/g, ' ') });
    });
  });
}

/**
 * A material_command that gives orders.key once `meet` lets it: all who run it have planned and
 * looked by then, however slow the machine is.
 */
export const waitingCommand = [
  'sh',
  '-c',
  'touch started; until [ -e go ]; do sleep 0.1; done; cat orders.key',
];

/** Lets `waitingCommand` go on when it runs in each of these folders. */
export async function meet(...workspaces: readonly TerraformWorkspace[]): Promise<void> {
  while (!workspaces.every(({ folder }) => existsSync(join(folder, 'started')))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  for (const workspace of workspaces) {
    workspace.write('go', '');
  }
}

export class TerraformWorkspace {
  readonly folder = mkdtempSync(join(tmpdir(), 'byok-terraform-'));
  readonly env: Record<string, string>;

  /**
   * @param env on top of a clean environment, for every command
   * @param provider that Terraform starts; that of another workspace, which must stay, is
   *   initialized as it is there @default the one that is built in this checkout
   */
  constructor(
    env: Readonly<Record<string, string>> = {},
    provider: ProviderBundle | TerraformWorkspace = readProviderBundle(),
  ) {
    this.env = { ...env };
    if (provider instanceof TerraformWorkspace) {
      const [there, here] = [provider.folder, this.folder];
      symlinkSync(join(there, 'terraform.d'), join(here, 'terraform.d'));
      for (const name of ['.terraform', '.terraform.lock.hcl']) {
        cpSync(join(there, name), join(here, name), { recursive: true, verbatimSymlinks: true });
      }
    } else {
      writeMirror(provider, join(this.folder, 'terraform.d', 'plugins'));
    }
  }

  write(name: string, content: string | Buffer): void {
    writeFileSync(join(this.folder, name), content);
  }

  /** `main.tf`: the provider and the resources given. */
  configure(provider: string, body: string): void {
    this.write(
      'main.tf',
      `terraform {\n  required_providers {\n    byok = { source = "terraform.local/cdktf-byok/byok" }\n  }\n}\nprovider "byok" {\n${provider}\n}\n${body}\n`,
    );
  }

  terraform(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
    return runCommand('terraform', args, {
      cwd: this.folder,
      env: cleanEnvironment({ ...this.env, ...env }),
    });
  }

  /** @throws Error with everything terraform printed when it fails */
  async succeed(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
    const run = await this.terraform(args, env);
    if (run.code !== 0) {
      throw new Error(`terraform ${args.join(' ')} ended with ${run.code}:\n${run.output}`);
    }
    return run;
  }

  init(): Promise<Run> {
    return this.succeed(['init', '-no-color']);
  }

  apply(...args: string[]): Promise<Run> {
    return this.terraform(['apply', '-auto-approve', '-no-color', ...args]);
  }

  /** Exit code 0: nothing to do; 2: changes; 1: error. */
  plan(...args: string[]): Promise<Run> {
    return this.terraform(['plan', '-no-color', '-detailed-exitcode', ...args]);
  }

  destroy(...args: string[]): Promise<Run> {
    return this.terraform(['destroy', '-auto-approve', '-no-color', ...args]);
  }

  /** Attributes of one resource in the state file. */
  attributes(type: string): Record<string, unknown> {
    const state = JSON.parse(readFileSync(join(this.folder, 'terraform.tfstate'), 'utf8')) as {
      resources: { type: string; instances: { attributes: Record<string, unknown> }[] }[];
    };
    const found = state.resources.find((resource) => resource.type === type)?.instances[0];
    if (found === undefined) {
      throw new Error(`${type} is not in the state`);
    }
    return found.attributes;
  }

  /** Every file below the folder, links not followed. */
  files(): string[] {
    return readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
