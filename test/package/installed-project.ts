/** A project of its own outside of the checkout, with the packed package installed by npm. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ReachedEmulator } from '../emulator/plain-http';
import { root } from '../support/checkout';
import { scratchFolder } from '../support/scratch-folder';
import { cleanEnvironment, type Run, runCommand } from '../support/terraform-workspace';

const { devDependencies }: { devDependencies: Record<string, string> } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
);

/** An emulator that the installed command runs. */
export interface CommandEmulator extends ReachedEmulator {
  readonly url: string;
  stop(): Promise<void>;
}

export class InstalledProject {
  readonly folder = scratchFolder();

  /** @param type `type` of its `package.json`; left out there when undefined */
  constructor(type: 'module' | undefined) {
    this.write('package.json', JSON.stringify({ name: 'payments', private: true, type }));
  }

  write(path: string, content: string): void {
    mkdirSync(join(this.folder, dirname(path)), { recursive: true });
    writeFileSync(join(this.folder, path), content);
  }

  /**
   * As its users do it; with the versions of the peers that the checkout has, which are in npm's
   * cache.
   */
  async install(tarball: string): Promise<void> {
    const peers = ['cdktf', 'constructs'].map((name) => `${name}@${devDependencies[name]}`);
    const args = ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball, ...peers];
    // Not the clean environment: npm may need a proxy.
    await this.#run('npm', args, this.folder, process.env);
  }

  /** @throws Error with everything it printed when it fails */
  run(
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Run> {
    return this.#run(command, args, this.folder, { ...withoutNpm(cleanEnvironment()), ...env });
  }

  /** Terraform in the folder of a synthesized stack. */
  terraform(
    stack: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<Run> {
    return this.#run(
      'terraform',
      args,
      join(this.folder, 'cdktf.out', 'stacks', stack),
      cleanEnvironment(env),
    );
  }

  /** `byok emulator`, from `node_modules/.bin`. */
  async startEmulator(): Promise<CommandEmulator> {
    const byok = join(this.folder, 'node_modules', '.bin', 'byok');
    const child = spawn(byok, ['emulator', '--json', '--exit-with-parent'], {
      env: cleanEnvironment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    const first = await Promise.race([once(createInterface(child.stdout), 'line'), ended]);
    const {
      kms_endpoint: url,
      project_id: projectId,
      auth_token: authToken,
    } = JSON.parse(String(first[0]));
    return {
      url,
      projectId,
      authToken,
      port: Number(new URL(url).port),
      async stop() {
        child.kill();
        await ended;
      },
    };
  }

  async #run(
    command: string,
    args: readonly string[],
    cwd: string,
    env: NodeJS.ProcessEnv,
  ): Promise<Run> {
    const run = await runCommand(command, args, { cwd, env });
    if (run.code !== 0) {
      throw new Error(`${command} ${args.join(' ')} ended with ${run.code}:\n${run.output}`);
    }
    return run;
  }
}

/** Without what the npm that started these tests says of the checkout. */
function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('npm_')));
}
