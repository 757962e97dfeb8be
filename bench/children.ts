/** Child processes of the bench: their environment, and none of them outlives it. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';

/**
 * Whatever could reach a real cloud, somebody's Terraform settings or a slower Node stays outside.
 */
const foreign =
  /^(HW_|OS_|KMS_ENDPOINT$|TF_|BYOK_|CDKTF_|HTTPS?_PROXY$|https?_proxy$|NODE_(?!EXTRA_CA_CERTS$))/;

const running = new Set<ChildProcess>();

// SIGTERM, not SIGKILL: both Terraform and the provider then take their sockets and locks away.
process.on('exit', () => {
  for (const child of running) {
    child.kill();
  }
});

/**
 * NODE_EXTRA_CA_CERTS stays by default, as Terraform would pass it on: the provider's launcher
 * takes it out of the way itself.
 * @param extra `undefined` takes a variable out
 */
export function cleanEnvironment(
  extra: Readonly<Record<string, string | undefined>> = {},
): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(kept), CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', ...extra };
}

/** A child that is killed when the bench ends before it. */
export function start(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildProcess {
  const child = spawn(command, args, options);
  running.add(child);
  child.once('close', () => running.delete(child));
  child.once('error', () => running.delete(child));
  return child;
}

export interface Ended {
  /** Wall time from spawn to the last byte and exit. */
  readonly milliseconds: number;
  readonly output: string;
}

/**
 * Runs a command to its end.
 * @throws Error when it ends with another exit code than 0
 */
export function run(
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = start(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', (cause) =>
      reject(new Error(`${command} cannot be started: is it installed and on PATH?`, { cause })),
    );
    child.once('close', (code) => {
      const milliseconds = performance.now() - began;
      const output = Buffer.concat(chunks).toString('utf8');
      if (code === 0) {
        resolve({ milliseconds, output });
      } else {
        reject(new Error(`${command} ${args.join(' ')} ended with ${code}:\n${output}`));
      }
    });
  });
}
