/**
 * The command against an emulator, both in this process. With options for Node the command is a
 * process of its own, as is one that does not end by itself. `TEST_BYOK=process` makes all of them
 * one.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { ok } from '../emulator/plain-http';
import { type Emulator, type EmulatorOptions, startEmulator } from '../support/emulator';
import { findLeaks, needlesOf, type Place } from '../support/leak-scanner';
import { ByokHere } from './byok-here';
import { type ByokProcess, bundleByok, type Finished } from './byok-process';

export interface RunOptions {
  /** Besides the login of the emulator. */
  readonly env?: Record<string, string>;
  readonly input?: string | Buffer;
  /** Of a command that was started: its input has no end. @default false */
  readonly endlessInput?: boolean;
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

/** One for all tests of a file. */
let bundled: ByokProcess | undefined;
let here: ByokHere | undefined;

afterAll(() => bundled?.remove());

export async function startByokAndEmulator(
  options: EmulatorOptions = {},
): Promise<ByokAndEmulator> {
  bundled ??= bundleByok();
  here ??= new ByokHere(bundled.file);
  const [{ file }, command] = [bundled, here];
  const emulator = await startEmulator(options);
  const places: Place[] = [];
  function flagsFor(options: RunOptions): readonly string[] {
    const endpoint = 'endpoint' in options ? options.endpoint : emulator.url;
    return endpoint === undefined ? [] : ['--kms-endpoint', endpoint];
  }
  function environment(env: RunOptions['env']): Record<string, string> {
    const { PATH = '' } = process.env;
    const login = { HW_PROJECT_ID: emulator.projectId, HW_AUTH_TOKEN: emulator.authToken };
    return { PATH, ...login, ...env };
  }
  function remember(args: readonly string[], { stdout, stderr }: Finished): void {
    for (const [name, content] of Object.entries({ stdout, stderr, arguments: args.join('\0') })) {
      places.push({ name: `${name} of byok ${args.join(' ')}`, content: Buffer.from(content) });
    }
  }
  async function run(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    if (process.env.TEST_BYOK === 'process' || hasNodeOptions(options)) {
      return start(args, options).ended;
    }
    const all = [...args, ...flagsFor(options)];
    const { input, cwd } = options;
    const finished = await command.run(all, { env: environment(options.env), input, cwd });
    remember(all, finished);
    return finished;
  }
  function start(args: readonly string[], options: RunOptions = {}): Running {
    const all = [...args, ...flagsFor(options)];
    const { input, cwd, endlessInput } = options;
    const child = spawn(process.execPath, [file, ...all], {
      env: environment(options.env),
      cwd,
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      output.stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output.stderr += chunk;
    });
    child.stdin.on('error', () => undefined);
    if (endlessInput !== true) {
      child.stdin.end(input);
    }
    const ended = once(child, 'close').then(([status]) => {
      const finished = { status, ...output };
      remember(all, finished);
      return finished;
    });
    return { child, output, ended };
  }

  return {
    emulator,
    start,
    run,
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
    close: () => emulator.close(),
  };
}

const hasNodeOptions = ({ env = {} }: RunOptions) =>
  Object.keys(env).some((name) => name.startsWith('NODE_'));
