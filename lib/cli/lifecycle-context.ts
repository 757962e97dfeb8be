/**
 * What a command gives the lifecycle: real pauses, a deadline, and Ctrl-C as an interruption that
 * it can handle.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Kms } from '../kms/model';
import type { LifecycleContext } from '../lifecycle/context';
import type { Wording } from '../lifecycle/wording';
import { TimeLimit, withTimeLimit } from '../stopped';
import { defaultTimeout, defaultTimeoutMs, parseDuration } from '../terms/duration';
import type { Surroundings } from './surroundings';

/** Of every command that has the flag. */
export const timeoutHelp = `how long it may take, waiting included (default: ${defaultTimeout}); the answer to a change that was sent is awaited all the same`;

export interface Patience {
  /**
   * As --timeout gives it.
   * @default there is no such flag: only waits for an effect end, after five minutes
   */
  readonly timeout?: string | undefined;
  /** @default never aborted: a signal then ends the process at once */
  readonly signal?: AbortSignal;
}

export function lifecycleContext(
  kms: Kms,
  now: () => Date,
  words: Wording,
  { timeout, signal = new AbortController().signal }: Patience = {},
): LifecycleContext {
  const timeoutMs = timeout === undefined ? defaultTimeoutMs : parseDuration(timeout, 'timeout');
  return {
    kms,
    now,
    sleep: (ms, aborted) => delay(ms, undefined, { signal: aborted }),
    words,
    signal:
      timeout === undefined
        ? signal
        : withTimeLimit(
            signal,
            timeoutMs,
            new TimeLimit(timeout, words.name('timeouts'), words.retryInTime),
          ),
    deadline: new Date(now().getTime() + timeoutMs),
    log: () => undefined,
  };
}

const importing =
  'waits for the answer of the KMS; another Ctrl-C ends it at once, and may leave it unknown ' +
  'whether the key holds the material';

/** What a command does not leave half done, and what a second signal, which kills, may leave. */
const interrupted = {
  apply:
    'waits until the current step is done, so that the key keeps its material; another Ctrl-C ' +
    'ends it at once, and may leave the key without material',
  remove:
    'waits for the answer of the KMS; another Ctrl-C ends it at once, and may leave it unknown ' +
    'whether the key holds material',
  import: importing,
  'ceremony finish': importing,
  'create-key':
    'waits for the answer of the KMS; another Ctrl-C ends it at once, and may leave an empty key',
} as const;

/**
 * From now on the first signal aborts instead of killing: between a delete and its import, the
 * process must continue. It then says so, and what the second one does. As long as nothing has
 * changed, the abort ends the command, whose last sentence says that.
 *
 * @param changed whether a change of a key has begun
 */
export function interruption(
  { untilStopped, remark }: Surroundings,
  command: keyof typeof interrupted,
  changed: () => boolean,
): AbortSignal {
  const controller = new AbortController();
  void untilStopped({ withParent: false, withReader: false }).then(() => {
    if (changed()) {
      remark(`byok: interrupted: ${command} ${interrupted[command]}\n`);
    }
    controller.abort();
  });
  return controller.signal;
}
