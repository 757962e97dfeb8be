/** From the properties of the resource to the terms of the lifecycle. */
import { ByokError } from '../../errors';
import type { Wish } from '../../lifecycle/decision';
import { requireFaultless } from '../../lifecycle/declaration';
import type { UnreviewedRequest } from '../../lifecycle/material-request';
import type { KeyWish } from '../../lifecycle/reconcile-key';
import {
  type DeclaredMaterial,
  keyWishOf as keyWishOfDeclared,
  wishOf,
  wishToJudge,
} from '../../lifecycle/wish';
import type { Material } from '../../material/material';
import { type ExpirationInstant, parseExpirationTime } from '../../terms/expiration-time';
import {
  defaultKeyDestroyPolicy,
  defaultPendingDays,
  type KeyDestroyPolicy,
} from '../../terms/key';
import { defaultWrappingAlgorithm, type WrappingAlgorithm } from '../../terms/kms';
import { defaultMaterialDestroyPolicy, type MaterialDestroyPolicy } from '../../terms/material';
import { switches } from '../../terms/material-options';
import { declaredIn, deletionOfNamedKey, type KeyProperties, type Scalar } from '../key-properties';
import type { RememberedKey } from './memory';
import { wording } from './wording';

/** @throws ByokError ERR_ARGUMENT: some values are known here only */
export function requireProperties(properties: KeyProperties): void {
  const { pendingDays } = properties;
  // A template makes a text of it.
  const isNumber = /^\d{1,9}$/.test(String(pendingDays));
  requireFaultless(
    { ...declaredIn(properties), pendingDays: isNumber ? Number(pendingDays) : pendingDays },
    { words: wording },
  );
  if (properties.keyId !== undefined && properties.onDestroy === 'delete_material') {
    throw new ByokError('ERR_ARGUMENT', deletionOfNamedKey);
  }
}

/** @param before the properties before this change */
export function keyWishOf(properties: KeyProperties, before: KeyProperties | undefined): KeyWish {
  return keyWishOfDeclared(
    {
      ...properties,
      enabled: flag(properties.enabled),
      cancelPendingDeletion: flag(properties.cancelPendingDeletion),
    },
    before?.tags !== undefined,
  );
}

export function materialRequestOf(
  properties: KeyProperties,
  keyId: string,
  remembered: RememberedKey | undefined,
  open: () => Promise<Material>,
): UnreviewedRequest {
  const ours = remembered?.ours ?? false;
  return {
    keyId,
    // The alarm warns.
    wish: { ...wishOf(declaredMaterialIn(properties), ours, wording), warnBeforeMs: 0 },
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

/** The wish by which the material is judged as it is, as `byok check` judges it. */
export function judgedWishOf(properties: KeyProperties): Wish {
  return wishToJudge(declaredMaterialIn(properties), wording);
}

function declaredMaterialIn(properties: KeyProperties): DeclaredMaterial {
  const { expirationTime, validFor, renewBefore, warnBefore, fingerprint } = properties;
  return {
    expirationTime,
    validFor,
    renewBefore,
    warnBefore,
    fingerprint,
    ...Object.fromEntries(switches.map((name) => [name, flag(properties[name])])),
  };
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
