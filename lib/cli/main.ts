/**
 * Main of the `byok` command. The one place of the command line that reads the environment, argv,
 * the clock and signals.
 */
import { homedir } from 'node:os';
import { ByokError, isByokError, stackOf } from '../errors';
import { readStream } from '../material/read-stream';
import { oneLine, printableJson } from '../printable';
import { byokCommand } from './command';
import { isConnectionFlag } from './connection-flags';
import type { Surroundings } from './surroundings';
import { fieldOf } from './wording';

const parentPollMs = 500;

/** Set once the work is done; until then, the exit code says failure. */
let exitCode = 0;

const surroundings: Surroundings = {
  env: process.env,
  homeFolder: homedir(),
  now: () => new Date(),
  print: (text) => process.stdout.write(text),
  remark: (text) => process.stderr.write(text),
  readInput: async (options) =>
    process.stdin.isTTY
      ? undefined
      : readStream(process.stdin, { ...options, source: 'standard input' }),
  exitWith: (code) => {
    exitCode = code;
  },
  untilStopped: ({ withParent, withReader }) =>
    new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
        process.once(signal, resolve);
      }
      if (withReader) {
        process.stdout.once('error', () => resolve('its output was closed'));
      }
      if (withParent) {
        // An orphan gets another parent, and nothing tells it so.
        const parent = process.ppid;
        setInterval(
          () => process.ppid !== parent && resolve('its parent ended'),
          parentPollMs,
        ).unref();
      }
    }),
};

async function main(argv: readonly string[]): Promise<never> {
  // If anything ends this process before the work is done, that must not look like success.
  process.exitCode = 1;
  process.once('beforeExit', () => {
    // Nothing is left that could settle the promise below, not even an open connection.
    surroundings.remark(failure(unfinished(), argv));
    process.exit(1);
  });
  const unwritten = watchOutputs();
  try {
    await byokCommand(surroundings).parseAsync(argv);
  } catch (error) {
    // A verdict that was printed tells more.
    exitCode ||= 1;
    surroundings.remark(failure(error, argv));
  }
  await Promise.all([process.stdout, process.stderr].map(written));
  const lost = unwritten();
  if (lost !== undefined) {
    exitCode ||= 1;
    surroundings.remark(failure(lost, argv));
  }
  // Nothing needs the connections that are still open.
  process.exit(exitCode);
}

/**
 * A result that cannot be written is no reason to stop in the middle of a change. `byok status
 *
 * head -1` closes the pipe early, and that is not a failure.
 *
 * @returns asks why the result was not written; undefined if it was, or if no reader wanted it
 */
function watchOutputs(): () => ByokError | undefined {
  let lost: ByokError | undefined;
  let closed = false;
  process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
    // After the first error, the stream repeats only that.
    closed ||= cause.code === 'EPIPE' || cause.code === 'ECONNRESET';
    lost ??= closed
      ? undefined
      : new ByokError('ERR_ARGUMENT', `standard output cannot be written: ${cause.message}`, {
          cause,
        });
  });
  process.stderr.on('error', () => undefined);
  return () => lost;
}

/** Resolves once everything written so far has gone out, or cannot. */
function written(output: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => output.write('', () => setImmediate(resolve)));
}

function unfinished(): ByokError {
  return new ByokError(
    'ERR_INTERNAL',
    'the command ended before its work was done, which is a defect of this program; check the key before you run it again',
  );
}

function failure(error: unknown, argv: readonly string[]): string {
  return asksForJson(argv) ? jsonError(error) : `byok: ${textOf(error)}\n`;
}

/** To standard output: a review is written to a file of its own. */
function asksForJson(argv: readonly string[]): boolean {
  return argv.includes('--json') && argv[2] !== 'review';
}

const defect = 'a defect of this program: ';

/** Only a stack trace has lines of its own. */
function textOf(error: unknown): string {
  const said = sentence(error);
  return said.startsWith(defect) ? said : oneLine(said);
}

/** The one translation of errors on the command line. */
function sentence(error: unknown): string {
  if (isOfSystem(error)) {
    return error.message;
  }
  if (!isByokError(error)) {
    return `${defect}${stackOf(error)}`;
  }
  const { attribute = '', message } = error;
  return isConnectionFlag(attribute) && !message.includes(attribute)
    ? `${message} (${attribute})`
    : message;
}

/** Of a file or port that no command named in words of its own. */
function isOfSystem(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}

function jsonError(error: unknown): string {
  const { code, attribute } = isByokError(error)
    ? error
    : ({
        code: isOfSystem(error) ? 'ERR_ARGUMENT' : 'ERR_INTERNAL',
        attribute: undefined,
      } satisfies Pick<ByokError, 'code' | 'attribute'>);
  return `${printableJson({ error: { code, attribute: fieldOf(attribute), message: sentence(error) } })}\n`;
}

void main(process.argv);
