/**
 * What an unsuccessful attempt means: the failure, which decides whether it is repeated, and the
 * error for the caller if it is not. Messages never show a token, a signature, wrapped material or
 * a text to encrypt.
 */
import { ByokError } from '../errors';
import { tryFindKmsErrorCode } from '../terms/kms-errors';
import { blamesLogin, isThrottled, reactionTo } from '../terms/kms-reactions';
import { type Phrase, type Setting, type Spelling, say } from '../terms/setting';
import { parseRefusal, quote, requestIdIn } from './error-envelope';
import type { HiddenTexts } from './hidden-texts';
import { KmsError } from './kms-error';
import { UnreachableError } from './lost-answer';
import { type Failure, parseRetryAfter, type Repetition } from './retry';
import type { AttemptError, Response } from './transport';

export interface FailedAttempt {
  readonly failure: Failure;
  readonly error: Error;
  /** What the server asked for. */
  readonly retryAfterMs?: number | undefined;
}

/** What was asked, as far as its refusal depends on it. */
export interface RefusedRequest {
  readonly operation: string;
  /** What to check if the login is refused. */
  readonly names: string;
  readonly spelling: Spelling;
  /** Whether the gateway compares it with its clock: a signature is valid for minutes. */
  readonly signed: boolean;
}

/**
 * An answer other than success.
 * @param hidden texts that must not appear in a message
 */
export function refusal(
  { operation, names, spelling, signed }: RefusedRequest,
  response: Response,
  hidden: HiddenTexts,
  now: Date,
): FailedAttempt {
  const { status, body, headers } = response;
  const { apiCode, apiMessage, requestId } = parseRefusal(body, hidden);
  const known = apiCode === undefined ? undefined : tryFindKmsErrorCode(apiCode);
  const atFault = blamesLogin(status, apiCode);
  const clock = atFault && signed ? compareClocks(headers.date, now) : { inTime: true };
  const phrase: Phrase | undefined =
    (clock.inTime ? known?.adviceInTime : undefined) ?? known?.advice;
  const advised = phrase === undefined ? undefined : say(phrase, spelling);
  const advice = atFault ? (clock.advice ?? `${advised ?? 'check the login'} (${names})`) : advised;
  const fields = {
    operation,
    status,
    apiCode,
    apiMessage,
    requestId: requestIdOf(response, hidden) ?? requestId,
    advice,
  };
  // A 5xx without a code of the KMS comes from a gateway: the KMS itself said nothing.
  const code =
    status >= 500 && apiCode?.startsWith('KMS.') !== true ? 'ERR_KMS_UNREACHABLE' : 'ERR_KMS';
  return {
    failure: {
      kind: 'refused',
      reaction: reactionTo(status, apiCode),
      throttled: isThrottled(status, apiCode),
    },
    error: new KmsError(fields, { code }),
    retryAfterMs: parseRetryAfter(headers['retry-after'], now),
  };
}

/** The gateway refuses a signature whose time is further off. */
const maximumSkewMs = 15 * 60_000;

/** @param date of the answer, as RFC 9110 writes it; without one we know nothing of the clock */
function compareClocks(
  date: string | undefined,
  now: Date,
): { readonly inTime: boolean; readonly advice?: string } {
  const off = now.getTime() - Date.parse(date ?? '');
  if (Number.isNaN(off) || Math.abs(off) < maximumSkewMs) {
    return { inTime: !Number.isNaN(off) };
  }
  const direction = off > 0 ? 'ahead' : 'behind';
  return {
    inTime: false,
    advice:
      `your clock is ${spanOf(Math.abs(off))} ${direction}, by the Date of this answer: correct ` +
      'the clock of this machine, because a signature that is more than 15 minutes off is ' +
      'refused',
  };
}

function spanOf(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes < 120
    ? `${minutes} minutes`
    : minutes < 48 * 60
      ? `${Math.round(minutes / 60)} hours`
      : `${Math.round(minutes / 1440)} days`;
}

/** @param setting that says where the host is */
export function noAnswer(
  { operation, repetition }: { readonly operation: string; readonly repetition: Repetition },
  cause: AttemptError,
  hidden: HiddenTexts,
  {
    host,
    setting,
    spelling,
  }: { readonly host: string; readonly setting: Setting; readonly spelling: Spelling },
): FailedAttempt {
  const { name } = spelling;
  const reason = quote(cause.message, hidden);
  if (cause.permanent === 'untrusted certificate') {
    const message =
      `the certificate of ${host} is not trusted: ${reason}; check that this is the host you ` +
      'mean, and if its certificate comes from an authority of your own, name the PEM file in ' +
      `${name('caFile')}`;
    return {
      failure: { kind: 'unsent', permanent: true },
      error: new ByokError('ERR_CONFIGURATION', message, { attribute: name('caFile'), cause }),
    };
  }
  const elsewhere =
    setting === 'authUrl'
      ? `; some clouds have IAM in one region only: see ${spelling.documented(setting)}`
      : '';
  const effect = !cause.sent
    ? `nothing was sent; check ${name(setting)}, ${name('region')} and the network${elsewhere}`
    : repetition === 'once'
      ? 'the request may have taken effect'
      : 'try again';
  const message = `${operation} got no answer from ${host}: ${reason}; ${effect}`;
  return {
    failure: cause.sent
      ? { kind: 'lost' }
      : { kind: 'unsent', permanent: cause.permanent !== undefined },
    error: new UnreachableError(operation, message, { sent: cause.sent, cause }),
  };
}

export function requestIdOf({ headers }: Response, hidden: HiddenTexts): string | undefined {
  return requestIdIn(headers['x-request-id'], hidden);
}
