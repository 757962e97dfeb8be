/** HTTP servers on loopback that answer as the emulator never does, and clients for them. All of it is closed after each test. */
import * as http from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { KmsClient, type KmsClientOptions } from '../../lib/kms/kms-client';
import { Secret } from '../../lib/secret';

export const projectId = '0123456789abcdef0123456789abcdef';
export const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';
export const token = 'gAAAAABtest-token-that-nobody-may-see';
export const login = { kind: 'token', authToken: Secret.fromText(token), names: 'auth_token' } as const;
export const importRequest = { keyId, importToken: Secret.fromText('T'.repeat(300)), encryptedKeyMaterial: Buffer.alloc(256, 5) };

/** Answers describe-key. */
export const described = JSON.stringify({ key_info: { key_id: keyId, key_state: '2', origin: 'external' } });

/** @param count of the requests before */
export type Handler = (request: http.IncomingMessage, response: http.ServerResponse, body: string, count: number) => void;

const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) {
    close();
  }
});

export function closeAfterTest(close: () => void): void {
  closers.push(close);
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

export async function serving(handler: Handler, options: Partial<KmsClientOptions> = {}): Promise<Observed> {
  const port = await listen(http.createServer(answering(handler)));
  return clientOf(`http://127.0.0.1:${port}`, options);
}
