/**
 * Runs the `byok` command as a process of its own, from a bundle of the sources as they are now.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ByokHere } from './byok-here';

const root = join(__dirname, '..', '..');

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** All of it, besides PATH: nothing of this shell reaches the command. */
  readonly env?: Record<string, string>;
  readonly input?: string | Buffer;
}

export interface ByokProcess {
  run(args: readonly string[], options?: RunOptions): Finished;
  /** In this process, unless `TEST_BYOK` is `process`. */
  runHere(args: readonly string[], options?: RunOptions): Promise<Finished>;
  start(args: readonly string[]): ChildProcess;
  readonly file: string;
  remove(): void;
}

export function bundleByok(): ByokProcess {
  mkdirSync(join(root, '.tmp'), { recursive: true });
  // Inside the repository, so that packages are found from there.
  const folder = mkdtempSync(join(root, '.tmp', 'byok-'));
  const file = join(folder, 'byok.js');
  const esbuild = join(root, 'node_modules', '.bin', 'esbuild');
  const options = [
    '--bundle',
    '--platform=node',
    '--external:fastify',
    '--external:node-forge',
    '--log-level=error',
    `--outfile=${file}`,
  ];
  execFileSync(esbuild, ['lib/cli/main.ts', ...options], { cwd: root });
  const { PATH = '' } = process.env;
  let here: ByokHere | undefined;
  function run(args: readonly string[], { env = {}, input = '' }: RunOptions = {}): Finished {
    const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
      env: { PATH, ...env },
      input,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  }
  return {
    file,
    run,
    async runHere(args, options = {}) {
      if (process.env.TEST_BYOK === 'process') {
        return run(args, options);
      }
      here ??= new ByokHere(file);
      return here.run(args, { env: { PATH, ...options.env }, input: options.input });
    },
    start: (args) =>
      spawn(process.execPath, [file, ...args], {
        env: { PATH },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
