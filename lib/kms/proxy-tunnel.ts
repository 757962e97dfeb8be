/**
 * An https agent whose connections run through a proxy: CONNECT first (RFC 9110 §9.3.6), then TLS with the KMS inside, so that
 * the proxy sees a host name and no content. Loaded only when a proxy applies.
 */
import * as http from 'node:http';
import * as https from 'node:https';
import type { Duplex } from 'node:stream';
import * as tls from 'node:tls';

type OnCreated = (error: Error | null, socket?: Duplex) => void;

export class TunnelAgent extends https.Agent {
  readonly #proxy: URL;
  readonly #timeoutMs: number;
  readonly #tls: tls.ConnectionOptions;

  /** @param options of the TLS connection to the KMS; its authorities count for an https proxy as well */
  constructor(proxy: URL, timeoutMs: number, options: https.AgentOptions & tls.ConnectionOptions) {
    super(options);
    this.#proxy = proxy;
    this.#timeoutMs = timeoutMs;
    this.#tls = options;
  }

  /** Hands the socket over when TLS is up and the certificate is checked: nothing can have been sent before. */
  override createConnection(target: { host: string; port: number; servername?: string }, onCreated: OnCreated): undefined {
    const authority = `${target.host}:${target.port}`;
    const request = this.#connectRequest(authority);
    const fail = (reason: Error) => onCreated(reason);
    request.setTimeout(this.#timeoutMs, () => request.destroy(proxyError(this.#proxy, `did not answer within ${this.#timeoutMs} ms`)));
    request.once('error', fail);
    request.once('connect', (response, socket) => {
      request.off('error', fail);
      if (response.statusCode !== 200) {
        socket.destroy();
        fail(proxyError(this.#proxy, `answered ${response.statusCode} to CONNECT ${authority}`));
        return;
      }
      const secured = tls.connect({ ...this.#tls, socket, servername: target.servername ?? target.host, rejectUnauthorized: true });
      const timer = setTimeout(() => secured.destroy(new Error('the TLS handshake took too long')), this.#timeoutMs);
      secured.once('close', () => clearTimeout(timer));
      secured.once('error', fail);
      secured.once('secureConnect', () => {
        clearTimeout(timer);
        secured.off('error', fail);
        onCreated(null, secured);
      });
    });
    request.end();
    return undefined;
  }

  #connectRequest(authority: string): http.ClientRequest {
    const { hostname, port, username, password, protocol } = this.#proxy;
    const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
    const options: https.RequestOptions = {
      method: 'CONNECT',
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
      path: authority,
      agent: false,
      headers: { host: authority, ...(username === '' ? {} : { 'proxy-authorization': `Basic ${credentials}` }) },
    };
    if (protocol === 'http:') {
      return http.request(options);
    }
    const secured: https.RequestOptions & Pick<tls.ConnectionOptions, 'secureContext'> = {
      ...options,
      secureContext: this.#tls.secureContext,
    };
    return https.request({ ...secured, rejectUnauthorized: true });
  }
}

/** The proxy is named by host and port only: its URL may hold a password. */
function proxyError(proxy: URL, what: string): Error {
  return new Error(`the proxy ${proxy.host} ${what}`);
}
