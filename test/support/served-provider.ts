/**
 * The provider without the start of Node, which costs more than all the rest of a run. For each
 * process that Terraform wants it starts a small script, and the provider behind it runs here, in
 * the process of the test.
 *
 * To Terraform nothing is different: handshake, Shutdown and the end of a process are as in
 * production. To the provider nothing is, either: it has the script's process id, parent, folder
 * and environment, and its own memory for each process. What is missing is TLS, the bundle and its
 * start: a test whose subject they are takes the built provider.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import {
  executableName,
  type ProviderBundle,
  packageHash,
  packageVersion,
} from '../../lib/mirror/provider-bundle';
import { enterFolder } from './enter-folder';
import { serveProcess } from './served-process';

/** The script as a package of Terraform, with the version of the built provider. */
export function servedBundle(): ProviderBundle {
  const content = readFileSync(join(__dirname, 'served-provider.sh'));
  const version = packageVersion();
  const digest = createHash('sha256').update(content).digest('hex');
  const files = [{ name: executableName(version), content, digest }];
  return { version, h1: packageHash(files), files };
}

let listening: Promise<Server> | undefined;

/** Of every run of Terraform: where this process listens, and that nothing need be encrypted. */
export async function servedEnvironment(): Promise<Record<string, string>> {
  listening ??= listen();
  const { port } = (await listening).address() as AddressInfo;
  return { TEST_SERVED_BY: String(port), TF_DISABLE_PLUGIN_TLS: '1' };
}

async function listen(): Promise<Server> {
  const server = createServer((socket) => void serve(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

afterAll(async () => {
  (await listening)?.close();
});

async function serve(socket: Socket): Promise<void> {
  socket.on('error', () => {});
  const [pid, parentPid, folder = '', ...lines] = await greeting(socket);
  const env = Object.fromEntries(lines.map((line) => splitAt(line, line.indexOf('='))));
  try {
    const leave = enterFolder(
      folder,
      'where Terraform runs in two folders at once, take the built provider',
    );
    await serveProcess({ pid: Number(pid), parentPid: Number(parentPid), env, socket }).finally(
      leave,
    );
    socket.end();
  } catch (error) {
    // Terraform shows a first line that is no handshake.
    socket.end(`${error}\n`);
  }
}

const splitAt = (text: string, at: number) => [text.slice(0, at), text.slice(at + 1)] as const;

/** What the script says first, which ends with an empty text. */
function greeting(socket: Socket): Promise<string[]> {
  return new Promise((resolve) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.endsWith('\0\0')) {
        resolve(text.slice(0, -2).split('\0'));
      }
    });
  });
}
