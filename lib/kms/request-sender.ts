/**
 * Sends one call: within the rate limit, repeated where that does no harm, and every outcome turned into a value or one kind
 * of error. Messages and log lines never hold a token, wrapped material or a text to encrypt.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ByokError } from '../errors';
import { defaultMaxRetries, documentedRequestsPerSecond } from '../schema/provider';
import type { Secret } from '../secret';
import { UnexpectedAnswer } from './answer';
import type { Environment } from './connection';
import { parseRefusal, quote } from './error-envelope';
import { hasApiCode, KmsError } from './kms-error';
import { UnreachableError } from './lost-answer';
import type { CallOptions } from './model';
import type { Operation } from './operations';
import { RateLimiter } from './rate-limiter';
import { secretFieldNames } from './request-fields';
import { type Failure, isWorthRepeating, parseRetryAfter, retryDelayMs } from './retry';
import { AttemptError, type Response, Transport } from './transport';

export type KmsLog = (
  level: 'debug' | 'warn',
  message: string,
  fields: Readonly<Record<string, string | number | boolean | undefined>>,
) => void;

export interface KmsClientOptions {
  /** As `resolveKmsEndpoint` gives it: https, or loopback. */
  readonly endpoint: URL;
  readonly projectId: string;
  readonly authToken: Secret;
  /** @default 5 */
  readonly maxRetries?: number;
  /** Of one attempt. @default 30000 */
  readonly timeoutMs?: number;
  /** @default 20 */
  readonly maxRequestsPerSecond?: number;
  /** PEM certificates trusted besides the built-in ones. */
  readonly ca?: string | Buffer | undefined;
  /** Only HTTPS_PROXY and NO_PROXY are looked at. @default none of them is set */
  readonly env?: Environment;
  readonly now: () => Date;
  /** Milliseconds of a clock that is never set back. @default performance.now */
  readonly uptimeMs?: () => number;
  /** From 0 to below 1. @default Math.random */
  readonly random?: () => number;
  /** Rejects when the signal is aborted. @default a timer */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Names one request. @default a random UUID */
  readonly newSequence?: () => string;
  /** Gets operations, statuses, durations and request ids; never a body or a header. @default none */
  readonly log?: KmsLog;
}

/** What differs from one attempt of a call to the next is kept out of here. */
interface Call {
  readonly operation: Operation<never, unknown>;
  readonly path: string;
  readonly body: string;
  readonly sequence: string;
  /** What may not show up in any message of this call. */
  readonly hidden: readonly string[];
  readonly signal: AbortSignal;
}

type Attempt =
  | { readonly response: Response }
  | { readonly failure: Failure; readonly error: Error; readonly retryAfterMs?: number | undefined };

export class RequestSender {
  readonly #projectId: string;
  /** Asked for every request anew. */
  readonly #authHeaders: () => Record<string, string>;
  readonly #endpointName: string;
  readonly #maxRetries: number;
  readonly #now: () => Date;
  readonly #uptimeMs: () => number;
  readonly #random: () => number;
  readonly #sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly #newSequence: () => string;
  readonly #log: KmsLog;
  readonly #limiter: RateLimiter;
  readonly #transport: Transport;

  /** @throws ByokError ERR_CONFIGURATION when a proxy variable is wrong */
  constructor(options: KmsClientOptions) {
    this.#projectId = options.projectId;
    this.#authHeaders = () => ({ 'X-Auth-Token': options.authToken.revealText() });
    this.#endpointName = options.endpoint.host;
    this.#maxRetries = options.maxRetries ?? defaultMaxRetries;
    this.#now = options.now;
    this.#uptimeMs = options.uptimeMs ?? (() => performance.now());
    this.#random = options.random ?? Math.random;
    this.#sleep = options.sleep ?? ((ms, signal) => delay(ms, undefined, { signal }));
    this.#newSequence = options.newSequence ?? randomUUID;
    this.#log = options.log ?? (() => undefined);
    this.#limiter = new RateLimiter(options.maxRequestsPerSecond ?? documentedRequestsPerSecond);
    this.#transport = new Transport({
      endpoint: options.endpoint,
      ca: options.ca,
      env: options.env ?? {},
      timeoutMs: options.timeoutMs ?? 30_000,
    });
  }

  /** Drops all connections. */
  close(): void {
    this.#transport.close();
  }

  async call<Request, Answer>(operation: Operation<Request, Answer>, request: Request, options: CallOptions = {}): Promise<Answer> {
    const sequence = this.#newSequence();
    const fields: Readonly<Record<string, string | number | undefined>> = operation.body(request);
    const secrets = secretFieldNames.flatMap((name) => (fields[name] === undefined ? [] : [String(fields[name])]));
    const response = await this.#repeat({
      operation,
      path: `/v1.0/${this.#projectId}/kms/${operation.name}`,
      body: JSON.stringify({ ...fields, sequence }),
      sequence,
      hidden: [...Object.values(this.#authHeaders()), ...secrets],
      signal: options.signal ?? new AbortController().signal,
    });
    return this.#read(operation, response);
  }

  /** Undefined: a repeated call was refused because the first one had its effect. */
  async #repeat(call: Call): Promise<Response | undefined> {
    let lost = false;
    for (let attempt = 0; ; attempt++) {
      await this.#wait(this.#limiter.reserve(this.#uptimeMs()), call);
      const outcome = await this.#attempt(call, attempt);
      if ('response' in outcome) {
        return outcome.response;
      }
      const { failure, error, retryAfterMs } = outcome;
      if (lost && call.operation.doneAlready !== undefined && hasApiCode(error, call.operation.doneAlready)) {
        return undefined;
      }
      if (attempt >= this.#maxRetries || !isWorthRepeating(failure, call.operation.repetition)) {
        throw error;
      }
      lost ||= failure.kind === 'lost' || (failure.kind === 'refused' && failure.status >= 500);
      const delayMs = retryDelayMs(attempt, this.#random(), retryAfterMs);
      this.#log('warn', 'repeating a request to the KMS', {
        operation: call.operation.name,
        attempt,
        delay_ms: delayMs,
        reason: error.message,
      });
      await this.#wait(delayMs, call);
    }
  }

  async #attempt(call: Call, attempt: number): Promise<Attempt> {
    const { operation, path, body, sequence, signal } = call;
    const headers = { 'Content-Type': 'application/json', Accept: 'application/json', ...this.#authHeaders() };
    const started = this.#uptimeMs();
    const logged = { operation: operation.name, sequence, attempt };
    try {
      // A change is not cut off in the middle: its answer is awaited, within the time of one attempt, so that nobody has to guess.
      const response = await this.#transport.send(path, headers, body, operation.repetition === 'once' ? undefined : signal);
      const requestId = requestIdOf(response);
      this.#log('debug', 'the KMS answered', {
        ...logged,
        status: response.status,
        duration_ms: Math.round(this.#uptimeMs() - started),
        request_id: requestId,
      });
      return response.status >= 200 && response.status < 300 ? { response } : this.#refusal(call, response, requestId);
    } catch (error) {
      if (!(error instanceof AttemptError)) {
        throw error;
      }
      if (operation.repetition !== 'once') {
        this.#throwIfInterrupted(call);
      }
      this.#log('debug', 'no answer from the KMS', { ...logged, sent: error.sent, reason: quote(error.message, call.hidden) });
      return this.#noAnswer(call, error);
    }
  }

  #refusal(call: Call, response: Response, headerRequestId: string | undefined): Attempt {
    const { status, body, headers } = response;
    const { apiCode, apiMessage, requestId } = parseRefusal(body, call.hidden);
    const fields = { operation: call.operation.name, status, apiCode, apiMessage, requestId: headerRequestId ?? requestId };
    // A 5xx without a code of the KMS is the voice of a gateway: the KMS itself said nothing.
    const code = status >= 500 && apiCode?.startsWith('KMS.') !== true ? 'ERR_KMS_UNREACHABLE' : 'ERR_KMS';
    return {
      failure: { kind: 'refused', status },
      error: new KmsError(fields, { code }),
      retryAfterMs: parseRetryAfter(headers['retry-after'], this.#now()),
    };
  }

  #noAnswer({ operation, hidden }: Call, cause: AttemptError): Attempt {
    const reason = quote(cause.message, hidden);
    if (cause.permanent === 'untrusted certificate') {
      const message = `the certificate of ${this.#endpointName} is not trusted: ${reason}; if it comes from an authority of your own, name its PEM file in ca_file`;
      return {
        failure: { kind: 'unsent', permanent: true },
        error: new ByokError('ERR_CONFIGURATION', message, { attribute: 'ca_file', cause }),
      };
    }
    const effect = !cause.sent
      ? 'nothing was sent; check kms_endpoint, region and the network'
      : operation.repetition === 'once'
        ? 'the request may have taken effect'
        : 'try again';
    const message = `${operation.name} got no answer from ${this.#endpointName}: ${reason}; ${effect}`;
    return {
      failure: cause.sent ? { kind: 'lost' } : { kind: 'unsent', permanent: cause.permanent !== undefined },
      error: new UnreachableError(operation.name, message, { sent: cause.sent, cause }),
    };
  }

  #read<Answer>(operation: Operation<never, Answer>, response: Response | undefined): Answer {
    try {
      return operation.read(response === undefined || response.body === '' ? {} : tryParse(response.body));
    } catch (error) {
      if (error instanceof UnexpectedAnswer) {
        throw this.#unexpected(
          operation.name,
          response?.status ?? 200,
          error.message,
          response === undefined ? undefined : requestIdOf(response),
        );
      }
      throw error;
    }
  }

  #unexpected(operation: string, status: number, what: string, requestId: string | undefined): KmsError {
    const apiMessage = `the answer is not what the API documents: ${what}; is ${this.#endpointName} a KMS?`;
    return new KmsError({ operation, status, apiCode: undefined, apiMessage, requestId });
  }

  async #wait(ms: number, call: Call): Promise<void> {
    this.#throwIfInterrupted(call);
    if (ms > 0) {
      try {
        await this.#sleep(ms, call.signal);
      } finally {
        this.#throwIfInterrupted(call);
      }
    }
  }

  #throwIfInterrupted({ signal, operation }: Call): void {
    if (signal.aborted) {
      throw new ByokError('ERR_INTERRUPTED', `${operation.name} was interrupted`);
    }
  }
}

function requestIdOf({ headers }: Response): string | undefined {
  const id = headers['x-request-id'];
  return typeof id === 'string' ? quote(id, []) : undefined;
}

function tryParse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
