/**
 * One request and its whole answer. It always settles, and in time: Node reports nothing more about
 * a request that is destroyed before it has a connection, for example, or whose answer changes the
 * protocol.
 */
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';

export interface Response {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ExchangeOptions {
  readonly body: Buffer | undefined;
  /** From now to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Of the body of the answer. */
  readonly maxBytes: number;
  /** Aborts it, even while the answer is awaited. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Interim answers ("continue", "processing"): a server that sends more than this sends nothing
 * else.
 */
const maxInterimAnswers = 100;

/**
 * @param request not yet sent
 * @throws Error if no whole answer arrived; more of it may still arrive on its connection, which is
 *   closed
 */
export function exchange(
  request: ClientRequest,
  { body, timeoutMs, maxBytes, signal }: ExchangeOptions,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    let settled = false;
    const settle = (): boolean => {
      const first = !settled;
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      return first;
    };
    const fail = (reason: Error): void => {
      if (settle()) {
        reject(reason);
        request.destroy(reason);
      }
    };
    const timer = setTimeout(() => fail(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    const onAbort = (): void => fail(new Error('interrupted'));
    signal?.addEventListener('abort', onAbort);
    let interim = 0;
    let answered = false;
    request
      .on('error', fail)
      .on(
        'close',
        () => answered || fail(new Error('the connection was closed before an answer arrived')),
      )
      .on('information', () => {
        interim += 1;
        if (interim > maxInterimAnswers) {
          fail(new Error(`${interim} interim answers arrived, and no final one`));
        }
      })
      .on('upgrade', (_response, socket) => {
        socket.destroy();
        fail(protocolChange());
      })
      .on('response', (response) => {
        answered = true;
        if (response.statusCode === 101) {
          fail(protocolChange());
          return;
        }
        readBody(response, maxBytes, fail, (text) => {
          if (settle()) {
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
          }
        });
      });
    if (signal?.aborted) {
      onAbort();
    } else {
      request.end(body);
    }
  });
}

function readBody(
  response: IncomingMessage,
  maxBytes: number,
  fail: (reason: Error) => void,
  done: (text: string) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const brokenOff = (cause?: Error): void =>
    fail(new Error('the connection broke off in the middle of the answer', { cause }));
  response
    .on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) {
        fail(new Error(`the answer is longer than ${maxBytes} bytes`));
      } else {
        chunks.push(chunk);
      }
    })
    .on('end', () => done(Buffer.concat(chunks).toString('utf8')))
    .on('error', brokenOff)
    .on('close', brokenOff);
}

function protocolChange(): Error {
  return new Error('the answer is 101, a change of protocol that we did not ask for');
}
