/**
 * HTTP servers on loopback that answer as the emulator never does, and clients for them. All of it
 * is closed after each test.
 */
import { once } from 'node:events';
import * as http from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { KmsClient, type KmsClientOptions } from '../../lib/kms/kms-client';
import { wording } from '../../lib/provider/wording';
import { Secret } from '../../lib/secret';
import type { ServerIdentity } from '../support/certificates';

export const projectId = '0123456789abcdef0123456789abcdef';
export const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';
export const token = 'gAAAAABtest-token-that-nobody-may-see';
export const login = {
  kind: 'token',
  authToken: Secret.fromText(token),
  names: 'auth_token',
} as const;
export const importRequest = {
  keyId,
  importToken: Secret.fromText('T'.repeat(300)),
  encryptedKeyMaterial: Buffer.alloc(256, 5),
};

/** Answers describe-key. */
export const described = JSON.stringify({
  key_info: { key_id: keyId, key_state: '2', origin: 'external' },
});

/** @param count of the requests before */
export type Handler = (
  request: http.IncomingMessage,
  response: http.ServerResponse,
  body: string,
  count: number,
) => void;

const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) {
    close();
  }
});

export function closeAfterTest(close: () => void): void {
  closers.push(close);
}

/**
 * What a server, or a proxy, does with a connection once it was asked something; it may write for
 * ever.
 */
export type RawAnswer = (socket: Socket) => void;

export interface RawServer {
  readonly port: number;
  /** Those that a client has not closed. */
  readonly open: ReadonlySet<Socket>;
  /** Resolves when there is none. */
  allClosed(): Promise<void>;
}

/**
 * A server without any notion of HTTP. @param answer of each connection, when its first bytes have
 * come
 */
export async function rawServer(answer: RawAnswer, identity?: ServerIdentity): Promise<RawServer> {
  const open = new Set<Socket>();
  const accept = (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      open.delete(socket);
      server.emit('gone');
    });
    socket.on('end', () => socket.end());
    socket.once('data', () => {
      answer(socket);
      socket.resume();
    });
  };
  const server =
    identity === undefined
      ? createServer({ allowHalfOpen: true }, accept)
      : createTlsServer(identity, accept);
  const port = await listen(server);
  const allClosed = async (): Promise<void> => {
    while (open.size > 0) {
      await once(server, 'gone');
    }
  };
  return { port, open, allClosed };
}

/**
 * A piece again and again, for as long as the other side takes it. @param pauseMs 0: as fast as it
 * goes
 */
export function drip(piece: string, pauseMs: number, first = ''): RawAnswer {
  return (socket) => {
    socket.write(first);
    const timer = setInterval(() => socket.writable && socket.write(piece), pauseMs);
    socket.on('close', () => clearInterval(timer));
  };
}

/** @returns its port */
export async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  closeAfterTest(() => {
    for (const socket of sockets) {
      socket.destroy();
    }
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

export function answering(handler: Handler): http.RequestListener {
  let count = 0;
  return (request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => handler(request, response, body, count++));
  };
}

export interface Observed {
  readonly client: KmsClient;
  /** How long it slept, in milliseconds; no time passed in truth. */
  readonly delays: number[];
  readonly logged: string[];
}

export function clientOf(endpoint: string, options: Partial<KmsClientOptions> = {}): Observed {
  const delays: number[] = [];
  const logged: string[] = [];
  let uptime = 0;
  const client = new KmsClient({
    endpoint: new URL(endpoint),
    project: { id: projectId },
    login,
    maxRetries: 2,
    spelling: wording,
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
  closeAfterTest(() => client.close());
  return { client, delays, logged };
}

export async function serving(
  handler: Handler,
  options: Partial<KmsClientOptions> = {},
): Promise<Observed> {
  const port = await listen(http.createServer(answering(handler)));
  return clientOf(`http://127.0.0.1:${port}`, options);
}
