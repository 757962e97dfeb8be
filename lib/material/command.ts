/**
 * Runs the programs that hand out or wrap material: an argument list, no shell, a time limit, an allow-listed environment. Nothing
 * that they print is ever shown: it may be the material.
 */
import { spawn } from 'node:child_process';
import { ByokError } from '../errors';

export interface CommandOptions {
  /** The attribute that names the program, for errors. */
  readonly attribute: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Given on standard input. @default nothing */
  readonly input?: string;
}

/** Programs get these and every `BYOK_…` variable; credentials of clouds and CI systems stay outside. */
const passedOn = /^(?:PATH|HOME|USER|LOGNAME|LANG|LC_.*|TZ|TMPDIR|XDG_RUNTIME_DIR|SSL_CERT_FILE|SSL_CERT_DIR|BYOK_.*)$/;

const timeLimitMs = 60_000;
/** More than any key, and less than a mistake such as /dev/zero. */
const outputLimit = 1 << 20;

/** @returns what the program wrote to standard output @throws ByokError ERR_MATERIAL_NOT_AT_HAND */
export function runCommand(argv: readonly string[], { attribute, env, signal, input }: CommandOptions): Promise<Buffer> {
  const [program = '', ...args] = argv;
  const failed = (how: string, cause?: unknown) =>
    new ByokError(
      'ERR_MATERIAL_NOT_AT_HAND',
      `${attribute} "${program}" ${how}; run it by hand to see what it says, since its output is never logged`,
      {
        attribute,
        cause,
      },
    );
  return new Promise((resolve, reject) => {
    const allowed = Object.fromEntries(Object.entries(env).filter(([name]) => passedOn.test(name)));
    const child = spawn(program, args, {
      env: allowed,
      signal,
      timeout: timeLimitMs,
      killSignal: 'SIGKILL',
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const chunks: Buffer[] = [];
    let size = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > outputLimit) {
        child.kill('SIGKILL');
      }
    });
    // A program that does not read its input closes the pipe early; its exit code tells what it thought of that.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.once('error', (cause: NodeJS.ErrnoException) =>
      reject(failed(cause.code === 'ENOENT' ? 'is not found' : `could not be run (${cause.code ?? cause.name})`, cause)),
    );
    child.once('close', (code, killedBy) => {
      const output = Buffer.concat(chunks);
      for (const chunk of chunks) {
        chunk.fill(0);
      }
      if (size > outputLimit) {
        output.fill(0);
        reject(failed(`wrote more than ${outputLimit} bytes`));
      } else if (code !== 0) {
        output.fill(0);
        reject(
          failed(
            killedBy === null
              ? `ended with exit code ${code}`
              : `was ended by ${killedBy}, after ${timeLimitMs / 1000} seconds at the latest`,
          ),
        );
      } else {
        resolve(output);
      }
    });
  });
}
