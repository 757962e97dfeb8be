/** What this program makes of a refusal: from its code, or from the status if the code says nothing. */
import { type KmsReaction, tryFindKmsErrorCode } from './kms-errors';

/** Statuses of a gateway or service that broke down. We do not know what it did before that. */
const brokenStatuses: readonly number[] = [500, 502, 503, 504];

/**
 * Decides by the code. If the code is unknown,
 * or comes with many statuses as 0201 of the gateway does, the status decides.
 */
export function reactionTo(status: number, code: string | undefined): KmsReaction {
  const known = code === undefined ? undefined : tryFindKmsErrorCode(code)?.reaction;
  if (known !== undefined && known !== 'stop') {
    return known;
  }
  if (status === 429 || brokenStatuses.includes(status)) {
    return 'retry';
  }
  return status === 401 ? 'new-login' : 'stop';
}

/** Whether the call was refused before it did anything, because of too many requests. */
export function isThrottled(status: number, code: string | undefined): boolean {
  return (
    status === 429 || (code !== undefined && tryFindKmsErrorCode(code)?.blame === 'throttling')
  );
}

/** Whether the login is to blame, and not the request. */
export function blamesLogin(status: number, code: string | undefined): boolean {
  return status === 401 || (code !== undefined && tryFindKmsErrorCode(code)?.blame === 'login');
}
