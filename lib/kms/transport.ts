/**
 * One attempt at one request, over connections that are kept open. It says how the attempt ended
 * and, above all, whether anything was sent. It never follows a redirect, because the token would
 * go with it. node:https is loaded for https endpoints only.
 */
import * as http from 'node:http';
import type { AgentOptions, RequestOptions } from 'node:https';
import type { Environment } from './connection';
import { exchange, type Response } from './http-exchange';
import { tryFindProxy } from './proxy-environment';

export type { Response } from './http-exchange';

export interface TransportOptions {
  readonly endpoint: URL;
  /** PEM certificates trusted besides the built-in ones. */
  readonly ca?: string | Buffer | undefined;
  /** For the proxy variables. */
  readonly env: Environment;
  /** For one attempt, from connecting to the last byte of the answer. */
  readonly timeoutMs: number;
}

export interface Outgoing {
  readonly method: 'GET' | 'POST';
  /** The full path, including the path of the endpoint and the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

export class AttemptError extends Error {
  /** False: there was no connection, so nothing of the request left this machine. */
  readonly sent: boolean;
  /** Undefined: trying again may help. */
  readonly permanent: 'untrusted certificate' | 'unknown host' | undefined;

  constructor(cause: Error, sent: boolean) {
    const code = String((cause as NodeJS.ErrnoException).code ?? '');
    super(cause.message === '' ? code : cause.message, { cause });
    this.sent = sent;
    const untrusted = !sent && certificateErrors.test(code);
    this.permanent = untrusted
      ? 'untrusted certificate'
      : code === 'ENOTFOUND'
        ? 'unknown host'
        : undefined;
  }
}

/** Codes of OpenSSL's certificate verification, and Node's for a certificate of another name. */
const certificateErrors =
  /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|HOSTNAME_MISMATCH/;

/** One page of list-keys is below 2 MiB. */
const maxResponseBytes = 4 * 1024 * 1024;

/**
 * Below the idle time after which servers commonly close, so that a request is not sent into a
 * closing connection.
 */
const idleMs = 4000;

export class Transport {
  readonly #endpoint: URL;
  readonly #timeoutMs: number;
  readonly #agent: http.Agent;
  readonly #request: (options: RequestOptions) => http.ClientRequest;

  /** @throws ByokError ERR_CONFIGURATION if a proxy variable is wrong */
  constructor(options: TransportOptions) {
    this.#endpoint = options.endpoint;
    this.#timeoutMs = options.timeoutMs;
    const keepAlive = { keepAlive: true, scheduling: 'lifo', timeout: idleMs } as const;
    if (options.endpoint.protocol === 'http:') {
      this.#agent = new http.Agent(keepAlive);
      this.#request = http.request;
      return;
    }
    const https = require('node:https') as typeof import('node:https');
    // Explicit, because NODE_TLS_REJECT_UNAUTHORIZED=0 would otherwise turn verification off.
    const secure: AgentOptions = {
      ...keepAlive,
      rejectUnauthorized: true,
      ...tlsOptions(options.ca),
    };
    const proxy = tryFindProxy(options.endpoint, options.env);
    this.#agent =
      proxy === undefined ? new https.Agent(secure) : tunnelAgent(proxy, options.timeoutMs, secure);
    this.#request = https.request;
  }

  /**
   * @param signal aborts the attempt, even while its answer is awaited
   * @throws AttemptError if no whole answer arrived
   */
  async send(
    { method, path, headers, body }: Outgoing,
    signal: AbortSignal | undefined,
  ): Promise<Response> {
    const { protocol, hostname, port } = this.#endpoint;
    const request = this.#request({
      method,
      protocol,
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      ...(port === '' ? {} : { port }),
      path,
      agent: this.#agent,
      headers: { ...headers, ...(body === undefined ? {} : { 'Content-Length': body.length }) },
    });
    let sent = false;
    request.once('socket', (socket) => {
      if (socket.connecting) {
        socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', () => {
          sent = true;
        });
      } else {
        sent = true;
      }
    });
    try {
      return await exchange(request, {
        body,
        timeoutMs: this.#timeoutMs,
        maxBytes: maxResponseBytes,
        signal,
      });
    } catch (cause) {
      throw new AttemptError(cause as Error, sent);
    }
  }

  close(): void {
    this.#agent.destroy();
  }
}

/**
 * TLS 1.2 at least, whatever NODE_OPTIONS allow, and more if they ask for more. `ca` replaces the
 * built-in certificates, so they are named along with it; they are parsed once, not for every
 * connection.
 */
function tlsOptions(
  ca: string | Buffer | undefined,
): Pick<AgentOptions, 'minVersion' | 'secureContext'> {
  const { createSecureContext, DEFAULT_MIN_VERSION, rootCertificates } =
    require('node:tls') as typeof import('node:tls');
  const minVersion = DEFAULT_MIN_VERSION === 'TLSv1.3' ? 'TLSv1.3' : 'TLSv1.2';
  return {
    minVersion,
    ...(ca === undefined
      ? {}
      : { secureContext: createSecureContext({ ca: [...rootCertificates, ca], minVersion }) }),
  };
}

function tunnelAgent(proxy: URL, timeoutMs: number, options: AgentOptions): http.Agent {
  const { TunnelAgent } = require('./proxy-tunnel') as typeof import('./proxy-tunnel');
  return new TunnelAgent(proxy, timeoutMs, options);
}
