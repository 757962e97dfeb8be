/** The material of a key that a call wants to use: only an enabled key provides it. */
import { keyStates } from '../terms/kms';
import type { KmsApiCode } from '../terms/kms-errors';
import { refusal } from './api-error';
import type { StoredKey } from './key';

/** The code for a key that is not enabled. For pending import (5) it is not documented. */
const refusalByState: Readonly<Record<string, KmsApiCode>> = {
  [keyStates.disabled]: 'KMS.0209',
  [keyStates.pendingDeletion]: 'KMS.0210',
  [keyStates.frozen]: 'KMS.0320',
};

/** @throws ApiError when the key is in any state but enabled */
export function usableMaterial({ state, material }: StoredKey): Buffer {
  if (state !== keyStates.enabled || material === undefined) {
    throw refusal(refusalByState[state] ?? 'KMS.1301');
  }
  return material.reveal();
}
