/** Removes an external key: schedules its deletion, and sees that the KMS has. */
import { ByokError } from '../errors';
import { hasApiCode } from '../kms/kms-error';
import type { KeyDetail } from '../kms/model';
import type { KeyDestroyPolicy } from '../terms/key';
import { describeKeyState, keyStates } from '../terms/kms';
import { change, type Effect, lookFor, type Sight } from './change';
import { type LifecycleContext, messageOf, shortPatienceMs, uninterruptible } from './context';
import type { Wording } from './wording';

/**
 * Under `retain` it calls nothing; a key that is gone or already scheduled counts as done. A
 * deletion counts as done once the key shows it.
 *
 * @throws ByokError ERR_TIMEOUT if the key does not show it
 */
export async function removeKey(
  context: LifecycleContext,
  keyId: string,
  policy: KeyDestroyPolicy,
  pendingDays: number,
): Promise<void> {
  const { kms, signal } = context;
  if (policy === 'retain') {
    return;
  }
  const removed: Effect<KeyDetail | undefined> = {
    waitingFor: `key ${keyId} to show that it is scheduled for deletion`,
    look: (options) => kms.describeKey(keyId, options),
    shows: (key) => key === undefined || key.keyState === keyStates.pendingDeletion,
  };
  if (removed.shows(await removed.look({ signal }))) {
    return;
  }
  try {
    if (
      (await change(
        context,
        (options) => kms.scheduleKeyDeletion(keyId, pendingDays, options),
        removed,
      )) !== undefined
    ) {
      return;
    }
  } catch (error) {
    if (hasApiCode(error, 'KMS.0207', 'KMS.1402')) {
      return;
    }
    throw error;
  }
  const sight = await lookFor(uninterruptible(context), removed);
  if (sight.shown !== true) {
    throw notScheduled(keyId, sight, context.words);
  }
}

function notScheduled(
  keyId: string,
  sight: Sight<KeyDetail | undefined>,
  { name }: Wording,
): ByokError {
  const found =
    sight.shown === undefined
      ? `key ${keyId} could not be examined afterwards: ${messageOf(sight.failure)}`
      : `${shortPatienceMs / 1000} seconds later key ${keyId} is still in state ${describeKeyState(sight.found?.keyState ?? '')}`;
  return new ByokError(
    'ERR_TIMEOUT',
    `schedule-key-deletion reported success, but ${found}. The key counts as not deleted: check it in the KMS, then try again`,
    { attribute: name('keyId'), cause: sight.shown === undefined ? sight.failure : undefined },
  );
}
