/**
 * Plays Terraform towards one provider process: starts it, waits for the handshake line, connects
 * with a client certificate, and asks for the schema. Only plain Node on this side, so that the
 * provider is timed and no gRPC library.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import { performance } from 'node:perf_hooks';
import { connect as connectTls } from 'node:tls';
import type { ServerIdentity } from '../lib/tfplugin/process/certificate';
import { cleanEnvironment, run, start } from './children';

/** Version 1 of go-plugin, as Terraform 1.11 sets it for every provider. */
const launchContract = {
  TF_PLUGIN_MAGIC_COOKIE: 'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2',
  PLUGIN_PROTOCOL_VERSIONS: '5,6',
};

const schemaMethod = '/tfplugin6.Provider/GetProviderSchema';
const shutdownMethod = '/plugin.GRPCController/Shutdown';
/** One gRPC message of no bytes: both requests are empty. */
const emptyMessage = Buffer.alloc(5);

/**
 * Time of `node -e 0` with the `node` on PATH, as the launcher runs it, and without
 * NODE_EXTRA_CA_CERTS: Node 20 parses that file at every start, which the launcher avoids.
 */
export async function timeBareNode(): Promise<number> {
  const { milliseconds } = await run('node', ['-e', '0'], {
    env: cleanEnvironment({ NODE_EXTRA_CA_CERTS: undefined }),
  });
  return milliseconds;
}

/**
 * @param executable path of the provider
 * @param client identity, PEM
 * @returns both from spawn
 * @throws Error when the answers are not those of our provider
 */
export async function timeProviderStart(
  executable: string,
  client: ServerIdentity,
): Promise<{ handshakeMs: number; schemaMs: number }> {
  const env = cleanEnvironment({ ...launchContract, PLUGIN_CLIENT_CERT: client.certificate });
  const began = performance.now();
  const child = start(executable, [], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const fields = (await firstLine(child)).split('|');
  const handshakeMs = performance.now() - began;
  if (fields[1] !== '6' || fields[4] !== 'grpc') {
    throw new Error(`the provider's first line is no handshake of protocol 6: ${fields.join('|')}`);
  }
  const session = connectWithCertificate(fields, client);
  try {
    const schema = await call(session, schemaMethod);
    const schemaMs = performance.now() - began;
    if (!schema.includes('byok_external_key') || !schema.includes('byok_key_material')) {
      throw new Error('the schema answer names none of our resources');
    }
    await call(session, shutdownMethod);
    await ended;
    return { handshakeMs, schemaMs };
  } finally {
    session.destroy();
    child.kill();
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.includes('\n')) {
        resolve(text.slice(0, text.indexOf('\n')));
      }
    });
    child.once('error', reject);
    child.once('close', (code) =>
      reject(new Error(`the provider ended with ${code} and without a handshake: ${text}`)),
    );
  });
}

/** @param fields of the handshake line */
function connectWithCertificate(
  [, , network, address = '', , certificate = '']: readonly string[],
  client: ServerIdentity,
): ClientHttp2Session {
  const colon = address.lastIndexOf(':');
  const where =
    network === 'unix'
      ? { path: address }
      : { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
  const ca = `-----BEGIN CERTIFICATE-----\n${certificate.match(/.{1,64}/g)?.join('\n')}${'='.repeat(-certificate.length & 3)}\n-----END CERTIFICATE-----\n`;
  return connect('https://localhost', {
    createConnection: () =>
      connectTls({
        ...where,
        ca,
        key: client.key,
        cert: client.certificate,
        servername: 'localhost',
        ALPNProtocols: ['h2'],
      }),
  });
}

/** @returns the body, with the five bytes of its frame */
function call(session: ClientHttp2Session, path: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const chunks: Buffer[] = [];
    let status = 'none';
    const take = (headers: IncomingHttpHeaders) => {
      status = String(headers['grpc-status'] ?? status);
    };
    session.once('error', reject);
    stream.once('error', reject);
    stream.on('response', take);
    stream.on('trailers', take);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.once('close', () => {
      session.off('error', reject);
      if (status === '0') {
        resolve(Buffer.concat(chunks));
      } else {
        reject(new Error(`${path} was answered with gRPC status ${status}`));
      }
    });
    stream.end(emptyMessage);
  });
}
