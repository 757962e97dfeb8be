/**
 * The provider started by hand, in a debugger: it prints what makes Terraform attach to it
 * (TF_REATTACH_PROVIDERS of go-plugin) and serves until it is interrupted. Nothing here is loaded
 * when Terraform starts the provider.
 */
import type { Server } from 'node:net';
import { resolve } from 'node:path';
import { ByokError, isByokError, stackOf } from '../../errors';
import { oneLine } from '../../printable';
import { createGrpcServer } from '../grpc/grpc-server';
import { type Endpoint, terraformProtocol } from './handshake';
import { listenPrivately } from './listen';
import type { Logger } from './log';
import {
  endWhenIdle,
  type Life,
  loadService,
  loggerFor,
  type ServeOptions,
  stderr,
  stdout,
  tempFoldersFor,
  tryWriteLine,
  watchForCrashes,
  writeLine,
} from './serve';
import { createWork } from './work';

export interface AttachedOptions<Client> extends ServeOptions<Client> {
  /** Source address of the provider, as configurations name it. */
  readonly address: string;
}

type Service = ReturnType<typeof loadService>;

/** Resolves when Terraform can attach; the process ends by a signal. */
export async function serveAttached<Client>(options: AttachedOptions<Client>): Promise<void> {
  const { env, name, now, version, address } = options;
  watchForCrashes();
  const interrupted = new AbortController();
  const life: Life = { stop: interrupted, work: createWork() };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => void endWhenIdle(life, 0));
  }
  try {
    const serviceOf = servicePerConnection(options, loggerFor(env, name, now), life);
    const server = createGrpcServer({
      tls: undefined,
      route: (path, connection) => serviceOf(connection)(path),
    }) as Server;
    // Without TLS, so in a socket that only this user can reach, and on no port.
    const listening = await listenPrivately(server, {
      // Terraform may run in another folder.
      tempFolders: tempFoldersFor(env).map((folder) => resolve(folder)),
      allowTcp: false,
    });
    process.on('exit', listening.remove);
    requireWritten(tryWriteLine(stdout, exportLine(address, listening, process.pid)));
    writeLine(
      stderr,
      `Provider ${name} ${version} waits for Terraform; Ctrl-C ends it. ` +
        'Run the line above in the shell in which you run Terraform.',
    );
  } catch (reason) {
    writeLine(
      stderr,
      `provider ${name} cannot start: ${oneLine(isByokError(reason) ? reason.message : stackOf(reason))}`,
    );
    process.exit(1);
  }
}

/** Without that line, Terraform would never come. */
function requireWritten(fault: NodeJS.ErrnoException | undefined): void {
  if (fault !== undefined) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `standard output does not take the line that Terraform needs (${fault.code}); ` +
        'start it in a terminal, or with standard output in a file that can be written',
      { cause: fault },
    );
  }
}

/** For a POSIX shell. `Test` keeps Terraform from ending a process that it did not start. */
export function exportLine(
  address: string,
  { network, address: place }: Endpoint,
  pid: number,
): string {
  const reattach = {
    [address]: {
      Protocol: 'grpc',
      ProtocolVersion: terraformProtocol,
      Pid: pid,
      Test: true,
      Addr: { Network: network, String: place },
    },
  };
  return `export TF_REATTACH_PROVIDERS='${JSON.stringify(reattach).replaceAll("'", "'\\''")}'`;
}

/**
 * Terraform connects once for each process that it would have started: so every provider block has
 * a configuration of its own here, too, and what stops one command stops no later one. A connection
 * that closes is a Terraform that is gone.
 */
function servicePerConnection<Client>(
  { definition }: ServeOptions<Client>,
  log: Logger,
  { stop: interrupted, work }: Life,
) {
  const services = new WeakMap<object, Service>();
  const stops = new Set<AbortController>();
  interrupted.signal.addEventListener('abort', () => {
    for (const stop of stops) {
      stop.abort();
    }
  });
  return (connection: { once(event: 'close', listener: () => void): unknown }): Service => {
    const known = services.get(connection);
    if (known !== undefined) {
      return known;
    }
    const stop = new AbortController();
    stops.add(stop);
    connection.once('close', () => {
      stops.delete(stop);
      stop.abort();
    });
    // Shutdown is for processes that Terraform started.
    const service = loadService(definition, log, { stop, work }, () => {});
    services.set(connection, service);
    return service;
  };
}
