/**
 * Reads what another program hands over in a pipe. It waits by the event loop, so that a signal can
 * end the wait: a read that blocks sits in a thread, and Node waits for its threads before it ends.
 */
import type { Readable } from 'node:stream';
import { stopped } from '../stopped';

export interface StreamOptions {
  /** For the message of an interruption, for example "standard input". */
  readonly source: string;
  readonly signal?: AbortSignal | undefined;
  /** Reading stops soon after this many bytes, so that the caller can refuse. @default no limit */
  readonly maxBytes?: number | undefined;
}

/**
 * A pipe that was opened without blocking. If it has no writer yet, its end is not its end: the
 * stream waits for one.
 *
 * @param pipe closed with the stream
 */
export function streamOf(pipe: number): Readable {
  const { Socket } = require('node:net') as typeof import('node:net');
  return new Socket({ fd: pipe, readable: true, writable: false });
}

/** @throws ByokError ERR_INTERRUPTED, ERR_TIMEOUT, and the error of the stream */
export async function readStream(
  stream: Readable,
  { source, signal, maxBytes = Number.POSITIVE_INFINITY }: StreamOptions,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  // Material is read before anything is changed.
  const onAbort = (): void =>
    void stream.destroy(stopped(signal, `reading ${source}`, { effect: 'nothing was changed' }));
  signal?.addEventListener('abort', onAbort);
  try {
    if (signal?.aborted) {
      onAbort();
    }
    for await (const piece of stream as AsyncIterable<Buffer>) {
      pieces.push(piece);
      size += piece.length;
      if (size > maxBytes) {
        break;
      }
    }
    return Buffer.concat(pieces);
  } finally {
    signal?.removeEventListener('abort', onAbort);
    for (const piece of pieces) {
      piece.fill(0);
    }
  }
}
