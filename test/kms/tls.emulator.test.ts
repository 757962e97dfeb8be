/** Whom KmsClient trusts, and by which proxy it goes. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectKms } from '../../lib/kms/connect';
import type { ConnectionConfig } from '../../lib/kms/connection';
import { wording } from '../../lib/provider/wording';
import { Secret } from '../../lib/secret';
import {
  answering,
  clientOf,
  closeAfterTest,
  described,
  importRequest,
  keyId,
  listen,
  projectId,
  token,
} from './misbehaving-kms';

describe('over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'byok-tls-'));
  const host = 'kms.eu-test.example';
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=test',
      '-addext',
      `subjectAltName=DNS:${host},IP:127.0.0.1`,
      '-keyout',
      join(folder, 'key.pem'),
      '-out',
      join(folder, 'cert.pem'),
    ],
    { stdio: 'ignore' },
  );
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  const pair = {
    key: readFileSync(join(folder, 'key.pem')),
    cert: readFileSync(join(folder, 'cert.pem')),
  };
  const damaged = `# theirs\n${String(pair.cert).slice(0, 200)}\n-----END CERTIFICATE-----\n`;
  writeFileSync(join(folder, 'damaged.pem'), damaged);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function tlsServer(): Promise<{
    port: number;
    requests: () => number;
    connections: () => number;
  }> {
    let requests = 0;
    let connections = 0;
    const server = https.createServer(
      pair,
      answering((_, response) => {
        requests++;
        response.end(described);
      }),
    );
    server.on('secureConnection', () => connections++);
    const port = await listen(server);
    return { port, requests: () => requests, connections: () => connections };
  }

  /** A proxy that leads every host name to one port of this machine. */
  async function proxyTo(
    port: number,
    connects: string[],
    status = 200,
    server: Server = http.createServer(),
  ): Promise<number> {
    server.on('connect', (request: http.IncomingMessage, socket: Socket) => {
      connects.push(`${request.url} ${request.headers['proxy-authorization'] ?? '-'}`);
      socket.on('error', () => undefined);
      if (status !== 200) {
        socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
        return;
      }
      const target = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(target).pipe(socket);
      });
      target.on('error', () => socket.destroy());
      socket.on('close', () => target.destroy());
    });
    return listen(server);
  }

  test('trusts an authority of its own, and keeps the connection', async () => {
    const server = await tlsServer();
    const { client } = clientOf(`https://127.0.0.1:${server.port}`, { ca: pair.cert });
    await client.describeKey(keyId);
    await client.describeKey(keyId);
    expect([server.requests(), server.connections()]).toEqual([2, 1]);
  });

  test.each([
    [{ caFile: join(folder, 'cert.pem') }, {}],
    [{}, { BYOK_EXTRA_CA_CERTS: join(folder, 'cert.pem') }],
    [{ caFile: join(folder, 'cert.pem') }, { NODE_EXTRA_CA_CERTS: join(folder, 'missing.pem') }],
  ])('reads authorities as configured by %j and %j', async (config, env) => {
    const server = await tlsServer();
    const connection = {
      kmsEndpoint: `https://127.0.0.1:${server.port}`,
      projectId,
      authToken: Secret.fromText(token),
      ...config,
    };
    const client = connectKms(connection, env, { spelling: wording, now: () => new Date(0) });
    closeAfterTest(() => client.close());
    expect(await client.describeKey(keyId)).toMatchObject({ keyState: '2' });
  });

  test.each([
    ['missing.pem', /cannot be read/],
    ['key.pem', /holds no PEM certificate/],
    ['.', /cannot be read: it is a folder/],
    ['pipe', /cannot be read: it is a pipe; give the path of a regular file/],
    [`${'f1'.repeat(32)}`, /ca_file is no path but a text of 64 characters, which may be a secret/],
    ['damaged.pem', /damaged\.pem" holds no readable PEM certificate; get an undamaged copy/],
  ])('refuses %s as ca_file, also where no TLS is used', (name, message) => {
    const connection = {
      kmsEndpoint: 'http://127.0.0.1:1',
      projectId,
      authToken: Secret.fromText(token),
      caFile: /^[0-9a-f]+$/.test(name) ? name : join(folder, name),
    };
    expect(() => connectKms(connection, {}, { spelling: wording, now: () => new Date(0) })).toThrow(
      expect.objectContaining({
        code: 'ERR_CONFIGURATION',
        attribute: 'ca_file',
        message: expect.stringMatching(message),
      }),
    );
  });

  test('takes every certificate of a ca_file that can be read, also behind one that cannot', async () => {
    const caFile = join(folder, 'mixed.pem');
    writeFileSync(caFile, `${damaged}# ours\n${pair.cert}`);
    const server = await tlsServer();
    const connection = {
      kmsEndpoint: `https://127.0.0.1:${server.port}`,
      projectId,
      authToken: Secret.fromText(token),
      caFile,
    };
    const client = connectKms(connection, {}, { spelling: wording, now: () => new Date(0) });
    closeAfterTest(() => client.close());
    expect(await client.describeKey(keyId)).toMatchObject({ keyState: '2' });
  });

  test.each<[string, () => ConnectionConfig, () => Record<string, string>]>([
    ['ca_file', () => ({ caFile: String(pair.cert) }), () => ({})],
    [
      'ca_file, with Windows line ends',
      () => ({ caFile: String(pair.cert).replaceAll('\n', '\r\n') }),
      () => ({}),
    ],
    [
      'ca_file, with a remark before it',
      () => ({ caFile: `# our authority\n${pair.cert}` }),
      () => ({}),
    ],
    ['OS_CACERT', () => ({ cloud: 'opentelekomcloud' }), () => ({ OS_CACERT: String(pair.cert) })],
  ])('takes the content of the file in %s as well', async (_, config, env) => {
    const server = await tlsServer();
    const connection = {
      kmsEndpoint: `https://127.0.0.1:${server.port}`,
      projectId,
      authToken: Secret.fromText(token),
      ...config(),
    };
    const client = connectKms(connection, env(), { spelling: wording, now: () => new Date(0) });
    closeAfterTest(() => client.close());
    expect(await client.describeKey(keyId)).toMatchObject({ keyState: '2' });
  });

  test.each([
    ['without its line feeds', () => String(pair.cert).replaceAll('\n', ' ')],
    ['cut off', () => String(pair.cert).slice(0, 200)],
    [
      'behind a path that somebody prefixed',
      () => `../../../${String(pair.cert).replaceAll('\n', '').slice(0, 300)}`,
    ],
    ['with a character lost', () => String(pair.cert).replace(/\n(.)/, '\n')],
    ['a private key', () => String(pair.key)],
    ['Base64 without its frame', () => `${'QUJD'.repeat(2000)}`],
  ])('content that cannot be read, %s, is not shown: the path is asked for', (_, content) => {
    const caFile = content();
    const connection = {
      kmsEndpoint: 'https://127.0.0.1:1',
      projectId,
      authToken: Secret.fromText(token),
      caFile,
    };
    let thrown: unknown;
    try {
      connectKms(connection, {}, { spelling: wording, now: () => new Date(0) }).close();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      code: 'ERR_CONFIGURATION',
      attribute: 'ca_file',
      message: expect.stringMatching(/give the path of a PEM file$/),
    });
    expect((thrown as Error).message.length).toBeLessThan(250);
    expect((thrown as Error).message).not.toMatch(/BEGIN|MII|QUJD/);
  });

  test('says that a verification that somebody switched off goes on', async () => {
    const server = await tlsServer();
    const said: string[] = [];
    const connection = {
      cloud: 'opentelekomcloud',
      kmsEndpoint: `https://127.0.0.1:${server.port}`,
      projectId,
      authToken: Secret.fromText(token),
    };
    const client = connectKms(
      connection,
      { OS_INSECURE: 'true' },
      { spelling: wording, now: () => new Date(0), remark: (sentence) => said.push(sentence) },
    );
    closeAfterTest(() => client.close());
    await expect(client.describeKey(keyId)).rejects.toMatchObject({ attribute: 'ca_file' });
    expect(said).toEqual([
      expect.stringMatching(
        /^OS_INSECURE is set and not supported: certificates are always verified/,
      ),
    ]);
    expect(server.requests()).toBe(0);
  });

  test('asks IAM under the same authorities, through the same proxy', async () => {
    const asked: string[] = [];
    const iam = https.createServer(
      pair,
      answering((request, response, body) => {
        asked.push(
          `${request.method} ${request.url} ${request.headers.host} ${JSON.parse(body).auth.scope.project.name}`,
        );
        response
          .writeHead(201, { 'X-Subject-Token': token })
          .end(JSON.stringify({ token: { project: { id: projectId } } }));
      }),
    );
    const server = await tlsServer();
    const connects: string[] = [];
    const proxyPort = await proxyTo(await listen(iam), connects);
    const connection = {
      cloud: 'eu-test.example',
      region: 'de',
      userName: 'u',
      password: Secret.fromText('p'),
      domainName: 'd',
    };
    const env = {
      HTTPS_PROXY: `http://127.0.0.1:${proxyPort}`,
      NODE_EXTRA_CA_CERTS: 'missing.pem',
    };
    const kmsEndpoint = `https://127.0.0.1:${server.port}`;
    const options = {
      ...connection,
      kmsEndpoint,
      authUrl: `https://${host}/v3`,
      caFile: join(folder, 'cert.pem'),
    };
    const client = connectKms(options, env, { spelling: wording, now: () => new Date(0) });
    closeAfterTest(() => client.close());
    expect(await client.describeKey(keyId)).toMatchObject({ keyState: '2' });
    expect(asked).toEqual([`POST /v3/auth/tokens ${host} de`]);
    expect(connects).toEqual([`${host}:443 -`]);
  });

  test('refuses an unknown authority at once, names ca_file, and has sent nothing', async () => {
    const server = await tlsServer();
    const { client, delays } = clientOf(`https://127.0.0.1:${server.port}`);
    await expect(client.describeKey(keyId)).rejects.toMatchObject({
      code: 'ERR_CONFIGURATION',
      attribute: 'ca_file',
      message: expect.stringMatching(/127\.0\.0\.1.* is not trusted/),
    });
    expect([server.requests(), delays.length]).toEqual([0, 0]);
  });

  test('refuses a certificate of another name', async () => {
    const server = await tlsServer();
    const { client } = clientOf(`https://localhost:${server.port}`, { ca: pair.cert });
    await expect(client.describeKey(keyId)).rejects.toMatchObject({
      code: 'ERR_CONFIGURATION',
      message: expect.stringContaining('localhost'),
    });
    expect(server.requests()).toBe(0);
  });

  test('goes through the proxy of the environment, with its password, in one tunnel', async () => {
    const server = await tlsServer();
    const connects: string[] = [];
    const proxyPort = await proxyTo(server.port, connects);
    const env = {
      HTTPS_PROXY: `http://user:p%40ss@127.0.0.1:${proxyPort}`,
      NO_PROXY: 'other.example',
    };
    const { client } = clientOf(`https://${host}`, { ca: pair.cert, env });
    await client.describeKey(keyId);
    await client.describeKey(keyId);
    expect(connects).toEqual([`${host}:443 Basic ${Buffer.from('user:p@ss').toString('base64')}`]);
    expect([server.requests(), server.connections()]).toEqual([2, 1]);
  });

  test('speaks TLS to the proxy too when its URL says so', async () => {
    const server = await tlsServer();
    const connects: string[] = [];
    const proxyPort = await proxyTo(server.port, connects, 200, https.createServer(pair));
    const { client } = clientOf(`https://${host}`, {
      ca: pair.cert,
      env: { HTTPS_PROXY: `https://127.0.0.1:${proxyPort}` },
    });
    await client.describeKey(keyId);
    expect(connects).toEqual([`${host}:443 -`]);
  });

  test('checks the certificate through the proxy as well, before anything is sent', async () => {
    const server = await tlsServer();
    const proxyPort = await proxyTo(server.port, []);
    const { client } = clientOf(`https://${host}`, {
      env: { https_proxy: `127.0.0.1:${proxyPort}` },
    });
    await expect(client.describeKey(keyId)).rejects.toMatchObject({
      code: 'ERR_CONFIGURATION',
      attribute: 'ca_file',
    });
    expect(server.requests()).toBe(0);
  });

  test('a proxy that refuses is named without its password, and nothing was sent', async () => {
    const proxyPort = await proxyTo(1, [], 407);
    const { client } = clientOf(`https://${host}`, {
      env: { HTTPS_PROXY: `http://user:hunter2@127.0.0.1:${proxyPort}` },
      maxRetries: 0,
    });
    const error = await client.importKeyMaterial(importRequest).catch((thrown) => thrown);
    expect(error).toMatchObject({
      code: 'ERR_KMS_UNREACHABLE',
      sent: false,
      message: expect.stringContaining(`127.0.0.1:${proxyPort} answered 407`),
    });
    expect(error.message).not.toContain('hunter2');
  });
});
