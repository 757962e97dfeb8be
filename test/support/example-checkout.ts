/**
 * A checkout of its own with the examples in it, in which a newcomer runs one; and what must be
 * left of that: nothing.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { linkedFolder, root } from './checkout';
import { processesWith } from './processes';
import { cleanEnvironment } from './terraform-workspace';

export interface FinishedRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartedRun {
  readonly child: ChildProcess;
  readonly finished: Promise<FinishedRun>;
}

export class ExampleCheckout {
  readonly folder = linkedFolder();
  /** In the environment of every process of its runs. */
  readonly #mark = randomUUID();
  readonly #before: readonly string[];

  constructor() {
    for (const name of ['cdktf.json', 'examples']) {
      cpSync(join(root, name), join(this.folder, name), {
        recursive: true,
        filter: (path) => !/\/\.run$/.test(path),
      });
    }
    this.#before = this.#files();
  }

  /** `node examples/<name>/run.mjs` */
  start(name: string, env: Readonly<Record<string, string>> = {}): StartedRun {
    const child = spawn(process.execPath, [`examples/${name}/run.mjs`], {
      cwd: this.folder,
      env: { ...cleanEnvironment(), ...env, EXAMPLE_MARK: this.#mark },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString('utf8');
    });
    const finished = once(child, 'close').then(([code]) => ({
      code: code as number | null,
      stdout,
      stderr,
    }));
    return { child, finished };
  }

  /** @returns what a run that succeeds prints */
  async succeed(name: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const { code, stdout, stderr } = await this.start(name, env).finished;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  }

  /** Command lines of the processes of its runs. */
  processes(): string[] {
    return processesWith(this.#mark);
  }

  async untilQuiet(): Promise<void> {
    while (this.processes().length > 0) {
      await shortPause();
    }
  }

  /** Waits for a file of a run, or for the end of the process. */
  async untilExists(path: string, child: ChildProcess): Promise<void> {
    while (!existsSync(join(this.folder, path)) && child.exitCode === null) {
      await shortPause();
    }
  }

  /** Neither a process nor a file. */
  async expectNothingLeft(): Promise<void> {
    // What a closed terminal hangs up, as cdktf's terraform is, ends a moment after its parent.
    for (
      const deadline = Date.now() + 120_000;
      this.processes().length > 0 && Date.now() < deadline;
    ) {
      await shortPause();
    }
    expect(this.processes()).toEqual([]);
    expect(this.#files()).toEqual(this.#before);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Paths of everything in it, links not followed. */
  #files(): string[] {
    return readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort();
  }
}

function shortPause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
