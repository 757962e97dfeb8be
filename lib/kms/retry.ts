/**
 * When a request is sent again, and after how long. One question decides: can the request have
 * taken effect? If it can, only a call whose second run does no harm is repeated.
 */
import type { KmsReaction } from '../terms/kms-errors';

/**
 * `safe`: twice has the same effect as once. `once`: a second run would be refused, or would act on
 * what another writer did in between; after a lost answer the caller looks at the key instead.
 */
export type Repetition = 'safe' | 'once';

/** How one attempt ended without success. */
export type Failure =
  /** No connection: nothing was sent. `permanent` if trying again cannot help. */
  | { readonly kind: 'unsent'; readonly permanent: boolean }
  /** Sent, wholly or in part, and then the connection broke or the time ran out. */
  | { readonly kind: 'lost' }
  /** An answer arrived; `throttled` if the service did nothing because it was too busy. */
  | { readonly kind: 'refused'; readonly reaction: KmsReaction; readonly throttled: boolean };

/** No wait before a retry is longer than this, whatever Retry-After says. */
export const maxDelayMs = 60_000;

const baseDelayMs = 250;
const maxBackoffMs = 20_000;

export function isWorthRepeating(failure: Failure, repetition: Repetition): boolean {
  if (failure.kind === 'unsent') {
    return !failure.permanent;
  }
  if (failure.kind === 'refused' && failure.throttled) {
    return true;
  }
  return repetition === 'safe' && (failure.kind === 'lost' || failure.reaction === 'retry');
}

/**
 * Full jitter: anywhere between zero and the exponential bound, so that clients that failed
 * together do not return together.
 *
 * @param attempt of the failed request, counted from 0
 * @param random from 0 to below 1
 * @param retryAfterMs what the server asked for: a lower bound, up to `maxDelayMs`
 */
export function retryDelayMs(
  attempt: number,
  random: number,
  retryAfterMs: number | undefined,
): number {
  const jitter = random * Math.min(maxBackoffMs, baseDelayMs * 2 ** (attempt + 1));
  return Math.round(Math.min(maxDelayMs, (retryAfterMs ?? 0) + jitter));
}

/** Retry-After of RFC 9110 §10.2.3: seconds, or an instant. Undefined for anything else. */
export function parseRetryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) {
    return undefined;
  }
  const text = value.trim();
  const milliseconds = /^\d{1,9}$/.test(text)
    ? Number(text) * 1000
    : Date.parse(text) - now.getTime();
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}
