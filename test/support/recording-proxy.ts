/** Stands between the provider and the emulator on loopback, and keeps what goes over the wire. */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Exchange {
  /** Last part of the path, for example "import-key-material". */
  readonly operation: string;
  readonly sent: string;
  readonly received: string;
}

export interface RecordingProxy {
  readonly url: string;
  readonly exchanges: readonly Exchange[];
  close(): Promise<void>;
}

/** @param target for example `http://127.0.0.1:41234` */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const exchanges: Exchange[] = [];
  const server = createServer(async (incoming, reply) => {
    const { method, headers, url = '/' } = incoming;
    const sent = await text(incoming);
    const outgoing = request(new URL(url, target), { method, headers }, async (answer) => {
      const received = await text(answer);
      exchanges.push({ operation: url.split('/').at(-1) ?? '', sent, received });
      reply.writeHead(answer.statusCode ?? 502, answer.headers).end(received);
    });
    outgoing.on('error', () => reply.destroy());
    outgoing.end(sent);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exchanges,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
