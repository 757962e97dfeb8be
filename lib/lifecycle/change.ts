/**
 * Calls that change something. An answer that was lost is no failure, and neither is a success that
 * only was said: whether the change had its effect, a look at the KMS tells.
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

/** What a change is seen by. */
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
  /** Not within the patience. */
  | { readonly shown: false; readonly found: T }
  /** Nobody knows: the look failed, or was interrupted. */
  | { readonly shown: undefined; readonly failure: unknown };

/** Looks until the effect shows, with a short patience. */
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
 * Makes the call, and looks when its answer was lost.
 *
 * @param doubts codes of refusals that may mean that it had its effect
 * @returns what shows the effect; undefined when the KMS itself said that it is done, and nobody
 *   looked
 * @throws whatever the call threw, unless the effect shows
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
    context.log('warn', 'whether a change took effect is not known, looking', {
      reason: messageOf(error),
    });
    const sight = await lookFor(context, effect);
    if (sight.shown !== true) {
      throw error;
    }
    return sight;
  }
}
