/** Main of the `byok` command. The one place of the command line that reads the environment, argv, the clock and signals. */
import { homedir } from 'node:os';
import { type ByokError, isByokError, stackOf } from '../errors';
import { byokCommand } from './command';
import { flagFor } from './connection-flags';
import type { Surroundings } from './surroundings';

const parentPollMs = 500;

const surroundings: Surroundings = {
  env: process.env,
  homeFolder: homedir(),
  now: () => new Date(),
  print: (text) => process.stdout.write(text),
  remark: (text) => process.stderr.write(text),
  readInput: async (maxBytes = Number.POSITIVE_INFINITY) => {
    if (process.stdin.isTTY) {
      return undefined;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes) {
        break;
      }
    }
    const input = Buffer.concat(chunks);
    for (const chunk of chunks) {
      chunk.fill(0);
    }
    return input;
  },
  exitWith: (code) => {
    process.exitCode = code;
  },
  untilStopped: ({ withParent }) =>
    new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
        process.once(signal, resolve);
      }
      if (withParent) {
        // An orphan is given to another parent; nothing tells it so.
        const parent = process.ppid;
        setInterval(() => process.ppid !== parent && resolve('its parent ended'), parentPollMs).unref();
      }
    }),
};

async function main(argv: readonly string[]): Promise<void> {
  // `byok status | head -1` closes the pipe early, which is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  try {
    await byokCommand(surroundings).parseAsync(argv);
  } catch (error) {
    process.exitCode = 1;
    surroundings.remark(argv.includes('--json') ? jsonError(error) : `byok: ${sentence(error)}\n`);
  }
}

/** The one translation of errors on the command line. */
function sentence(error: unknown): string {
  if (error instanceof Error && 'syscall' in error) {
    // Of the operating system: a folder that may not be written, for example.
    return error.message;
  }
  if (!isByokError(error)) {
    return `a defect of this program: ${stackOf(error)}`;
  }
  const flag = flagFor(error.attribute);
  return flag === undefined ? error.message : `${error.message} (${flag})`;
}

function jsonError(error: unknown): string {
  const { code, attribute } = isByokError(error)
    ? error
    : ({ code: 'ERR_INTERNAL', attribute: undefined } satisfies Pick<ByokError, 'code' | 'attribute'>);
  return `${JSON.stringify({ error: { code, attribute, message: sentence(error) } })}\n`;
}

void main(process.argv);
