/**
 * An https agent whose connections run through a proxy: CONNECT first (RFC 9110 §9.3.6), then TLS
 * with the KMS inside, so that the proxy sees a host name and no content. Loaded only if a proxy
 * applies.
 */
import * as http from 'node:http';
import * as https from 'node:https';
import { isIP, isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import * as tls from 'node:tls';

type OnCreated = (error: Error | null, socket?: Duplex) => void;

interface Target {
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: number;
}

export class TunnelAgent extends https.Agent {
  readonly #proxy: URL;
  readonly #timeoutMs: number;
  readonly #tls: tls.ConnectionOptions;
  /** Tunnels in progress: the agent does not know them before they are handed over. */
  readonly #pending = new Set<(reason: Error) => void>();

  /**
   * @param timeoutMs of one tunnel, including its TLS
   * @param options of the TLS connection to the KMS; its authorities and versions apply to an https
   *   proxy as well
   */
  constructor(proxy: URL, timeoutMs: number, options: https.AgentOptions & tls.ConnectionOptions) {
    super(options);
    this.#proxy = proxy;
    this.#timeoutMs = timeoutMs;
    this.#tls = options;
  }

  /**
   * Hands over the socket once TLS is up and the certificate is checked, so nothing can have been
   * sent before.
   */
  override createConnection(target: Target, onCreated: OnCreated): undefined {
    const authority = `${isIPv6(target.host) ? `[${target.host}]` : target.host}:${target.port}`;
    const request = this.#connectRequest(authority);
    let tunnel: Duplex | undefined;
    let secured: tls.TLSSocket | undefined;
    let settled = false;
    const settle = (): boolean => {
      const first = !settled;
      settled = true;
      clearTimeout(timer);
      this.#pending.delete(fail);
      return first;
    };
    const fail = (reason: Error): void => {
      if (settle()) {
        onCreated(reason);
        for (const open of [secured, tunnel, request]) {
          open?.destroy();
        }
      }
    };
    const tooLate = (): void => {
      const what = tunnel === undefined ? 'did not answer' : 'did not let TLS be set up';
      fail(proxyError(this.#proxy, `${what} within ${this.#timeoutMs} ms`));
    };
    const timer = setTimeout(tooLate, this.#timeoutMs);
    this.#pending.add(fail);
    request
      .on('error', (cause) => fail(proxyError(this.#proxy, 'cannot be used', cause)))
      .on('close', () => tunnel ?? fail(proxyError(this.#proxy, 'closed the connection')))
      .on('connect', (response, socket, head) => {
        tunnel = socket;
        // TLS sees its end, and every fault.
        socket.on('error', () => undefined);
        if (response.statusCode !== 200) {
          fail(proxyError(this.#proxy, `answered ${response.statusCode} to CONNECT ${authority}`));
          return;
        }
        if (head.length > 0) {
          fail(
            proxyError(this.#proxy, `answered 200 to CONNECT ${authority}, and then spoke itself`),
          );
          return;
        }
        secured = this.#startTls(target.host, socket);
        secured
          // The proxy is not to blame for a certificate that was refused.
          .on('error', (cause) =>
            fail(
              secured?.authorizationError
                ? cause
                : proxyError(this.#proxy, 'did not let TLS be set up', cause),
            ),
          )
          .on('close', () => fail(proxyError(this.#proxy, 'did not let TLS be set up')))
          .once('secureConnect', () => {
            if (settle()) {
              onCreated(null, secured);
            }
          });
      });
    request.end();
    return undefined;
  }

  /** Also drops the tunnels in progress. */
  override destroy(): void {
    for (const fail of this.#pending) {
      fail(new Error('interrupted'));
    }
    super.destroy();
  }

  /**
   * @param host whom the certificate must name: Node would take the name of the proxy, because the
   *   socket leads there
   */
  #startTls(host: string, socket: Duplex): tls.TLSSocket {
    return tls.connect({
      ...this.#tls,
      socket,
      host,
      servername: serverName(host),
      rejectUnauthorized: true,
    });
  }

  #connectRequest(authority: string): http.ClientRequest {
    const { hostname, port, username, password, protocol } = this.#proxy;
    const credentials = Buffer.from(
      `${decodeURIComponent(username)}:${decodeURIComponent(password)}`,
    ).toString('base64');
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    const options: https.RequestOptions = {
      method: 'CONNECT',
      host,
      port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
      path: authority,
      agent: false,
      headers: {
        host: authority,
        ...(username === '' ? {} : { 'proxy-authorization': `Basic ${credentials}` }),
      },
    };
    if (protocol === 'http:') {
      return http.request(options);
    }
    const { secureContext, minVersion } = this.#tls;
    // Node would take the name from the header "host", which names the KMS.
    const secured = {
      ...options,
      secureContext,
      minVersion,
      servername: serverName(host),
      rejectUnauthorized: true,
    };
    return https.request(secured);
  }
}

/**
 * The name that TLS asks for. For an address there is none, and the certificate is checked against
 * the address itself.
 */
function serverName(host: string): string {
  return isIP(host) === 0 ? host : '';
}

/**
 * Names the proxy only by host and port: its URL may hold a password. Keeps the code of its cause,
 * which decides about retries.
 */
function proxyError(proxy: URL, what: string, cause?: NodeJS.ErrnoException): Error {
  const why = cause === undefined ? '' : `: ${cause.message || cause.code}`;
  return Object.assign(
    new Error(`the proxy ${proxy.host} ${what}${why}`, { cause }),
    cause?.code === undefined ? {} : { code: cause.code },
  );
}
