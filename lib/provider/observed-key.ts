/** A key as the data sources show it: what the KMS says now, with no history to compare it with. */
import type { KeyDetail } from '../kms/model';
import { observeMaterial } from '../lifecycle/material-status';
import type { ObservedKeyAttribute, ObservedMaterialStatus } from '../schema/data-sources';
import { formatExpirationTime, formatInstant } from '../terms/expiration-time';
import { hasMaterial } from '../terms/kms';
import type { Value } from '../tfplugin/values/value';

export function observedKey(key: KeyDetail, now: Date): Record<ObservedKeyAttribute, Value> {
  return {
    key_id: key.keyId,
    alias: key.keyAlias,
    description: key.keyDescription,
    key_spec: key.keySpec ?? null,
    key_usage: key.keyUsage ?? null,
    key_state: key.keyState,
    origin: key.origin,
    creation_date: key.creationDate === undefined ? null : formatInstant(key.creationDate),
    expiration_time: expirationTime(key),
    material_status: key.origin === 'external' ? materialStatus(key, now) : null,
  };
}

/**
 * The KMS shows no expiry for material that never expires, nor for a key without material. Only
 * some states tell which it is.
 */
function expirationTime({ origin, keyState, expirationTime }: KeyDetail): string | null {
  return origin === 'external' && (expirationTime !== undefined || hasMaterial(keyState))
    ? formatExpirationTime(expirationTime)
    : null;
}

function materialStatus(key: KeyDetail, now: Date): ObservedMaterialStatus {
  const { status } = observeMaterial(key, undefined, now);
  return status === 'deleted_outside' || status === 'key_not_found' ? 'absent' : status;
}
