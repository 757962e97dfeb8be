/** What KmsClient does on the wire, against servers that misbehave in ways that the emulator does not. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectKms } from '../../lib/kms/connect';
import { KmsClient, type KmsClientOptions } from '../../lib/kms/kms-client';
import { isLostAnswer } from '../../lib/kms/lost-answer';
import { Secret } from '../../lib/secret';

const projectId = '0123456789abcdef0123456789abcdef';
const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';
const token = 'gAAAAABtest-token-that-nobody-may-see';
const login = { kind: 'token', authToken: Secret.fromText(token), names: 'auth_token' } as const;
const importRequest = { keyId, importToken: Secret.fromText('T'.repeat(300)), encryptedKeyMaterial: Buffer.alloc(256, 5) };

type Handler = (request: http.IncomingMessage, response: http.ServerResponse, body: string, count: number) => void;

const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) {
    close();
  }
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  closers.push(() => {
    for (const socket of sockets) {
      socket.destroy();
    }
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function answering(handler: Handler): http.RequestListener {
  let count = 0;
  return (request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => handler(request, response, body, count++));
  };
}

const ok = JSON.stringify({ key_info: { key_id: keyId, key_state: '2', origin: 'external' } });

interface Observed {
  readonly client: KmsClient;
  readonly delays: number[];
  readonly logged: string[];
}

function clientOf(endpoint: string, options: Partial<KmsClientOptions> = {}): Observed {
  const delays: number[] = [];
  const logged: string[] = [];
  let uptime = 0;
  const client = new KmsClient({
    endpoint: new URL(endpoint),
    project: { id: projectId },
    login,
    maxRetries: 2,
    now: () => new Date('2030-01-01T00:00:00Z'),
    random: () => 0.5,
    uptimeMs: () => uptime,
    sleep: async (ms) => {
      delays.push(ms);
      uptime += ms;
    },
    log: (...line) => logged.push(JSON.stringify(line)),
    ...options,
  });
  closers.push(() => client.close());
  return { client, delays, logged };
}

async function serving(handler: Handler, options: Partial<KmsClientOptions> = {}): Promise<Observed> {
  const port = await listen(http.createServer(answering(handler)));
  return clientOf(`http://127.0.0.1:${port}`, options);
}

test('sends the token, JSON and a sequence, to the path of the project, below the path of the endpoint', async () => {
  const seen: { method?: string | undefined; url?: string | undefined; headers: http.IncomingHttpHeaders; body: unknown }[] = [];
  const port = await listen(
    http.createServer(
      answering((request, response, body) => {
        seen.push({ method: request.method, url: request.url, headers: request.headers, body: JSON.parse(body) });
        response.end(ok);
      }),
    ),
  );
  const { client } = clientOf(`http://127.0.0.1:${port}/base/`, { newSequence: () => '919c82d4-8046-4722-9094-35c3c6524cff' });
  await client.describeKey(keyId);
  expect(seen).toEqual([
    {
      method: 'POST',
      url: `/base/v1.0/${projectId}/kms/describe-key`,
      headers: expect.objectContaining({ 'x-auth-token': token, 'content-type': 'application/json' }),
      body: { key_id: keyId, sequence: '919c82d4-8046-4722-9094-35c3c6524cff' },
    },
  ]);
});

test('names every request by another UUID', async () => {
  const sequences = new Set<string>();
  const { client } = await serving((_, response, body) => {
    sequences.add(JSON.parse(body).sequence);
    response.end(ok);
  });
  await client.describeKey(keyId);
  await client.describeKey(keyId);
  expect([...sequences]).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), expect.stringMatching(/^[0-9a-f-]{36}$/)]);
});

test('uses one connection for calls that follow each other', async () => {
  const ports = new Set<number | undefined>();
  const { client } = await serving((request, response) => {
    ports.add(request.socket.remotePort);
    response.end(ok);
  });
  for (let call = 0; call < 5; call++) {
    await client.describeKey(keyId);
  }
  expect(ports.size).toBe(1);
});

test('repeats a read after a broken connection, but not an import', async () => {
  const calls: string[] = [];
  const { client, delays } = await serving((request, response) => {
    calls.push(String(request.url?.split('/').at(-1)));
    if (calls.length === 2) {
      response.end(ok);
    } else {
      request.socket.destroy();
    }
  });
  expect(await client.describeKey(keyId)).toMatchObject({ keyState: '2' });
  expect(delays).toEqual([250]);
  const error = await client.importKeyMaterial(importRequest).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'ERR_KMS_UNREACHABLE', sent: true, message: expect.stringContaining('may have taken effect') });
  expect(isLostAnswer(error)).toBe(true);
  expect(calls).toEqual(['describe-key', 'describe-key', 'import-key-material']);
});

test('gives up a read after the last retry', async () => {
  let requests = 0;
  const { client } = await serving((request) => {
    requests++;
    request.socket.destroy();
  });
  await expect(client.describeKey(keyId)).rejects.toMatchObject({ code: 'ERR_KMS_UNREACHABLE' });
  expect(requests).toBe(3);
});

test('repeats an import that never left this machine, and says so when it gives up', async () => {
  const port = await listen(http.createServer());
  closers.pop()?.();
  const { client, delays } = clientOf(`http://127.0.0.1:${port}`);
  const error = await client.importKeyMaterial(importRequest).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'ERR_KMS_UNREACHABLE', sent: false, message: expect.stringContaining('nothing was sent') });
  expect(isLostAnswer(error)).toBe(false);
  expect(delays).toEqual([250, 500]);
});

test('repeats an import that was throttled, no earlier than Retry-After says', async () => {
  const { client, delays } = await serving((_, response, __, count) => {
    if (count === 0) {
      response.writeHead(429, { 'Retry-After': '3' }).end('{"error_msg":"throttled","error_code":"APIGW.0308"}');
    } else if (count === 1) {
      response.writeHead(429, { 'Retry-After': 'Tue, 01 Jan 2030 00:00:07 GMT' }).end();
    } else {
      response.end('{}');
    }
  });
  await client.importKeyMaterial(importRequest);
  expect(delays).toEqual([3250, 7500]);
});

/** Time that jumps to the next who wakes, once what was begun before has been answered. */
function virtualTime(): { uptimeMs: () => number; sleep: (ms: number) => Promise<void> } {
  let uptime = 0;
  const sleepers: { at: number; wake: () => void }[] = [];
  const timer = setInterval(() => {
    const next = sleepers.sort((a, b) => a.at - b.at).shift();
    uptime = Math.max(uptime, next?.at ?? uptime);
    next?.wake();
  }, 20);
  closers.push(() => clearInterval(timer));
  return { uptimeMs: () => uptime, sleep: (ms) => new Promise((wake) => sleepers.push({ at: uptime + ms, wake })) };
}

test('after a 429 every request of the client waits, and then they come one by one', async () => {
  const time = virtualTime();
  const begun: number[] = [];
  const { client } = await serving(
    (_, response, __, count) => {
      begun.push(time.uptimeMs());
      if (count === 0) {
        response.writeHead(429, { 'Retry-After': '10' }).end('{"error_msg":"throttled","error_code":"APIGW.0308"}');
      } else {
        response.end(ok);
      }
    },
    { ...time, maxRequestsPerSecond: 2 },
  );
  // The first two begin at once, and one of them is throttled; the others have booked later seconds by then.
  await Promise.all(Array.from({ length: 6 }, () => client.describeKey(keyId)));
  expect(begun.slice(0, 2)).toEqual([0, 0]);
  const resumed = begun.slice(2);
  expect(resumed).toHaveLength(5);
  for (const [index, start] of resumed.entries()) {
    expect(start).toBeGreaterThanOrEqual(10_000);
    expect(start - (resumed[index - 1] ?? 0)).toBeGreaterThanOrEqual(500);
  }
});

test('tags: a GET without a body, and lists of pairs to create, and only then to delete', async () => {
  const seen: unknown[] = [];
  const { client } = await serving((request, response, body) => {
    seen.push([request.method, request.url, request.headers['content-type'], body === '' ? undefined : JSON.parse(body)]);
    const tags = { tags: [{ key: 'team', value: 'shop' }, { key: '__proto__' }], existTagsNum: 2, sys_tags: [{ key: 'x', value: 'y' }] };
    request.method === 'GET' ? response.end(JSON.stringify(tags)) : response.writeHead(204).end();
  });
  const found = await client.getTags(keyId);
  expect(Object.entries(found)).toEqual([
    ['team', 'shop'],
    ['__proto__', ''],
  ]);
  await client.updateTags(keyId, { create: { team: 'cards', cost: '' }, delete: { old: '1' } });
  await client.updateTags(keyId, { create: {} });
  const path = `/v1.0/${projectId}/kms/${keyId}/tags`;
  const sequence = expect.any(String);
  expect(seen).toEqual([
    ['GET', path, undefined, undefined],
    [
      'POST',
      `${path}/action`,
      'application/json',
      {
        action: 'create',
        tags: [
          { key: 'team', value: 'cards' },
          { key: 'cost', value: '' },
        ],
        sequence,
      },
    ],
    ['POST', `${path}/action`, 'application/json', { action: 'delete', tags: [{ key: 'old', value: '1' }], sequence }],
  ]);
});

test('new keys go into the enterprise project, and lists show no others', async () => {
  const bodies: unknown[] = [];
  const { client } = await serving(
    (_, response, body) => {
      bodies.push(JSON.parse(body));
      response.end(JSON.stringify({ key_info: { key_id: keyId }, key_details: [] }));
    },
    { enterpriseProjectId: '0' },
  );
  await client.createKey({ keyAlias: 'orders' });
  await client.listKeys();
  expect(bodies).toEqual([
    expect.objectContaining({ key_alias: 'orders', enterprise_project_id: '0' }),
    expect.objectContaining({ key_spec: 'ALL', enterprise_project_id: '0' }),
  ]);
});

test.each([500, 502, 503, 504])('repeats a read after %d, but not an import', async (status) => {
  const statuses: number[] = [];
  const { client } = await serving((_, response, __, count) => {
    const answered = count === 1 ? 200 : status;
    statuses.push(answered);
    response.writeHead(answered, { 'X-Request-Id': 'req-1' }).end(answered === 200 ? ok : '<html>bad gateway</html>');
  });
  await client.describeKey(keyId);
  const error = await client.importKeyMaterial(importRequest).catch((thrown) => thrown);
  expect(error).toMatchObject({
    code: 'ERR_KMS_UNREACHABLE',
    status,
    apiCode: undefined,
    requestId: 'req-1',
    apiMessage: '<html>bad gateway</html>',
  });
  expect(isLostAnswer(error)).toBe(true);
  expect(statuses).toEqual([status, 200, status]);
});

test('takes the refusal of a repeated enable-key for what it is: the first one worked', async () => {
  const { client } = await serving((request, response, _, count) => {
    if (count === 0) {
      request.socket.destroy();
    } else {
      response.writeHead(400).end('{"error":{"error_code":"KMS.1201","error_msg":"The key is not disabled."}}');
    }
  });
  await client.enableKey(keyId);
  await expect(client.enableKey(keyId)).rejects.toMatchObject({ apiCode: 'KMS.1201' });
});

test('waits for a slow answer no longer than its timeout, before and within the body', async () => {
  const { client } = await serving(
    (_, response, __, count) => {
      if (count > 0) {
        response.writeHead(200, { 'Content-Length': '1000' });
        response.write('{');
      }
    },
    { timeoutMs: 150, maxRetries: 0 },
  );
  const message = expect.stringContaining('no answer within 150 ms');
  await expect(client.importKeyMaterial(importRequest)).rejects.toMatchObject({ code: 'ERR_KMS_UNREACHABLE', sent: true, message });
  await expect(client.importKeyMaterial(importRequest)).rejects.toMatchObject({ code: 'ERR_KMS_UNREACHABLE', sent: true, message });
});

test('stops a read at once when interrupted, and before its next attempt', async () => {
  const controller = new AbortController();
  const { client } = await serving(() => controller.abort());
  await expect(client.describeKey(keyId, { signal: controller.signal })).rejects.toMatchObject({ code: 'ERR_INTERRUPTED' });
  await expect(client.describeKey(keyId, { signal: controller.signal })).rejects.toMatchObject({ code: 'ERR_INTERRUPTED' });
});

test('stops while it waits to repeat', async () => {
  const controller = new AbortController();
  const port = await listen(http.createServer(answering((_, response) => response.writeHead(503).end())));
  const client = new KmsClient({
    endpoint: new URL(`http://127.0.0.1:${port}`),
    project: { id: projectId },
    login,
    now: () => new Date(0),
    random: () => 1,
    log: (_, message) => message.startsWith('repeating') && controller.abort(),
  });
  closers.push(() => client.close());
  await expect(client.describeKey(keyId, { signal: controller.signal })).rejects.toMatchObject({ code: 'ERR_INTERRUPTED' });
});

test('awaits the answer to a change although it was interrupted meanwhile', async () => {
  const controller = new AbortController();
  const { client } = await serving((_, response) => {
    controller.abort();
    response.end('{}');
  });
  await client.importKeyMaterial(importRequest, { signal: controller.signal });
  await expect(client.importKeyMaterial(importRequest, { signal: controller.signal })).rejects.toMatchObject({ code: 'ERR_INTERRUPTED' });
});

test('fails on a success that is not JSON, and takes it for lost where that counts', async () => {
  const { client } = await serving((_, response) => response.end('<html>login</html>'));
  const error = await client.createKey({ keyAlias: 'orders' }).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'ERR_KMS', status: 200, message: expect.stringContaining('key_info is missing') });
  expect(isLostAnswer(error)).toBe(true);
});

test.each(['{}', '', 'null', '<ok/>'])('does not look at what a successful import says: %j', async (body) => {
  const { client } = await serving((_, response) => response.end(body));
  await expect(client.importKeyMaterial(importRequest)).resolves.toBeUndefined();
});

test('does not follow a redirect, which would carry the token away', async () => {
  let requests = 0;
  const { client } = await serving((_, response) => {
    requests++;
    response.writeHead(307, { Location: '/elsewhere' }).end();
  });
  await expect(client.describeKey(keyId)).rejects.toMatchObject({ code: 'ERR_KMS', status: 307 });
  expect(requests).toBe(1);
});

test('fails on an answer that does not end', async () => {
  const { client } = await serving((_, response) => response.end(Buffer.alloc(5 * 1024 * 1024, 0x20)), { maxRetries: 0 });
  await expect(client.describeKey(keyId)).rejects.toMatchObject({ message: expect.stringContaining('longer than') });
});

test('lists all pages, of all specs, and no key twice', async () => {
  const asked: unknown[] = [];
  const pages = [
    { keys: ['a', 'b'], next: '2' },
    { keys: ['b', 'c'], next: '4' },
    { keys: ['d'], next: '' },
  ];
  const { client } = await serving((_, response, body, count) => {
    const { key_spec, marker } = JSON.parse(body);
    asked.push([key_spec, marker]);
    const page = pages[count];
    response.end(
      JSON.stringify({ key_details: page?.keys.map((id) => ({ key_id: id, key_state: '2', origin: 'kms' })), next_marker: page?.next }),
    );
  });
  expect((await client.listKeys()).map((key) => key.keyId)).toEqual(['a', 'b', 'c', 'd']);
  expect(asked).toEqual([
    ['ALL', undefined],
    ['ALL', '2'],
    ['ALL', '4'],
  ]);
});

test('fails on a list whose markers go round in circles', async () => {
  const { client } = await serving((_, response) => response.end('{"key_details":[],"next_marker":"1"}'));
  await expect(client.listKeys()).rejects.toMatchObject({ code: 'ERR_KMS', message: expect.stringContaining('does not end') });
});

test('an unknown key is a value, another 404 is not', async () => {
  const { client } = await serving((_, response, __, count) =>
    response
      .writeHead(404, { 'X-Request-Id': 'req-404' })
      .end(
        count === 0 ? '{"error":{"error_code":"KMS.0207","error_msg":"gone"}}' : '{"error_code":"APIGW.0101","error_msg":"no such API"}',
      ),
  );
  expect(await client.describeKey(keyId)).toBeUndefined();
  await expect(client.describeKey(keyId)).rejects.toMatchObject({ apiCode: 'APIGW.0101', requestId: 'req-404' });
});

test('shows no secret in errors or log lines, also when the other side sends everything back', async () => {
  const { client, logged } = await serving((request, response, body, count) => {
    const echo = `${request.headers['x-auth-token']} ${body}`;
    if (count === 0) {
      response.writeHead(400).end(JSON.stringify({ error: { error_code: 'KMS.0308', error_msg: echo } }));
    } else if (count === 1) {
      response.writeHead(502, { 'X-Request-Id': 'r' }).end(echo);
    } else {
      request.socket.end(`HTTP/1.1 ${echo}\r\n\r\n`);
    }
  });
  const errors = [];
  for (let call = 0; call < 3; call++) {
    errors.push(await client.importKeyMaterial(importRequest).catch((thrown) => thrown));
  }
  errors.push(await client.encryptData(keyId, 'a text nobody may see').catch((thrown) => thrown));
  expect(errors.every((error) => error instanceof Error)).toBe(true);
  const shown = [
    ...errors.flatMap((error) => [error.message, error.stack, String(error.cause?.message), JSON.stringify(error)]),
    ...logged,
  ].join('\n');
  expect(shown).toContain('[secret]');
  expect(shown).not.toContain(token);
  expect(shown).not.toContain('T'.repeat(50));
  expect(shown).not.toContain(importRequest.encryptedKeyMaterial.toString('base64').slice(0, 50));
  expect(shown).not.toContain('nobody may see');
});

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
  const pair = { key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'cert.pem')) };

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function tlsServer(): Promise<{ port: number; requests: () => number; connections: () => number }> {
    let requests = 0;
    let connections = 0;
    const server = https.createServer(
      pair,
      answering((_, response) => {
        requests++;
        response.end(ok);
      }),
    );
    server.on('secureConnection', () => connections++);
    const port = await listen(server);
    return { port, requests: () => requests, connections: () => connections };
  }

  /** A proxy that leads every host name to one port of this machine. */
  async function proxyTo(port: number, connects: string[], status = 200, server: Server = http.createServer()): Promise<number> {
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
    const connection = { kmsEndpoint: `https://127.0.0.1:${server.port}`, projectId, authToken: Secret.fromText(token), ...config };
    const client = connectKms(connection, env, { now: () => new Date(0) });
    closers.push(() => client.close());
    expect(await client.describeKey(keyId)).toMatchObject({ keyState: '2' });
  });

  test.each([
    ['missing.pem', /cannot be read/],
    ['key.pem', /holds no PEM certificate/],
  ])('refuses %s as ca_file', (name, message) => {
    const connection = { kmsEndpoint: 'https://127.0.0.1:1', projectId, authToken: Secret.fromText(token), caFile: join(folder, name) };
    expect(() => connectKms(connection, {}, { now: () => new Date(0) })).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIGURATION', attribute: 'ca_file', message: expect.stringMatching(message) }),
    );
  });

  test('asks IAM under the same authorities, through the same proxy', async () => {
    const asked: string[] = [];
    const iam = https.createServer(
      pair,
      answering((request, response, body) => {
        asked.push(`${request.method} ${request.url} ${request.headers.host} ${JSON.parse(body).auth.scope.project.name}`);
        response.writeHead(201, { 'X-Subject-Token': token }).end(JSON.stringify({ token: { project: { id: projectId } } }));
      }),
    );
    const server = await tlsServer();
    const connects: string[] = [];
    const proxyPort = await proxyTo(await listen(iam), connects);
    const connection = { cloud: 'eu-test.example', region: 'de', userName: 'u', password: Secret.fromText('p'), domainName: 'd' };
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxyPort}`, NODE_EXTRA_CA_CERTS: 'missing.pem' };
    const kmsEndpoint = `https://127.0.0.1:${server.port}`;
    const options = { ...connection, kmsEndpoint, authUrl: `https://${host}/v3`, caFile: join(folder, 'cert.pem') };
    const client = connectKms(options, env, { now: () => new Date(0) });
    closers.push(() => client.close());
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
    const env = { HTTPS_PROXY: `http://user:p%40ss@127.0.0.1:${proxyPort}`, NO_PROXY: 'other.example' };
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
    const { client } = clientOf(`https://${host}`, { ca: pair.cert, env: { HTTPS_PROXY: `https://127.0.0.1:${proxyPort}` } });
    await client.describeKey(keyId);
    expect(connects).toEqual([`${host}:443 -`]);
  });

  test('checks the certificate through the proxy as well, before anything is sent', async () => {
    const server = await tlsServer();
    const proxyPort = await proxyTo(server.port, []);
    const { client } = clientOf(`https://${host}`, { env: { https_proxy: `127.0.0.1:${proxyPort}` } });
    await expect(client.describeKey(keyId)).rejects.toMatchObject({ code: 'ERR_CONFIGURATION', attribute: 'ca_file' });
    expect(server.requests()).toBe(0);
  });

  test('a proxy that refuses is named without its password, and nothing was sent', async () => {
    const proxyPort = await proxyTo(1, [], 407);
    const { client } = clientOf(`https://${host}`, { env: { HTTPS_PROXY: `http://user:hunter2@127.0.0.1:${proxyPort}` }, maxRetries: 0 });
    const error = await client.importKeyMaterial(importRequest).catch((thrown) => thrown);
    expect(error).toMatchObject({
      code: 'ERR_KMS_UNREACHABLE',
      sent: false,
      message: expect.stringContaining(`127.0.0.1:${proxyPort} answered 407`),
    });
    expect(error.message).not.toContain('hunter2');
  });
});
