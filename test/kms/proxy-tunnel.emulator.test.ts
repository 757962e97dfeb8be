/**
 * Whom KmsClient trusts behind a proxy, whose name must never count for the KMS, and what becomes
 * of a proxy that does not do as it should.
 */
import * as http from 'node:http';
import * as https from 'node:https';
import { connect, type Socket } from 'node:net';
import { type Authority, createAuthority } from '../support/certificates';
import {
  answering,
  clientOf,
  described,
  drip,
  importRequest,
  keyId,
  listen,
  type RawAnswer,
  rawServer,
} from './misbehaving-kms';

let authority: Authority;

beforeAll(() => {
  authority = createAuthority();
});

afterAll(() => authority.remove());

interface Kms {
  readonly port: number;
  /** Whatever reached it: a request, with its token. */
  readonly requests: string[];
}

async function kmsNamed(names: string): Promise<Kms> {
  const requests: string[] = [];
  const server = https.createServer(
    authority.issue(names),
    answering((request, response) => {
      requests.push(`${request.headers.host} ${request.headers['x-auth-token']}`);
      response.end(described);
    }),
  );
  return { port: await listen(server), requests };
}

/** Leads every host to one port of this machine. */
async function proxyTo(
  port: number,
  connects: string[] = [],
  server: http.Server | https.Server = http.createServer(),
): Promise<number> {
  server.on('connect', (request: http.IncomingMessage, socket: Socket) => {
    connects.push(String(request.url));
    const target = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(target).pipe(socket);
    });
    target.on('error', () => socket.destroy());
    socket.on('error', () => undefined).on('close', () => target.destroy());
  });
  return listen(server);
}

const endpoints: readonly (readonly [endpoint: string, name: string, authorityForm: string])[] = [
  ['https://203.0.113.7', 'IP:203.0.113.7', '203.0.113.7:443'],
  ['https://[2001:db8::1]:8443', 'IP:2001:db8::1', '[2001:db8::1]:8443'],
  ['https://kms.eu-test.example', 'DNS:kms.eu-test.example', 'kms.eu-test.example:443'],
];

/** How the proxy is named, and what its own certificate would say. */
const proxies = ['127.0.0.1', 'localhost'] as const;

const cases = endpoints.flatMap(([endpoint, name, form]) =>
  proxies.map((proxy) => [endpoint, proxy, name, form] as const),
);

test.each(cases)(
  '%s behind the proxy %s is asked when its certificate says %s',
  async (endpoint, proxy, name, form) => {
    const kms = await kmsNamed(name);
    const connects: string[] = [];
    const port = await proxyTo(kms.port, connects);
    const { client } = clientOf(endpoint, {
      ca: authority.ca,
      env: { HTTPS_PROXY: `http://${proxy}:${port}` },
    });
    expect(await client.describeKey(keyId)).toMatchObject({ keyState: '2' });
    expect(connects).toEqual([form]);
    expect(kms.requests).toHaveLength(1);
  },
);

test.each(cases)(
  '%s behind the proxy %s gets nothing when its certificate says anything but %s',
  async (endpoint, proxy, name) => {
    const others = [
      'DNS:localhost',
      'IP:127.0.0.1',
      'DNS:localhost,IP:127.0.0.1,IP:::1,DNS:*.example',
      ...endpoints.map(([, other]) => other),
    ];
    for (const other of new Set(others.filter((one) => one !== name))) {
      const kms = await kmsNamed(other);
      const port = await proxyTo(kms.port);
      const { client } = clientOf(endpoint, {
        ca: authority.ca,
        env: { HTTPS_PROXY: `http://${proxy}:${port}` },
      });
      for (const call of [
        () => client.describeKey(keyId),
        () => client.importKeyMaterial(importRequest),
      ]) {
        await expect(call()).rejects.toMatchObject({
          code: 'ERR_CONFIGURATION',
          attribute: 'ca_file',
          message: expect.stringContaining('is not trusted'),
        });
      }
      expect([other, kms.requests]).toEqual([other, []]);
    }
  },
);

test.each(proxies)(
  'the certificate of an https proxy is checked against the name of the proxy, %s',
  async (proxy) => {
    const own = proxy === 'localhost' ? 'DNS:localhost' : 'IP:127.0.0.1';
    const wrong = [
      'IP:203.0.113.7',
      'DNS:kms.eu-test.example',
      proxy === 'localhost' ? 'IP:127.0.0.1' : 'DNS:localhost',
    ];
    for (const [endpoint, name] of endpoints.slice(1)) {
      for (const proxyName of [own, ...wrong]) {
        const kms = await kmsNamed(name);
        const connects: string[] = [];
        const port = await proxyTo(
          kms.port,
          connects,
          https.createServer(authority.issue(proxyName)),
        );
        const env = { HTTPS_PROXY: `https://u:hunter2@${proxy}:${port}` };
        const { client } = clientOf(endpoint, { ca: authority.ca, env });
        const outcome = await client.describeKey(keyId).catch((thrown) => thrown);
        if (proxyName === own) {
          expect(outcome).toMatchObject({ keyState: '2' });
        } else {
          // Not even the password of the proxy was sent.
          expect([proxyName, connects, kms.requests]).toEqual([proxyName, [], []]);
          expect(outcome).toMatchObject({
            code: 'ERR_CONFIGURATION',
            message: expect.stringContaining(`the proxy ${proxy}:${port}`),
          });
        }
      }
    }
  },
);

const established = 'HTTP/1.1 200 Connection established\r\n\r\n';
const upgrade =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

const writing =
  (text: string): RawAnswer =>
  (socket) =>
    socket.write(text);
const ending =
  (text: string): RawAnswer =>
  (socket) =>
    socket.end(text);

const brokenProxies: Readonly<Record<string, readonly [RawAnswer, message: RegExp]>> = {
  'answers 101': [writing(upgrade), / answered 101 to CONNECT /],
  'answers 101 to nothing': [
    writing('HTTP/1.1 101 Switching Protocols\r\n\r\n'),
    / answered 101 to CONNECT /,
  ],
  'answers 100': [drip('HTTP/1.1 100 Continue\r\n\r\n', 0), / answered 100 to CONNECT /],
  'answers 204': [writing('HTTP/1.1 204 No Content\r\n\r\n'), / answered 204 to CONNECT /],
  'answers 302': [
    ending('HTTP/1.1 302 Found\r\nLocation: https://login.example/\r\n\r\n'),
    / answered 302 to CONNECT /,
  ],
  'answers 407': [
    ending('HTTP/1.1 407 No\r\nContent-Length: 2\r\n\r\nno'),
    / answered 407 to CONNECT /,
  ],
  'answers 200 with a body': [
    writing('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
    / and then spoke itself/,
  ],
  'answers 200 with a body without end': [
    drip('<p>', 20, established),
    / did not let TLS be set up: |and then spoke itself/,
  ],
  'answers 200 and ends': [ending(established), / did not let TLS be set up: /],
  'answers 200 and resets': [
    (socket) => socket.write(established, () => socket.resetAndDestroy()),
    / did not let TLS be set up: /,
  ],
  'answers 200 and is silent': [writing(established), / did not let TLS be set up within 400 ms/],
  'answers garbage': [writing('SSH-2.0-OpenSSH_9.9\r\n'), / cannot be used: Parse Error/],
  'ends at once': [ending(''), / cannot be used: socket hang up/],
  'resets at once': [(socket) => socket.resetAndDestroy(), / cannot be used: /],
  'drips headers without end': [
    drip('X-A: b\r\n', 20, 'HTTP/1.1 200 OK\r\n'),
    / did not answer within 400 ms/,
  ],
  'sends headers beyond measure': [
    drip(`X-A: ${'b'.repeat(5000)}\r\n`, 0, 'HTTP/1.1 200 OK\r\n'),
    / cannot be used: .*overflow/,
  ],
  'is silent': [writing(''), / did not answer within 400 ms/],
};

test.each(Object.entries(brokenProxies))(
  'a proxy that %s is named, and nothing was sent',
  async (_name, [answer, message]) => {
    const proxy = await rawServer(answer);
    const env = { HTTPS_PROXY: `http://user:hunter2@127.0.0.1:${proxy.port}` };
    const { client } = clientOf('https://203.0.113.7', {
      env,
      timeoutMs: String(message).includes('400 ms') ? 400 : 60_000,
      maxRetries: 0,
    });
    for (const call of [
      () => client.describeKey(keyId),
      () => client.importKeyMaterial(importRequest),
    ]) {
      const error = await call().catch((thrown) => thrown);
      expect(error).toMatchObject({
        code: 'ERR_KMS_UNREACHABLE',
        sent: false,
        message: expect.stringMatching(message),
      });
      expect(error.message).toContain(`the proxy 127.0.0.1:${proxy.port} `);
      expect(error.message).not.toMatch(/hunter2|\n/);
    }
    await proxy.allClosed();
  },
);

test.each(['answers 200 and is silent', 'drips headers without end', 'is silent'])(
  'a read is interrupted at once although its proxy %s, and a closed client leaves no connection',
  async (name) => {
    const [answer] = brokenProxies[name] ?? [];
    const controller = new AbortController();
    const proxy = await rawServer((socket) => {
      answer?.(socket);
      setTimeout(() => controller.abort(), 50);
    });
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    const { client } = clientOf('https://203.0.113.7', { env, timeoutMs: 600_000 });
    await expect(client.describeKey(keyId, { signal: controller.signal })).rejects.toMatchObject({
      code: 'ERR_INTERRUPTED',
    });
    client.close();
    await proxy.allClosed();
  },
);
