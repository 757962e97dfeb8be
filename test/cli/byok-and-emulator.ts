/**
 * The command as a process of its own against an emulator in this one, which could not answer while
 * it waits for `spawnSync`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { ok } from '../emulator/plain-http';
import { type Emulator, type EmulatorOptions, startEmulator } from '../support/emulator';
import { findLeaks, needlesOf, type Place } from '../support/leak-scanner';
import { bundleByok, type Finished } from './byok-process';

export interface RunOptions {
  /** Besides the login of the emulator. */
  readonly env?: Record<string, string>;
  readonly input?: string | Buffer;
  readonly cwd?: string;
  /** @default the emulator's own; undefined for commands that need none */
  readonly endpoint?: string | undefined;
}

/** A command that was started. */
export interface Running {
  readonly child: ChildProcess;
  /** What it printed so far. */
  readonly output: { readonly stdout: string; readonly stderr: string };
  readonly ended: Promise<Finished>;
}

export interface ByokAndEmulator {
  readonly emulator: Emulator;
  run(args: readonly string[], options?: RunOptions): Promise<Finished>;
  /** For a command that does not end by itself. */
  start(args: readonly string[], options?: RunOptions): Running;
  createKey(keySpec?: string, origin?: string): Promise<string>;
  /**
   * Secrets of these tests that stood in any argument or output so far, or stand in one of the
   * files.
   */
  leaks(secrets: readonly (Buffer | string)[], files?: readonly Place[]): string[];
  close(): Promise<void>;
}

export async function startByokAndEmulator(
  options: EmulatorOptions = {},
): Promise<ByokAndEmulator> {
  const byok = bundleByok();
  const emulator = await startEmulator(options);
  const places: Place[] = [];
  function start(
    args: readonly string[],
    { env = {}, input, cwd, ...rest }: RunOptions = {},
  ): Running {
    const endpoint = 'endpoint' in rest ? rest.endpoint : emulator.url;
    const flags = endpoint === undefined ? [] : ['--kms-endpoint', endpoint];
    const { PATH = '' } = process.env;
    const login = { HW_PROJECT_ID: emulator.projectId, HW_AUTH_TOKEN: emulator.authToken };
    const child = spawn(process.execPath, [byok.file, ...args, ...flags], {
      env: { PATH, ...login, ...env },
      cwd,
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      output.stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output.stderr += chunk;
    });
    child.stdin.on('error', () => undefined).end(input);
    const ended = once(child, 'close').then(([status]) => {
      for (const [name, content] of Object.entries({
        ...output,
        arguments: child.spawnargs.join('\0'),
      })) {
        places.push({ name: `${name} of byok ${args.join(' ')}`, content: Buffer.from(content) });
      }
      return { status, ...output };
    });
    return { child, output, ended };
  }

  return {
    emulator,
    start,
    run: (args, options) => start(args, options).ended,
    async createKey(keySpec = 'AES_256', origin = 'external') {
      const body = { key_alias: `test-${randomUUID()}`, origin, key_spec: keySpec };
      return (await ok<{ key_info: { key_id: string } }>(emulator, 'create-key', body)).key_info
        .key_id;
    },
    leaks: (secrets, files = []) =>
      findLeaks(
        [...places, ...files],
        [...secrets, emulator.authToken].flatMap((secret, index) =>
          needlesOf(`secret ${index}`, secret),
        ),
      ),
    async close() {
      byok.remove();
      await emulator.close();
    },
  };
}
