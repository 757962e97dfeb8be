/** Programs of others that tests make their inputs with. */
import { execFileSync, spawnSync } from 'node:child_process';

export function openssl(
  args: string | readonly string[],
  input?: string | Buffer,
  env: NodeJS.ProcessEnv = {},
): Buffer {
  const list = typeof args === 'string' ? args.split(' ') : [...args];
  return execFileSync('openssl', list, {
    input,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
}

export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--help'], { stdio: 'ignore' }).error === undefined;
}
