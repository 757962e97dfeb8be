/**
 * Runs the `byok` command as a process of its own, from a bundle of the sources as they are now.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ByokProcess {
  /** @param env all of it, besides PATH: nothing of this shell reaches the command */
  run(
    args: readonly string[],
    options?: { env?: Record<string, string>; input?: string | Buffer },
  ): Finished;
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
  return {
    file,
    run(args, { env = {}, input = '' } = {}) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
        env: { PATH, ...env },
        input,
        encoding: 'utf8',
      });
      return { status, stdout, stderr };
    },
    start: (args) =>
      spawn(process.execPath, [file, ...args], {
        env: { PATH },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
