/** From the properties of the resource to the terms of the lifecycle. */
import type { Wish } from '../../lifecycle/decision';
import { type ExpirationWish, keep } from '../../lifecycle/expiration-wish';
import type { MaterialRequest } from '../../lifecycle/material-request';
import type { KeyWish } from '../../lifecycle/reconcile-key';
import type { Material } from '../../material/material';
import { type ExpirationInstant, parseExpirationTime } from '../../terms/expiration-time';
import {
  defaultKeyDestroyPolicy,
  defaultPendingDays,
  type KeyDestroyPolicy,
} from '../../terms/key';
import { defaultKeySpec, defaultWrappingAlgorithm, type WrappingAlgorithm } from '../../terms/kms';
import { defaultMaterialDestroyPolicy, type MaterialDestroyPolicy } from '../../terms/material';
import { parseRolling } from '../../terms/rolling-expiration';
import { type KeyProperties, rollingSpelling, type Scalar } from '../key-properties';
import type { RememberedKey } from './memory';
import { wording } from './wording';

/** The part of a request that no review adds to. */
export type UnreviewedRequest = Omit<MaterialRequest, 'permitted' | 'reviewed'>;

/**
 * @param alias of a key that we make; for other keys no alias is wanted
 * @param before the properties before this change: tags that are no longer declared are removed
 */
export function keyWishOf(
  properties: KeyProperties,
  alias: string,
  before: KeyProperties | undefined,
): KeyWish {
  const {
    description = '',
    keySpec = defaultKeySpec,
    keyUsage,
    enabled,
    tags,
    cancelPendingDeletion,
  } = properties;
  return {
    alias,
    description,
    keySpec,
    keyUsage,
    enabled: flag(enabled),
    cancelPendingDeletion: flag(cancelPendingDeletion) ?? false,
    tags: tags ?? (before?.tags === undefined ? undefined : {}),
  };
}

export function materialRequestOf(
  properties: KeyProperties,
  keyId: string,
  remembered: RememberedKey | undefined,
  open: () => Promise<Material>,
): UnreviewedRequest {
  return {
    keyId,
    wish: wishOf(properties, remembered?.ours ?? false),
    allowWeakMaterial: flag(properties.allowWeakMaterial) ?? false,
    lastKnown: lastKnownOf(remembered),
    proof: remembered?.proof,
    disabled: flag(properties.enabled) === false,
    source: {
      open,
      wrappingAlgorithm: (properties.wrappingAlgorithm ??
        defaultWrappingAlgorithm) as WrappingAlgorithm,
    },
    sourceAttribute: 'source',
  };
}

function lastKnownOf(remembered: RememberedKey | undefined): ExpirationInstant {
  return remembered?.expirationTime === undefined
    ? undefined
    : parseExpirationTime(remembered.expirationTime, wording);
}

function wishOf(properties: KeyProperties, ours: boolean): Wish {
  return {
    expiration: expirationOf(properties, ours),
    // The alarm warns.
    warnBeforeMs: 0,
    pin: properties.fingerprint,
    allowInterruption: flag(properties.allowInterruption) ?? true,
    allowUnverifiedRenewal: flag(properties.allowUnverifiedRenewal) ?? false,
  };
}

function expirationOf(
  { expirationTime, validFor, renewBefore }: KeyProperties,
  ours: boolean,
): ExpirationWish {
  if (validFor !== undefined && renewBefore !== undefined) {
    return parseRolling({ validFor, renewBefore }, rollingSpelling);
  }
  if (expirationTime !== undefined) {
    return parseExpirationTime(expirationTime, wording);
  }
  return ours ? undefined : keep;
}

/**
 * What a removal does. It never removes a key that was not made here, or one that we have no record
 * of.
 */
export function removalOf(properties: KeyProperties, remembered: RememberedKey | undefined) {
  const { keyId, onDestroy, keyOnDestroy, pendingDays = defaultPendingDays } = properties;
  const ofMaterial = (onDestroy ?? defaultMaterialDestroyPolicy) as MaterialDestroyPolicy;
  const mayEmpty = remembered !== undefined && keyId === undefined;
  const mayRemove = remembered?.made === true && keyId === undefined;
  return {
    ofMaterial: ofMaterial === 'delete_material' && !mayEmpty ? 'retain' : ofMaterial,
    ofKey: mayRemove ? ((keyOnDestroy ?? defaultKeyDestroyPolicy) as KeyDestroyPolicy) : 'retain',
    pendingDays: Number(pendingDays),
  } as const;
}

function flag(value: Scalar | undefined): boolean | undefined {
  return value === undefined ? undefined : String(value) === 'true';
}
