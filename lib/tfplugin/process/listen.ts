/**
 * Where the server listens: a unix socket in a private temp folder, or else TCP on loopback.
 * It leaves nothing behind.
 */
import { chmodSync, mkdtempSync, rmdirSync, unlinkSync } from 'node:fs';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { ByokError } from '../../errors';
import type { Endpoint } from './handshake';

/** sockaddr_un holds 108 bytes on Linux and 104 on macOS, including the terminating zero. */
const maxSocketPathBytes = process.platform === 'darwin' ? 103 : 107;

export interface Listening extends Endpoint {
  /** Synchronous, because it runs while the process exits. A second call does no harm. */
  remove(): void;
}

export interface ListenOptions {
  /** Temp folders to try, in this order. A long path does not fit into a socket address. */
  readonly tempFolders: readonly string[];
  /**
   * Only with TLS: every user of the machine can reach a port,
   * but only the owner reaches a socket in a 0700 folder.
   */
  readonly allowTcp: boolean;
}

/** @throws ByokError ERR_CONFIGURATION when neither way works */
export async function listenPrivately(
  server: Server,
  { tempFolders, allowTcp }: ListenOptions,
): Promise<Listening> {
  for (const folder of tempFolders) {
    const listening = await tryUnixSocket(server, folder);
    if (listening !== undefined) {
      return listening;
    }
  }
  if (!allowTcp) {
    throw new ByokError(
      'ERR_CONFIGURATION',
      `no unix socket can be made in ${tempFolders.join(', ')}, and without TLS there is no ` +
        'other way; set TMPDIR to a writable folder with a short path',
    );
  }
  return listenOnLoopback(server);
}

async function tryUnixSocket(server: Server, tempFolder: string): Promise<Listening | undefined> {
  let folder: string;
  try {
    folder = mkdtempSync(join(tempFolder, 'plugin-'));
    chmodSync(folder, 0o700);
  } catch {
    return undefined;
  }
  const address = join(folder, 's.sock');
  const remove = () => {
    quietly(() => unlinkSync(address));
    quietly(() => rmdirSync(folder));
  };
  if (Buffer.byteLength(address) > maxSocketPathBytes) {
    remove();
    return undefined;
  }
  try {
    await listen(server, { path: address });
  } catch {
    remove();
    return undefined;
  }
  return { network: 'unix', address, remove };
}

async function listenOnLoopback(server: Server): Promise<Listening> {
  try {
    await listen(server, { host: '127.0.0.1', port: 0 });
  } catch (cause) {
    throw new ByokError(
      'ERR_CONFIGURATION',
      'the provider can listen neither on a unix socket nor on a port of 127.0.0.1; set TMPDIR to a writable folder',
      { cause },
    );
  }
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { network: 'tcp', address: `127.0.0.1:${port}`, remove: () => {} };
}

function listen(
  server: Server,
  where: { path: string } | { host: string; port: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // It was removed before, or never existed.
  }
}
