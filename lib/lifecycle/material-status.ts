/** From what the KMS answers to what that means for the material: pure, and total over states nobody documented. */
import type { KeyDetail } from '../kms/model';
import type { ExpirationInstant } from '../schema/expiration-time';
import type { MaterialStatus } from '../schema/key-material';
import type { KnownKeyState } from '../schema/kms';

/** What is known of the material of one key at one moment. */
export interface MaterialObservation {
  readonly status: MaterialStatus;
  /** As the KMS reports it, or the last one known while there is no material. */
  readonly expiration: ExpirationInstant;
  readonly keyState: string | undefined;
  readonly keySpec: string | undefined;
  readonly scheduledDeletionDate: Date | undefined;
}

const statusByState: Readonly<Record<KnownKeyState, (expired: boolean) => MaterialStatus>> = {
  '1': () => 'key_not_ready',
  '2': (expired) => (expired ? 'expired_not_purged' : 'present'),
  '3': () => 'key_disabled',
  '4': () => 'key_pending_deletion',
  '5': (expired) => (expired ? 'purged_after_expiry' : 'deleted_outside'),
  '7': () => 'key_frozen',
};

/**
 * @param key undefined when the KMS knows no such key
 * @param lastKnown expiry known before, which tells expired material from deleted material once the KMS shows none
 */
export function observeMaterial(key: KeyDetail | undefined, lastKnown: ExpirationInstant, now: Date): MaterialObservation {
  const expiration =
    key !== undefined && (key.keyState === '2' || key.keyState === '3') ? key.expirationTime : (key?.expirationTime ?? lastKnown);
  const expired = expiration !== undefined && expiration.getTime() <= now.getTime();
  return {
    status:
      key === undefined
        ? 'key_not_found'
        : Object.hasOwn(statusByState, key.keyState)
          ? statusByState[key.keyState as KnownKeyState](expired)
          : 'unknown',
    expiration,
    keyState: key?.keyState,
    keySpec: key?.keySpec,
    scheduledDeletionDate: key?.scheduledDeletionDate,
  };
}

/** The key has its material, usable or not. */
export function holdsMaterial(status: MaterialStatus): boolean {
  return status === 'present' || status === 'key_disabled' || status === 'expired_not_purged';
}

/** The key would take an import now. */
export function isAbsent(status: MaterialStatus): boolean {
  return status === 'purged_after_expiry' || status === 'deleted_outside';
}
