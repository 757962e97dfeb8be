/**
 * What the answers of the KMS mean for the material: pure, and defined even for states that are not
 * documented.
 */
import type { KeyDetail } from '../kms/model';
import type { ExpirationInstant } from '../terms/expiration-time';
import { hasMaterial, type KnownKeyState, keyStates } from '../terms/kms';
import type { MaterialStatus } from '../terms/material';
import { isInWindow } from './expiration-wish';

/** What is known of the material of one key at one moment. */
export interface MaterialObservation {
  readonly status: MaterialStatus;
  /** As the KMS reports it; while there is no material, the last one known. */
  readonly expiration: ExpirationInstant;
  readonly keyState: string | undefined;
  readonly keySpec: string | undefined;
  readonly scheduledDeletionDate: Date | undefined;
}

/** How far along its life the material is, or would be. */
type Age = 'valid' | 'expiring' | 'expired';

const ofPresent: Readonly<Record<Age, MaterialStatus>> = {
  valid: 'present',
  expiring: 'expiring',
  expired: 'expired_not_purged',
};

const statusByState: Readonly<Record<KnownKeyState, (age: Age) => MaterialStatus>> = {
  [keyStates.toBeActivated]: () => 'key_not_ready',
  [keyStates.enabled]: (age) => ofPresent[age],
  [keyStates.disabled]: () => 'key_disabled',
  [keyStates.pendingDeletion]: () => 'key_pending_deletion',
  [keyStates.pendingImport]: (age) =>
    age === 'expired' ? 'purged_after_expiry' : 'deleted_outside',
  [keyStates.frozen]: () => 'key_frozen',
};

/**
 * @param key undefined if the KMS does not know the key
 * @param lastKnown expiry known from earlier; once the KMS shows none, it tells expired material
 *   from deleted material
 * @param renewBeforeMs window of a rolling expiry; without one nothing is ever `expiring`
 */
export function observeMaterial(
  key: KeyDetail | undefined,
  lastKnown: ExpirationInstant,
  now: Date,
  renewBeforeMs?: number,
): MaterialObservation {
  const expiration =
    key !== undefined && hasMaterial(key.keyState)
      ? key.expirationTime
      : (key?.expirationTime ?? lastKnown);
  const age = isInWindow(expiration, 0, now)
    ? 'expired'
    : renewBeforeMs !== undefined && isInWindow(expiration, renewBeforeMs, now)
      ? 'expiring'
      : 'valid';
  return {
    status:
      key === undefined
        ? 'key_not_found'
        : Object.hasOwn(statusByState, key.keyState)
          ? statusByState[key.keyState as KnownKeyState](age)
          : 'unknown',
    expiration,
    keyState: key?.keyState,
    keySpec: key?.keySpec,
    scheduledDeletionDate: key?.scheduledDeletionDate,
  };
}

/** The key holds its material, usable or not. */
export function holdsMaterial(status: MaterialStatus): boolean {
  return (
    status === 'present' ||
    status === 'expiring' ||
    status === 'key_disabled' ||
    status === 'expired_not_purged'
  );
}

/** If the same run disables the key first, it counts as disabled: no import comes after that. */
export function disabledFirst(observation: MaterialObservation): MaterialObservation {
  return holdsMaterial(observation.status)
    ? { ...observation, status: 'key_disabled', keyState: keyStates.disabled }
    : observation;
}

/** The key would accept an import now. */
export function isAbsent(status: MaterialStatus): boolean {
  return status === 'purged_after_expiry' || status === 'deleted_outside';
}
