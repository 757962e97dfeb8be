/**
 * Sends one request to the KMS or to IAM: within the rate limit, and repeated if that does no harm.
 * Log lines never hold a token, a signature, wrapped material or a text to encrypt.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { stopped } from '../stopped';
import { defaultMaxRetries, documentedRequestsPerSecond } from '../terms/connection';
import { plainSpelling, type Setting, type Spelling } from '../terms/setting';
import { type Headers, type OutgoingRequest, secretHeaderNames, secretsIn } from './authenticator';
import type { Environment } from './connection';
import { quote } from './error-envelope';
import { type FailedAttempt, noAnswer, refusal, requestIdOf } from './failed-attempt';
import { HiddenTexts } from './hidden-texts';
import { hasApiCode } from './kms-error';
import { encodeQuery } from './query';
import { RateLimiter } from './rate-limiter';
import { isWorthRepeating, type Repetition, retryDelayMs } from './retry';
import { AttemptError, type Response, Transport } from './transport';

export type KmsLog = (
  level: 'debug' | 'warn',
  message: string,
  fields: Readonly<Record<string, string | number | boolean | undefined>>,
) => void;

export interface SenderOptions {
  /** Base URL: https, or loopback. */
  readonly endpoint: URL;
  /** @default 5 */
  readonly maxRetries?: number;
  /** Of one attempt. @default 30000 */
  readonly timeoutMs?: number;
  /** @default 20 */
  readonly maxRequestsPerSecond?: number;
  /** PEM certificates trusted besides the built-in ones. */
  readonly ca?: string | Buffer | undefined;
  /**
   * We read only HTTPS_PROXY and NO_PROXY.
   * @default none of them is set
   */
  readonly env?: Environment;
  readonly now: () => Date;
  /**
   * The names of settings in messages.
   * @default as in this code
   */
  readonly spelling?: Spelling | undefined;
  /** Milliseconds of a clock that is never set back. @default performance.now */
  readonly uptimeMs?: () => number;
  /**
   * From 0 to below 1.
   * @default Math.random
   */
  readonly random?: () => number;
  /**
   * Rejects if the signal is aborted.
   * @default a timer
   */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /**
   * Receives operations, statuses, durations and request ids; never a body or a header.
   * @default none
   */
  readonly log?: KmsLog;
}

/** What differs from one attempt to the next is kept out of here. */
export interface ServiceRequest {
  /** For messages and the log. */
  readonly operation: string;
  readonly repetition: Repetition;
  /** The refusal of a repeat that shows that the first call had its effect. */
  readonly doneAlready?: string | undefined;
  readonly method: 'GET' | 'POST';
  /** Below the path of the endpoint. */
  readonly path: string;
  readonly query: OutgoingRequest['query'];
  /** JSON. */
  readonly body: Buffer | undefined;
  /** Called again for each attempt. */
  readonly authorize: (request: OutgoingRequest) => Promise<Headers>;
  /** What to check if the login is refused. */
  readonly names: string;
  /** What it sends that must not be shown. */
  readonly hidden: readonly string[];
  /** The same for an answer, whatever its status. */
  readonly hiddenIn?: (response: Response) => readonly string[];
  /** Names the request in the log. */
  readonly sequence?: string;
  readonly signal: AbortSignal;
}

type Attempt = { readonly response: Response } | FailedAttempt;

export interface Service {
  readonly name: 'KMS' | 'IAM';
  /** The setting that says where it is. */
  readonly setting: Extract<Setting, 'kmsEndpoint' | 'authUrl'>;
}

export class RequestSender {
  readonly #service: Service;
  readonly #endpoint: URL;
  readonly #maxRetries: number;
  readonly #now: () => Date;
  readonly #spelling: Spelling;
  readonly #uptimeMs: () => number;
  readonly #random: () => number;
  readonly #sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly #log: KmsLog;
  readonly #limiter: RateLimiter;
  readonly #transport: Transport;
  readonly #hidden: HiddenTexts;

  /**
   * @param hidden texts that must not appear in any message; grows with what is sent and received
   * @throws ByokError ERR_CONFIGURATION if a proxy variable is wrong
   */
  constructor(options: SenderOptions, service: Service, hidden: HiddenTexts) {
    this.#service = service;
    this.#hidden = hidden;
    this.#endpoint = options.endpoint;
    this.#maxRetries = options.maxRetries ?? defaultMaxRetries;
    this.#now = options.now;
    this.#spelling = options.spelling ?? plainSpelling;
    this.#uptimeMs = options.uptimeMs ?? (() => performance.now());
    this.#random = options.random ?? Math.random;
    this.#sleep = options.sleep ?? ((ms, signal) => delay(ms, undefined, { signal }));
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

  /**
   * @returns an answer of success; undefined: a repeat was refused because the first call had its
   *   effect
   * @throws KmsError, UnreachableError, ByokError ERR_INTERRUPTED or ERR_TIMEOUT, and whatever `authorize` throws
   */
  async send(request: ServiceRequest & { readonly doneAlready?: undefined }): Promise<Response>;
  async send(request: ServiceRequest): Promise<Response | undefined>;
  async send(request: ServiceRequest): Promise<Response | undefined> {
    let lost = false;
    let before: Error | undefined;
    for (let attempt = 0; ; attempt++) {
      await this.#turn(request, before);
      const outcome = await this.#attempt(request, attempt);
      if ('response' in outcome) {
        return outcome.response;
      }
      const { failure, error, retryAfterMs } = outcome;
      if (lost && request.doneAlready !== undefined && hasApiCode(error, request.doneAlready)) {
        return undefined;
      }
      if (attempt >= this.#maxRetries || !isWorthRepeating(failure, request.repetition)) {
        throw error;
      }
      before = error;
      lost ||= failure.kind === 'lost' || (failure.kind === 'refused' && !failure.throttled);
      const delayMs = retryDelayMs(attempt, this.#random(), retryAfterMs);
      this.#log('warn', `repeating a request to the ${this.#service.name}`, {
        operation: request.operation,
        attempt,
        delay_ms: delayMs,
        reason: error.message,
      });
      if (failure.kind === 'refused' && failure.throttled) {
        // All requests wait: anything sent meanwhile would be refused as well, and keep the
        // throttle closed.
        this.#limiter.pause(this.#uptimeMs(), delayMs);
      } else {
        await this.#wait(delayMs, request, before);
      }
    }
  }

  /** Waits until the rate limit lets this request begin. */
  async #turn(request: ServiceRequest, before: Error | undefined): Promise<void> {
    let pauses: number;
    do {
      pauses = this.#limiter.pauses;
      await this.#wait(this.#limiter.reserve(this.#uptimeMs()), request, before);
    } while (this.#limiter.pauses !== pauses);
  }

  async #attempt(request: ServiceRequest, attempt: number): Promise<Attempt> {
    const { operation, method, query, body, repetition, signal } = request;
    const path = `${this.#endpoint.pathname.replace(/\/$/, '')}${request.path}`;
    const authorization = await request.authorize({
      method,
      host: this.#endpoint.host,
      path,
      query,
      body,
    });
    this.#hidden.add([...request.hidden, ...secretsIn(authorization)]);
    const hidden = new HiddenTexts(
      secretHeaderNames.flatMap((name) => authorization[name] ?? []),
      this.#hidden,
    );
    const content: Headers = body === undefined ? {} : { 'Content-Type': 'application/json' };
    const outgoing = {
      method,
      path: query.length === 0 ? path : `${path}?${encodeQuery(query)}`,
      headers: { ...content, Accept: 'application/json', ...authorization },
      body,
    };
    const started = this.#uptimeMs();
    const logged = { operation, sequence: request.sequence, attempt };
    try {
      // A change is not cut off in the middle: we wait for its answer, within the time of one
      // attempt, so that its outcome is known.
      const response = await this.#transport.send(
        outgoing,
        repetition === 'once' ? undefined : signal,
      );
      this.#hidden.add(request.hiddenIn?.(response) ?? []);
      const requestId = requestIdOf(response, hidden);
      this.#log('debug', `the ${this.#service.name} answered`, {
        ...logged,
        status: response.status,
        duration_ms: Math.round(this.#uptimeMs() - started),
        request_id: requestId,
      });
      if (response.status >= 200 && response.status < 300) {
        return { response };
      }
      return refusal(
        {
          ...request,
          spelling: this.#spelling,
          signed: Object.hasOwn(authorization, 'X-Sdk-Date'),
        },
        response,
        hidden,
        this.#now(),
      );
    } catch (error) {
      if (!(error instanceof AttemptError)) {
        throw error;
      }
      if (repetition !== 'once') {
        throwIfStopped(request);
      }
      this.#log('debug', `no answer from the ${this.#service.name}`, {
        ...logged,
        sent: error.sent,
        reason: quote(error.message, hidden),
      });
      const { setting } = this.#service;
      return noAnswer(request, error, hidden, {
        host: this.#endpoint.host,
        setting,
        spelling: this.#spelling,
      });
    }
  }

  /** @param before why the attempt before failed */
  async #wait(ms: number, request: ServiceRequest, before: Error | undefined): Promise<void> {
    throwIfStopped(request, before);
    if (ms > 0) {
      try {
        await this.#sleep(ms, request.signal);
      } finally {
        throwIfStopped(request, before);
      }
    }
  }
}

function throwIfStopped({ signal, operation }: ServiceRequest, before?: Error): void {
  if (signal.aborted) {
    throw stopped(signal, operation, {
      effect: before === undefined ? undefined : `before that, ${before.message}`,
    });
  }
}
