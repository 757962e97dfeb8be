/**
 * gRPC over node:http2, limited to what Terraform uses: unary calls, and streams that stay open.
 * With TLS it answers only the one client whose certificate it knows.
 * It knows no Terraform message.
 */
import {
  createSecureServer,
  createServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { stackOf } from '../../errors';
import type { ServerIdentity } from '../process/certificate';

/** A server stream that never sends anything; it ends with the client. */
export const keptOpen: unique symbol = Symbol('kept open');

export interface UnaryRoute {
  answer(request: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** Runs after the client has the answer, or is gone. */
  afterwards?(): void;
}

export type Route = UnaryRoute | typeof keptOpen;

export interface GrpcServerOptions {
  /** Returns undefined for an unknown method. @param connection the one that the call came on */
  readonly route: (path: string, connection: ServerHttp2Session) => Route | undefined;
  /** Without it, the server speaks plain HTTP/2. */
  readonly tls:
    | { readonly identity: ServerIdentity; readonly clientCertificate: Buffer }
    | undefined;
}

const status = { ok: 0, resourceExhausted: 8, unimplemented: 12, internal: 13 } as const;

/** Terraform's own limit for a schema; states are far smaller. */
const maxMessageBytes = 64 * 1024 * 1024;

const maxPingMs = 200;

const answerHeaders = { ':status': 200, 'content-type': 'application/grpc' } as const;

class GrpcError extends Error {
  readonly status: number;

  constructor(code: number, message: string) {
    super(message);
    this.status = code;
  }
}

export function createGrpcServer({ route, tls }: GrpcServerOptions): Http2Server {
  const settings = { initialWindowSize: 1 << 20, maxConcurrentStreams: 10_000 };
  const server =
    tls === undefined
      ? createServer({ settings })
      : createSecureServer({
          settings,
          key: tls.identity.key,
          cert: tls.identity.certificate,
          // An empty list. With one certificate in it,
          // Node parses its whole root store, which takes 30 ms.
          // `isPinned` compares the certificate instead.
          ca: [],
          requestCert: true,
          rejectUnauthorized: false,
          minVersion: 'TLSv1.2',
          // Without it, Node hashes the arguments of the process.
          sessionIdContext: 'byok',
        });
  server.on('session', (session) => {
    session.on('error', () => {});
    if (tls !== undefined && !isPinned(session, tls.clientCertificate)) {
      session.destroy();
      return;
    }
    session.on('stream', (stream, headers) => {
      const path = String(headers[':path']);
      serveStream(stream, route(path, session), path);
    });
  });
  // The client reports a broken connection.
  server.on('sessionError', () => {});
  return server;
}

function isPinned(session: ServerHttp2Session, expected: Buffer): boolean {
  const presented = (session.socket as TLSSocket).getPeerCertificate().raw;
  return Buffer.isBuffer(presented) && presented.equals(expected);
}

function serveStream(stream: ServerHttp2Stream, route: Route | undefined, path: string): void {
  stream.on('error', () => {});
  if (route === undefined) {
    stream.resume();
    refuse(stream, new GrpcError(status.unimplemented, `unknown method ${path}`));
  } else if (route === keptOpen) {
    stream.respond(answerHeaders);
    stream.resume();
  } else {
    serveUnary(stream, route);
  }
}

function serveUnary(stream: ServerHttp2Stream, route: UnaryRoute): void {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= maxMessageBytes) {
      chunks.push(chunk);
    }
  });
  stream.on('end', () => {
    if (route.afterwards !== undefined) {
      runAfterAnswer(stream, route.afterwards);
    }
    // The async wrapper turns a throw into a rejection.
    (async () => reply(stream, await route.answer(unframe(chunks, size))))().catch(
      (reason: unknown) => refuse(stream, reason),
    );
  });
}

/**
 * The trailers of a closed stream may still be in our buffers.
 * The answer to a ping proves that the client has them.
 */
function runAfterAnswer(stream: ServerHttp2Stream, afterwards: () => void): void {
  const { session } = stream;
  stream.on('close', () => {
    if (session === undefined || session.destroyed || !session.ping(afterwards)) {
      afterwards();
    }
    session?.on('close', afterwards);
    setTimeout(afterwards, maxPingMs);
  });
}

/**
 * One message: a flag, its length in four bytes, and that many bytes.
 * DATA frames may split it anywhere.
 */
function unframe(chunks: readonly Buffer[], size: number): Uint8Array {
  if (size > maxMessageBytes) {
    throw new GrpcError(
      status.resourceExhausted,
      `the request is larger than ${maxMessageBytes} bytes`,
    );
  }
  const body = Buffer.concat(chunks, size);
  if (body[0] === 1) {
    throw new GrpcError(status.unimplemented, 'compressed messages are not supported');
  }
  if (body.length < 5 || body[0] !== 0 || body.readUInt32BE(1) !== body.length - 5) {
    throw new GrpcError(status.internal, 'the request is not exactly one message');
  }
  return body.subarray(5);
}

function reply(stream: ServerHttp2Stream, message: Uint8Array): void {
  if (stream.destroyed || stream.closed) {
    return;
  }
  stream.respond(answerHeaders, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(status.ok) }));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  stream.end(Buffer.concat([head, message]));
}

function refuse(stream: ServerHttp2Stream, reason: unknown): void {
  if (stream.destroyed || stream.closed || stream.headersSent) {
    return;
  }
  const code = reason instanceof GrpcError ? reason.status : status.internal;
  const message = reason instanceof Error ? reason.message : stackOf(reason);
  stream.respond(
    { ...answerHeaders, 'grpc-status': String(code), 'grpc-message': encodeURIComponent(message) },
    { endStream: true },
  );
}
