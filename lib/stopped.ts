/** How a wait ends before its time: its signal is aborted, and the reason of the signal says why. */
import { ByokError } from './errors';

/** Reason of a signal that was aborted because the time was over. Without one, it was a person. */
export class TimeLimit {
  /** For example "3s". */
  readonly text: string;
  /** The setting that gives it, as the front-end names it. */
  readonly setting: string;
  /** What to do then. */
  readonly advice: string;

  constructor(text: string, setting: string, advice: string) {
    this.text = text;
    this.setting = setting;
    this.advice = advice;
  }
}

const longestTimerMs = 2 ** 31 - 1;

/** Aborted with the given signal, or once the time is over. Keeps no process alive. */
export function withTimeLimit(signal: AbortSignal, ms: number, limit: TimeLimit): AbortSignal {
  const overtime = new AbortController();
  setTimeout(() => overtime.abort(limit), Math.min(ms, longestTimerMs)).unref();
  return AbortSignal.any([signal, overtime.signal]);
}

/**
 * The error of a wait whose signal was aborted.
 *
 * @param what it waited for: `describe-key`, `the login`
 * @param more what a reader wants to know besides
 */
export function stopped(
  signal: AbortSignal | undefined,
  what: string,
  more?: { readonly effect?: string | undefined; readonly attribute?: string | undefined },
): ByokError {
  const effect = more?.effect === undefined ? '' : `; ${more.effect}`;
  const limit: unknown = signal?.reason;
  return limit instanceof TimeLimit
    ? new ByokError(
        'ERR_TIMEOUT',
        `${what} was stopped at the time limit of ${limit.text} (${limit.setting})${effect}; ${limit.advice}`,
        { attribute: limit.setting },
      )
    : new ByokError('ERR_INTERRUPTED', `${what} was interrupted${effect}`, {
        attribute: more?.attribute,
      });
}
