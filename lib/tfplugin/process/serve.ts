/**
 * The life of a provider process: handshake, service, end. stdout belongs to the handshake line.
 * Only what the handshake needs is loaded before it; the rest loads while Terraform connects.
 */
import { writeSync } from 'node:fs';
import type { Server } from 'node:net';
import { isByokError, stackOf } from '../../errors';
import { oneLine } from '../../printable';
import { createGrpcServer } from '../grpc/grpc-server';
import type { ProviderDefinition } from '../provider';
import { createServerIdentity, derOfPem } from './certificate';
import { handshakeLine, hostPid, readLaunch, startedByTerraform } from './handshake';
import { listenPrivately } from './listen';
import { jsonLogger, type Logger } from './log';
import { createWork, type Work } from './work';

export interface ServeOptions<Client> {
  /**
   * Local name of the provider: the prefix of its resource types, and the module of its log lines.
   */
  readonly name: string;
  readonly version: string;
  /** Called once, after the handshake. Use it for `require`. */
  readonly definition: () => ProviderDefinition<Client>;
  readonly env: NodeJS.ProcessEnv;
  readonly now: () => Date;
}

export const stdout = 1;
export const stderr = 2;
/** 128 + SIGTERM, as a shell reports it. */
const terminated = 143;
/** Short, so a socket path fits. */
const systemTempFolders = ['/tmp', '/var/tmp'];
const parentPollMs = 2000;
/**
 * A host connects as soon as it has read the handshake.
 * If none connects, the host may have been killed before we could see who it was.
 */
const firstConnectionMs = 20_000;
/** The minimum time that a change has if it must not be interrupted. */
const lastChangesMs = 60_000;

export interface Life {
  readonly stop: AbortController;
  readonly work: Work;
}

/**
 * Resolves when the handshake line is written.
 * The process ends by Shutdown, by a signal, or with its parent.
 */
export async function serve<Client>(options: ServeOptions<Client>): Promise<void> {
  const { env, now, name } = options;
  if (!startedByTerraform(env)) {
    writeLine(
      stderr,
      `This is the Terraform provider "${name}" ${options.version}. Terraform starts it. ` +
        'Started by hand it does nothing, except with --debug, for developers.',
    );
    process.exitCode = 1;
    return;
  }
  const life: Life = { stop: new AbortController(), work: createWork() };
  watchProcess(life, hostPid(env, process.ppid));
  try {
    await start(options, loggerFor(env, name, now), life);
  } catch (reason) {
    // Terraform shows the user any first line that is not a handshake.
    const problem = isByokError(reason) ? reason.message : stackOf(reason);
    writeLine(stdout, `provider ${name} cannot start: ${oneLine(problem)}`);
    process.exit(1);
  }
}

async function start<Client>(
  { definition, env, now, name, version }: ServeOptions<Client>,
  log: Logger,
  life: Life,
): Promise<void> {
  const launch = readLaunch(env);
  const { clientCertificate } = launch;
  const tls =
    clientCertificate === undefined
      ? undefined
      : { identity: createServerIdentity(now()), clientCertificate: derOfPem(clientCertificate) };
  // If the user interrupts Terraform twice, it sends Shutdown in the middle of a change.
  // Any other Shutdown interrupts nothing.
  const exit = () => void (life.work.isIdle ? process.exit(0) : endWhenIdle(life, 0));
  const service = once(() => loadService(definition, log, life, exit));
  const server = createGrpcServer({ tls, route: (path) => service()(path) });
  const listening = await listenPrivately(server as Server, {
    tempFolders: tempFoldersFor(env),
    allowTcp: tls !== undefined,
  });
  process.on('exit', listening.remove);
  if (!writeLine(stdout, handshakeLine(listening, tls?.identity.der, launch).trimEnd())) {
    // The host is gone, so no client will connect.
    process.exit(0);
  }
  const alone = setTimeout(() => process.exit(0), firstConnectionMs).unref();
  (server as Server).once('connection', () => clearTimeout(alone));
  setImmediate(service);
  log.log('debug', `serving provider ${name} ${version}`, {
    network: listening.network,
    tls: tls !== undefined,
    node: process.version,
  });
}

/** @param exit ends the process, when Terraform says Shutdown */
export function loadService<Client>(
  definition: () => ProviderDefinition<Client>,
  log: Logger,
  life: Life,
  exit: () => void,
) {
  const { providerRoutes } = require('../calls/routes') as typeof import('../calls/routes');
  const runtime = {
    definition: definition() as ProviderDefinition<unknown>,
    configured: undefined,
    ...life,
    log,
  };
  return providerRoutes(runtime, exit);
}

/** Interrupts what may be interrupted, and gives the rest a minute to finish. */
export async function endWhenIdle({ stop, work }: Life, code: number): Promise<void> {
  stop.abort();
  await work.idle(lastChangesMs);
  process.exit(code);
}

/** Ends this process whenever it is no longer needed, and tells the user about a crash. */
function watchProcess(life: Life, parent: number): void {
  watchForCrashes();
  // Ctrl-C reaches the whole process group. Terraform then sends StopProvider and waits for us.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => void endWhenIdle(life, terminated));
  }
  // stdin belongs to Terraform, so it says nothing about whether Terraform lives. The parent does.
  if (process.ppid !== parent) {
    process.exit(0);
  }
  const poll = setInterval(() => {
    if (process.ppid !== parent) {
      clearInterval(poll);
      void endWhenIdle(life, 0);
    }
  }, parentPollMs).unref();
}

export function watchForCrashes(): void {
  // Only the line that others read may reach stdout.
  console.log = console.info = console.debug = console.error;
  process.on('uncaughtException', crash);
  // Node's own message about a rejection repeats the rejected value.
  process.on('unhandledRejection', crash);
}

function crash(thrown: unknown): void {
  if ((thrown as NodeJS.ErrnoException | null | undefined)?.code !== 'EPIPE') {
    // Terraform looks for "panic: " and shows what follows.
    writeLine(stderr, `panic: ${stackOf(thrown)}`);
  }
  process.exit(1);
}

/** Terraform drops log lines unless TF_LOG asks for them, so we do not write them then. */
export function loggerFor(env: NodeJS.ProcessEnv, name: string, now: () => Date): Logger {
  const wanted = [env.TF_LOG, env.TF_LOG_PROVIDER].some(
    (level) => level !== undefined && level !== '' && level.toLowerCase() !== 'off',
  );
  return wanted
    ? jsonLogger(name, (line) => writeLine(stderr, line.trimEnd()), now)
    : { log: () => {} };
}

export function tempFoldersFor(env: NodeJS.ProcessEnv): readonly string[] {
  return [...(env.TMPDIR ? [env.TMPDIR] : []), ...systemTempFolders];
}

/** @returns false if the reader is gone */
export function writeLine(descriptor: number, line: string): boolean {
  return tryWriteLine(descriptor, line) === undefined;
}

/** @returns why it could not be written */
export function tryWriteLine(descriptor: number, line: string): NodeJS.ErrnoException | undefined {
  try {
    writeSync(descriptor, `${line}\n`);
    return undefined;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
