/**
 * What one attempt that did not succeed comes to: the failure, by which it is repeated or not, and the error that the caller gets otherwise.
 * Messages never hold a token, a signature, wrapped material or a text to encrypt.
 */
import { ByokError } from '../errors';
import { isLoginAtFault, isThrottled, reactionTo, tryFindKmsErrorCode } from '../schema/kms-errors';
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

/**
 * An answer other than success.
 * @param names what to check when the login is refused
 * @param hidden what may not show up in a message
 */
export function refusal(
  { operation, names }: { readonly operation: string; readonly names: string },
  response: Response,
  hidden: HiddenTexts,
  now: Date,
): FailedAttempt {
  const { status, body, headers } = response;
  const { apiCode, apiMessage, requestId } = parseRefusal(body, hidden);
  const known = apiCode === undefined ? undefined : tryFindKmsErrorCode(apiCode);
  const advice = isLoginAtFault(status, apiCode) ? `${known?.advice ?? 'check the login'} (${names})` : known?.advice;
  const fields = { operation, status, apiCode, apiMessage, requestId: requestIdOf(response, hidden) ?? requestId, advice };
  // A 5xx without a code of the KMS is the voice of a gateway: the KMS itself said nothing.
  const code = status >= 500 && apiCode?.startsWith('KMS.') !== true ? 'ERR_KMS_UNREACHABLE' : 'ERR_KMS';
  return {
    failure: { kind: 'refused', reaction: reactionTo(status, apiCode), throttled: isThrottled(status, apiCode) },
    error: new KmsError(fields, { code }),
    retryAfterMs: parseRetryAfter(headers['retry-after'], now),
  };
}

/** @param attribute that says where the host is */
export function noAnswer(
  { operation, repetition }: { readonly operation: string; readonly repetition: Repetition },
  cause: AttemptError,
  hidden: HiddenTexts,
  { host, attribute }: { readonly host: string; readonly attribute: string },
): FailedAttempt {
  const reason = quote(cause.message, hidden);
  if (cause.permanent === 'untrusted certificate') {
    const message = `the certificate of ${host} is not trusted: ${reason}; check that this is the host you mean, and if its certificate comes from an authority of your own, name the PEM file in ca_file`;
    return {
      failure: { kind: 'unsent', permanent: true },
      error: new ByokError('ERR_CONFIGURATION', message, { attribute: 'ca_file', cause }),
    };
  }
  const effect = !cause.sent
    ? `nothing was sent; check ${attribute}, region and the network`
    : repetition === 'once'
      ? 'the request may have taken effect'
      : 'try again';
  const message = `${operation} got no answer from ${host}: ${reason}; ${effect}`;
  return {
    failure: cause.sent ? { kind: 'lost' } : { kind: 'unsent', permanent: cause.permanent !== undefined },
    error: new UnreachableError(operation, message, { sent: cause.sent, cause }),
  };
}

export function requestIdOf({ headers }: Response, hidden: HiddenTexts): string | undefined {
  return requestIdIn(headers['x-request-id'], hidden);
}
