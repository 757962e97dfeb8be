/** A key that is scheduled for deletion: rescues it, and says what a person should know of it. */
import type { KeyDetail } from '../kms/model';
import { formatInstant } from '../terms/expiration-time';
import { keyStates } from '../terms/kms';
import { change, type Effect, lookFor } from './change';
import type { LifecycleContext, Notice } from './context';
import { capital, type Wording } from './wording';

export function rescuedNotice(keyId: string, words: Wording): Notice {
  return {
    summary: 'The key is disabled',
    detail:
      `The deletion of key ${keyId} was cancelled, which leaves the key disabled. ` +
      `${capital(words.set('enabled', true))} to use it again.`,
    attribute: words.name('enabled'),
  };
}

/**
 * It is enough that the key is no longer scheduled. A read may be stale for a moment, and the next
 * steps depend on the key's state.
 *
 * @returns the key as it is then, or as it was if it keeps showing its deletion
 */
export async function cancelDeletion(
  context: LifecycleContext,
  scheduled: KeyDetail,
): Promise<KeyDetail> {
  const { kms } = context;
  const { keyId } = scheduled;
  const rescued: Effect<KeyDetail | undefined> = {
    waitingFor: `key ${keyId} to show that its deletion is cancelled`,
    look: (options) => kms.describeKey(keyId, options),
    shows: (key) => key?.keyState !== keyStates.pendingDeletion,
  };
  const seen = await change(
    context,
    (options) => kms.cancelKeyDeletion(keyId, options),
    rescued,
    'KMS.1501',
  );
  const sight = seen ?? (await lookFor(context, rescued));
  if (sight.shown === undefined) {
    throw sight.failure;
  }
  return sight.found ?? scheduled;
}

/** What a person should know of a key in state 4. */
export function scheduledNotice(key: KeyDetail, words: Wording): Notice {
  const date =
    key.scheduledDeletionDate === undefined
      ? 'soon'
      : `on ${formatInstant(key.scheduledDeletionDate)}`;
  return {
    summary: 'The key is scheduled for deletion',
    detail:
      `The KMS will delete key ${key.keyId} ${date}, and everything encrypted under it becomes ` +
      `unreadable. ${capital(words.rescuer)} rescues it.`,
    attribute: words.name('cancelPendingDeletion'),
  };
}
