/** Stands between the provider and the emulator on loopback, and keeps what goes over the wire. */
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Exchange {
  /** Last part of the path, for example "import-key-material". */
  readonly operation: string;
  readonly sent: string;
  readonly received: string;
  /** What IAM answers a login with, in a header. */
  readonly issuedToken: string | undefined;
}

export interface InterceptedRequest {
  readonly operation: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * Answers in place of the target, `raw` with what need not be HTTP, on a connection that stays
 * open; undefined lets the request pass.
 */
export type Interceptor = (
  request: InterceptedRequest,
) => { readonly status: number; readonly body: string } | { readonly raw: string } | undefined;

export interface ProxiedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Makes of the target's answer what the client gets. Headers are those that it adds. */
export type Alteration = (
  answer: Omit<ProxiedAnswer, 'headers'>,
  request: InterceptedRequest,
) => ProxiedAnswer;

export interface RecordingProxy {
  readonly url: string;
  readonly exchanges: readonly Exchange[];
  /** From now on. */
  intercept(interceptor: Interceptor | undefined): void;
  /** From now on, of what is not intercepted. */
  alter(alteration: Alteration | undefined): void;
  close(): Promise<void>;
}

/** @param target for example `http://127.0.0.1:41234` */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const exchanges: Exchange[] = [];
  let interceptor: Interceptor | undefined;
  let alteration: Alteration | undefined;
  const server = createServer(async (incoming, reply) => {
    const { method, headers, url = '/' } = incoming;
    const sent = await text(incoming);
    const operation = new URL(url, target).pathname.split('/').at(-1) ?? '';
    const intercepted = interceptor?.({ operation, headers, body: sent });
    if (intercepted !== undefined && 'raw' in intercepted) {
      incoming.socket.write(intercepted.raw);
      return;
    }
    if (intercepted !== undefined) {
      reply.writeHead(intercepted.status).end(intercepted.body);
      return;
    }
    const outgoing = request(new URL(url, target), { method, headers }, async (answer) => {
      const received = await text(answer);
      const issued = answer.headers['x-subject-token'];
      exchanges.push({
        operation,
        sent,
        received,
        issuedToken: typeof issued === 'string' ? issued : undefined,
      });
      const status = answer.statusCode ?? 502;
      if (alteration === undefined) {
        reply.writeHead(status, answer.headers).end(received);
        return;
      }
      const altered = alteration({ status, body: received }, { operation, headers, body: sent });
      const { 'content-length': _length, ...kept } = answer.headers;
      reply.writeHead(altered.status, { ...kept, ...altered.headers }).end(altered.body);
    });
    outgoing.on('error', () => reply.destroy());
    outgoing.end(sent);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exchanges,
    intercept: (next) => {
      interceptor = next;
    },
    alter: (next) => {
      alteration = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
