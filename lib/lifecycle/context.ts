/**
 * What the lifecycle is given, so that it reaches for nothing itself: the KMS, time, patience,
 * words, and a way to be interrupted.
 */
import { ByokError } from '../errors';
import type { Kms } from '../kms/model';
import { stopped } from '../stopped';
import type { Wording } from './wording';

export interface LifecycleContext {
  readonly kms: Kms;
  readonly now: () => Date;
  /** @param ms milliseconds; rejects when the signal is aborted */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /**
   * Ends waits and keeps new steps from beginning, by an interruption or at the deadline. What was
   * sent to change something is awaited all the same.
   */
  readonly signal: AbortSignal;
  /** When we stop waiting. */
  readonly deadline: Date;
  readonly words: Wording;
  readonly log: (
    level: 'debug' | 'info' | 'warn',
    message: string,
    fields?: Readonly<Record<string, string | number>>,
  ) => void;
}

/** Something to read that is not a failure. */
export interface Notice {
  readonly summary: string;
  readonly detail: string;
  /** The setting it is about, as the front-end names it. */
  readonly attribute?: string | undefined;
}

const firstPauseMs = 250;
const longestPauseMs = 5_000;

/**
 * Asks again, with growing pauses, until the answer passes: the KMS shows some effects late.
 *
 * @param waitingFor for the error, for example `key … to show its material`
 * @throws ByokError ERR_TIMEOUT at the deadline
 */
export async function waitUntil<T>(
  context: LifecycleContext,
  waitingFor: string,
  ask: () => Promise<T>,
  will: (answer: T) => boolean,
): Promise<T> {
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 2, longestPauseMs)) {
    const answer = await ask();
    if (will(answer)) {
      return answer;
    }
    if (context.now().getTime() + pause > context.deadline.getTime()) {
      throw new ByokError(
        'ERR_TIMEOUT',
        `gave up waiting for ${waitingFor}; check the key in the KMS, then ${context.words.retryInTime}`,
        { attribute: context.words.name('timeouts') },
      );
    }
    await pauseFor(context, pause, waitingFor);
  }
}

async function pauseFor(
  { sleep, signal, words }: LifecycleContext,
  ms: number,
  waitingFor: string,
): Promise<void> {
  try {
    await sleep(ms, signal);
  } catch (cause) {
    if (!signal.aborted) {
      throw cause;
    }
    throw stopped(signal, `waiting for ${waitingFor}`, {
      effect: `${words.nextLook} shows how far it got`,
    });
  }
}

/** The text of an error, for a notice or a log line. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * For effects that show within seconds: long enough to outlast a stale read, short enough not to
 * delay what follows.
 */
export const shortPatienceMs = 10_000;

/** The same context with less patience. */
export function withPatience(context: LifecycleContext, ms: number): LifecycleContext {
  const end = context.now().getTime() + ms;
  return { ...context, deadline: new Date(Math.min(context.deadline.getTime(), end)) };
}

/** For work that must not stop half-way: it cannot be interrupted, and has at least a minute. */
export function uninterruptible(context: LifecycleContext): LifecycleContext {
  const end = context.now().getTime() + 60_000;
  return {
    ...context,
    signal: new AbortController().signal,
    deadline: new Date(Math.max(context.deadline.getTime(), end)),
  };
}
