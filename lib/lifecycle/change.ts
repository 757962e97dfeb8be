/**
 * Calls that change something. A lost answer is not yet a failure, and an answer that says
 * "success" is not yet a success: a look at the KMS shows whether the change took effect.
 */
import { isByokError } from '../errors';
import { hasApiCode } from '../kms/kms-error';
import { isLostAnswer } from '../kms/lost-answer';
import type { CallOptions } from '../kms/model';
import {
  type LifecycleContext,
  messageOf,
  shortPatienceMs,
  waitUntil,
  withPatience,
} from './context';

/** How we recognize that a change took effect. */
export interface Effect<T> {
  /** For example `key … to show its material`. */
  readonly waitingFor: string;
  readonly look: (options: CallOptions) => Promise<T>;
  readonly shows: (found: T) => boolean;
}

interface Seen<T> {
  readonly shown: true;
  readonly found: T;
}

export type Sight<T> =
  | Seen<T>
  /** The effect did not show before our patience ran out. */
  | { readonly shown: false; readonly found: T }
  /** Unknown: the look failed, or was interrupted. */
  | { readonly shown: undefined; readonly failure: unknown };

/** Looks until the effect shows, but not for long. */
export async function lookFor<T>(
  context: LifecycleContext,
  { waitingFor, look, shows }: Effect<T>,
): Promise<Sight<T>> {
  let last: { readonly found: T } | undefined;
  const ask = async () => {
    last = undefined;
    last = { found: await look({ signal: context.signal }) };
    return last.found;
  };
  try {
    const found = await waitUntil(withPatience(context, shortPatienceMs), waitingFor, ask, shows);
    return { shown: true, found };
  } catch (failure) {
    return last !== undefined && isByokError(failure) && failure.code === 'ERR_TIMEOUT'
      ? { shown: false, found: last.found }
      : { shown: undefined, failure };
  }
}

/**
 * Makes the call; if its answer was lost, looks for the effect.
 *
 * @param doubts codes of refusals that leave open whether the call took effect
 * @returns what shows the effect; undefined if the KMS confirmed the change and no look was needed
 * @throws the error of the call, unless the effect shows
 */
export async function change<T>(
  context: LifecycleContext,
  call: (options: CallOptions) => Promise<void>,
  effect: Effect<T>,
  ...doubts: readonly string[]
): Promise<Seen<T> | undefined> {
  try {
    await call({ signal: context.signal });
    return undefined;
  } catch (error) {
    if (!isLostAnswer(error) && !hasApiCode(error, ...doubts)) {
      throw error;
    }
    context.log('warn', 'unknown whether a change took effect; looking', {
      reason: messageOf(error),
    });
    const sight = await lookFor(context, effect);
    if (sight.shown !== true) {
      throw error;
    }
    return sight;
  }
}
