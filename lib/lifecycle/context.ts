/**
 * What the lifecycle is given instead of reaching for it: the KMS, time, patience, words, and a way
 * to be interrupted.
 */
import { ByokError } from '../errors';
import type { Kms } from '../kms/model';
import type { Wording } from './wording';

export interface LifecycleContext {
  readonly kms: Kms;
  readonly now: () => Date;
  /** @param ms milliseconds; rejects when the signal is aborted */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  /** When waiting ends. */
  readonly deadline: Date;
  readonly words: Wording;
  readonly log: (
    level: 'debug' | 'info' | 'warn',
    message: string,
    fields?: Readonly<Record<string, string | number>>,
  ) => void;
}

/** Something a person should read that is no failure. */
export interface Notice {
  readonly summary: string;
  readonly detail: string;
  /** The setting that it is about, as the front-end spells it. */
  readonly attribute?: string | undefined;
}

const firstPauseMs = 250;
const longestPauseMs = 5_000;

/**
 * Asks again, with growing pauses, until the answer will do: the KMS shows some effects late.
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
        `gave up waiting for ${waitingFor}; look at the key in the KMS, then ${context.words.retryInTime}`,
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
    throw new ByokError(
      'ERR_INTERRUPTED',
      `interrupted while waiting for ${waitingFor}; ${words.nextLook} shows how far it came`,
      {
        cause,
      },
    );
  }
}

/** What an error says, for a notice or a log line. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * For effects that show within seconds: long enough for a stale read to pass, short enough not to
 * hold up what follows.
 */
export const shortPatienceMs = 10_000;

/** The same, ending sooner. */
export function withPatience(context: LifecycleContext, ms: number): LifecycleContext {
  const end = context.now().getTime() + ms;
  return { ...context, deadline: new Date(Math.min(context.deadline.getTime(), end)) };
}

/** Work that must not stop half-way: no interruption counts, and there is a minute at least. */
export function uninterruptible(context: LifecycleContext): LifecycleContext {
  const end = context.now().getTime() + 60_000;
  return {
    ...context,
    signal: new AbortController().signal,
    deadline: new Date(Math.max(context.deadline.getTime(), end)),
  };
}
