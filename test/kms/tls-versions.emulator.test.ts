/**
 * Which versions of TLS the KMS and a proxy may speak, and that they are verified, whatever the
 * environment allows: by the command, since Node reads it at its start.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as http from 'node:http';
import * as https from 'node:https';
import { connect, type Socket } from 'node:net';
import type { SecureVersion } from 'node:tls';
import { type ByokProcess, bundleByok } from '../cli/byok-process';
import { type Authority, createAuthority } from '../support/certificates';
import { answering, listen } from './misbehaving-kms';

let byok: ByokProcess;
let authority: Authority;

beforeAll(() => {
  byok = bundleByok();
  authority = createAuthority();
});

afterAll(() => {
  byok.remove();
  authority.remove();
});

/** Everything that OpenSSL still knows. */
const anyVersion = '--tls-min-v1.0 --tls-cipher-list=DEFAULT:@SECLEVEL=0';

const serverOptions = (names: string, version: SecureVersion) => ({
  ...authority.issue(names),
  minVersion: version,
  maxVersion: version,
  ciphers: 'DEFAULT:@SECLEVEL=0',
});

interface Asked {
  readonly port: number;
  readonly requests: string[];
}

async function kmsSpeaking(version: SecureVersion, names = 'IP:127.0.0.1'): Promise<Asked> {
  const requests: string[] = [];
  const server = https.createServer(
    serverOptions(names, version),
    answering((request, response) => {
      requests.push(String(request.url));
      response.end('{"key_details":[],"next_marker":""}');
    }),
  );
  return { port: await listen(server), requests };
}

async function proxyTo(port: number, server: http.Server | https.Server): Promise<Asked> {
  const requests: string[] = [];
  server.on('connect', (request: http.IncomingMessage, socket: Socket) => {
    requests.push(String(request.url));
    const target = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(target).pipe(socket);
    });
    target.on('error', () => socket.destroy());
    socket.on('error', () => undefined).on('close', () => target.destroy());
  });
  return { port: await listen(server), requests };
}

async function node(
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ status: number | null; stderr: string }> {
  const login = {
    HW_PROJECT_ID: '0123456789abcdef0123456789abcdef',
    HW_AUTH_TOKEN: 'a-token',
    HW_MAX_RETRIES: '0',
  };
  const child = spawn(process.execPath, args, {
    env: { ...login, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [status] = await once(child, 'close');
  return { status, stderr };
}

const status = (endpoint: string, env: Record<string, string>) =>
  node([byok.file, 'status', '--kms-endpoint', endpoint], env);
const withCaFile = (endpoint: string, env: Record<string, string>) =>
  node([byok.file, 'status', '--kms-endpoint', endpoint, '--ca-file', authority.caFile], env);

test.each([
  ['TLSv1', anyVersion],
  ['TLSv1.1', anyVersion],
  ['TLSv1.2', '--tls-min-v1.3'],
] as const)('%s is refused under %s, before anything is sent', async (version, options) => {
  const kms = await kmsSpeaking(version);
  const endpoint = `https://127.0.0.1:${kms.port}`;
  for (const run of [
    withCaFile(endpoint, { NODE_OPTIONS: options }),
    status(endpoint, { NODE_OPTIONS: options, NODE_EXTRA_CA_CERTS: authority.caFile }),
  ]) {
    expect(await run).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^byok: .*nothing was sent/),
    });
  }
  expect(kms.requests).toEqual([]);
});

test.each(['TLSv1', 'TLSv1.1'] as const)(
  '%s is refused behind a proxy, and from one',
  async (version) => {
    const old = await kmsSpeaking(version, 'IP:203.0.113.7');
    const current = await kmsSpeaking('TLSv1.3', 'IP:203.0.113.7');
    const plain = await proxyTo(old.port, http.createServer());
    const outdated = await proxyTo(
      current.port,
      https.createServer(serverOptions('IP:127.0.0.1', version)),
    );
    for (const proxy of [`http://127.0.0.1:${plain.port}`, `https://127.0.0.1:${outdated.port}`]) {
      const run = await withCaFile('https://203.0.113.7', {
        NODE_OPTIONS: anyVersion,
        HTTPS_PROXY: proxy,
      });
      expect(run).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/^byok: .*nothing was sent/),
      });
    }
    expect([old.requests, current.requests, plain.requests, outdated.requests]).toEqual([
      [],
      [],
      ['203.0.113.7:443'],
      [],
    ]);
  },
);

test.each([
  ['TLSv1.2', ''],
  ['TLSv1.3', ''],
  ['TLSv1.2', anyVersion],
  ['TLSv1.3', '--tls-min-v1.3'],
] as const)('%s is spoken under "%s"', async (version, options) => {
  const kms = await kmsSpeaking(version);
  const endpoint = `https://127.0.0.1:${kms.port}`;
  expect(await withCaFile(endpoint, { NODE_OPTIONS: options })).toEqual({ status: 0, stderr: '' });
  expect(kms.requests).toHaveLength(1);
});

test('a certificate of another name is refused although NODE_TLS_REJECT_UNAUTHORIZED is 0', async () => {
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' };
  const kms = await kmsSpeaking('TLSv1.3', 'DNS:localhost');
  const plain = await proxyTo(kms.port, http.createServer());
  const wrong = await proxyTo(
    kms.port,
    https.createServer(serverOptions('DNS:localhost', 'TLSv1.3')),
  );
  for (const run of [
    withCaFile(`https://127.0.0.1:${kms.port}`, env),
    status(`https://127.0.0.1:${kms.port}`, env),
    withCaFile('https://203.0.113.7', { ...env, HTTPS_PROXY: `http://localhost:${plain.port}` }),
    withCaFile('https://203.0.113.7', { ...env, HTTPS_PROXY: `https://127.0.0.1:${wrong.port}` }),
  ]) {
    expect(await run).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^byok: the certificate of .* is not trusted/),
    });
  }
  expect([kms.requests, wrong.requests]).toEqual([[], []]);
});

test('these servers can be talked to in old versions by whoever lets them', async () => {
  const kms = await kmsSpeaking('TLSv1.1');
  const script = `require('node:https').get('https://127.0.0.1:${kms.port}', (response) => response.resume())`;
  expect(
    await node(['-e', script], { NODE_OPTIONS: anyVersion, NODE_EXTRA_CA_CERTS: authority.caFile }),
  ).toMatchObject({ status: 0 });
  expect(kms.requests).toHaveLength(1);
});
