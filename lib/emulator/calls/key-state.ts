/** enable-key, disable-key, schedule-key-deletion, cancel-key-deletion. */
import { keyStates, ranges } from '../../terms/kms';
import type { KmsApiCode } from '../../terms/kms-errors';
import { type ApiCall, defineCall, type KeyBody } from '../api-call';
import { refusal } from '../api-error';

const dayMs = 24 * 60 * 60 * 1000;

export const enableKey = switchState('enable-key', {
  from: keyStates.disabled,
  to: keyStates.enabled,
  otherwise: 'KMS.1201',
});
export const disableKey = switchState('disable-key', {
  from: keyStates.enabled,
  to: keyStates.disabled,
  otherwise: 'KMS.1301',
});

function switchState(
  operation: string,
  { from, to, otherwise }: { from: string; to: string; otherwise: KmsApiCode },
): ApiCall {
  return defineCall<KeyBody>({
    operation,
    required: ['key_id'],
    handle(body, { keys }) {
      const key = keys.find(body.key_id);
      if (key.state !== from) {
        throw refusal(otherwise);
      }
      key.state = to;
      keys.changed();
      return { key_info: { key_id: key.keyId, key_state: key.state } };
    },
  });
}

interface ScheduleKeyDeletionBody extends KeyBody {
  readonly pending_days: string;
}

/** Unlike the others, this call and the next do not wrap their answer in `key_info`. */
export const scheduleKeyDeletion = defineCall<ScheduleKeyDeletionBody>({
  operation: 'schedule-key-deletion',
  required: ['key_id', 'pending_days'],
  handle(body, { keys, now }) {
    const key = keys.find(body.key_id);
    const days = Number(body.pending_days);
    if (days < ranges.pendingDays.minimum || days > ranges.pendingDays.maximum) {
      throw refusal('KMS.1401');
    }
    if (key.state === keyStates.pendingDeletion) {
      throw refusal('KMS.1402');
    }
    key.state = keyStates.pendingDeletion;
    key.deletionAt = now() + days * dayMs;
    keys.changed();
    return { key_id: key.keyId, key_state: key.state };
  },
});

export const cancelKeyDeletion = defineCall<KeyBody>({
  operation: 'cancel-key-deletion',
  required: ['key_id'],
  handle(body, { keys }) {
    const key = keys.find(body.key_id);
    if (key.state !== keyStates.pendingDeletion) {
      throw refusal('KMS.1501');
    }
    key.state = key.material === undefined ? keyStates.pendingImport : keyStates.disabled;
    key.deletionAt = undefined;
    keys.changed();
    return { key_id: key.keyId, key_state: key.state };
  },
});
