/**
 * Runs the programs that provide or wrap material: an argument list, no shell, a time limit, an
 * allow-listed environment. Their output is never shown, because it may be the material.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { ByokError } from '../errors';
import { stopped } from '../stopped';
import { maxContentBytes } from './open-content';

export interface CommandOptions {
  /** The attribute that names the program, for errors. */
  readonly attribute: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Given on standard input. @default nothing */
  readonly input?: string;
}

export interface CommandLimits {
  /** Until the program has ended and its standard output is closed everywhere. */
  readonly milliseconds: number;
  /** Of standard output. */
  readonly bytes: number;
}

/** A minute, and as much as every other source may give. */
export const commandLimits: CommandLimits = { milliseconds: 60_000, bytes: maxContentBytes };

/**
 * Programs get these and every `BYOK_…` variable; credentials of clouds and CI systems stay
 * outside.
 */
const passedOn =
  /^(?:PATH|HOME|USER|LOGNAME|LANG|LC_.*|TZ|TMPDIR|XDG_RUNTIME_DIR|SSL_CERT_FILE|SSL_CERT_DIR|BYOK_.*)$/;

type Child = ChildProcessByStdio<Writable, Readable, null>;

/**
 * @returns what the program wrote to standard output
 * @throws ByokError ERR_MATERIAL_NOT_AT_HAND, ERR_INTERRUPTED, ERR_TIMEOUT
 */
export function runCommand(
  argv: readonly string[],
  { attribute, env, signal, input }: CommandOptions,
  limits: CommandLimits = commandLimits,
): Promise<Buffer> {
  const [program = '', ...args] = argv;
  const interrupted = () => stopped(signal, `${attribute} "${program}"`, { attribute });
  const failed = (how: string, cause?: unknown) =>
    new ByokError(
      'ERR_MATERIAL_NOT_AT_HAND',
      `${attribute} "${program}" ${how}; run it by hand to see its output, which we never log`,
      { attribute, cause },
    );
  const notStarted = (cause: NodeJS.ErrnoException) =>
    failed(
      cause.code === 'ENOENT' ? 'is not found' : `could not be run (${cause.code ?? cause.name})`,
      cause,
    );
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      throw interrupted();
    }
    const child = tryStart(program, args, env, notStarted);
    const chunks: Buffer[] = [];
    let size = 0;
    let verdict: ByokError | undefined;
    const stop = (why: ByokError) => {
      verdict ??= why;
      kill(child);
    };
    const onAbort = () => stop(interrupted());
    const timer = setTimeout(
      () => stop(failed(`did not end within ${limits.milliseconds / 1000} seconds`)),
      limits.milliseconds,
    );
    const finish = (error: ByokError | undefined) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      if (error === undefined) {
        resolve(Buffer.concat(chunks));
      } else {
        reject(error);
      }
      for (const chunk of chunks) {
        chunk.fill(0);
      }
    };
    signal.addEventListener('abort', onAbort);
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > limits.bytes) {
        stop(failed(`wrote more than ${limits.bytes} bytes`));
      }
    });
    // A program that does not read its input closes the pipe early; its exit code tells whether
    // that is a failure.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.once('error', (cause: NodeJS.ErrnoException) => finish(notStarted(cause)));
    child.once('close', (code, killedBy) => {
      // What it left in the background lets go of the output, and must not outlive it with what it
      // knows.
      kill(child);
      const ending =
        killedBy === null ? `ended with exit code ${code}` : `was ended by ${killedBy}`;
      finish(verdict ?? (code === 0 ? undefined : failed(ending)));
    });
  });
}

/** Some start-up faults are thrown, others arrive as an event. */
function tryStart(
  program: string,
  args: readonly string[],
  env: CommandOptions['env'],
  notStarted: (cause: NodeJS.ErrnoException) => ByokError,
): Child {
  const allowed = Object.fromEntries(Object.entries(env).filter(([name]) => passedOn.test(name)));
  try {
    // A process group of its own: everything that the program started in it ends with it, and an
    // interrupt at the terminal reaches it only through the signal.
    return spawn(program, args, {
      env: allowed,
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  } catch (cause) {
    throw notStarted(cause as NodeJS.ErrnoException);
  }
}

/**
 * Ends it with everything that it started and that stayed in its process group. We neither end nor
 * wait for processes that left the group.
 */
function kill(child: Child): void {
  child.stdout.destroy();
  if (child.pid === undefined) {
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}
