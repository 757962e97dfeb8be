/** A provider started by hand, as a debugger does it, for Terraform to attach to. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export class AttachedProvider {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  stdout = '';
  stderr = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#closed = once(child, 'close');
    child.stdout?.on('data', (chunk) => {
      this.stdout += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      this.stderr += chunk;
    });
  }

  /** @param command program and arguments. @returns once it has printed its line */
  static async start(
    [program = '', ...args]: readonly string[],
    options: { cwd: string; env: NodeJS.ProcessEnv },
  ): Promise<AttachedProvider> {
    const provider = new AttachedProvider(
      spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
    while (!provider.stdout.includes('\n')) {
      if (provider.#child.exitCode !== null) {
        throw new Error(`the provider ended before it said where it is: ${provider.stderr}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return provider;
  }

  /** What Terraform needs in its environment. */
  get environment(): { TF_REATTACH_PROVIDERS: string } {
    const [, value = ''] = /^export TF_REATTACH_PROVIDERS='(.*)'\n$/.exec(this.stdout) ?? [];
    return { TF_REATTACH_PROVIDERS: value };
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** @returns its exit code */
  async end(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    if (this.isRunning) {
      // A shell or tsx may stand between.
      const [{ Pid }] = Object.values(JSON.parse(this.environment.TF_REATTACH_PROVIDERS)) as [
        { Pid: number },
      ];
      process.kill(Pid, signal);
    }
    await this.#closed;
    return this.#child.exitCode;
  }
}
