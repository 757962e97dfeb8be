/**
 * The external keys of a project, as the KMS lists them.
 * We know no declarations here, only what exists and when it expires.
 */
import type { KeyDetail, Whereabouts } from '../kms/model';
import { observeMaterial } from '../lifecycle/material-status';
import { wishOf } from '../lifecycle/wish';
import type { MaterialRecord } from './material-finding';

interface LiveReading {
  readonly now: Date;
  readonly warnBeforeMs: number;
  /** Ids of the keys that Terraform has, if Terraform was read, too. */
  readonly wanted: ReadonlySet<string>;
  readonly whereabouts: Whereabouts;
}

const undeclared = wishOf({}, false);

/** Keys that users made, without the default keys of cloud services. */
export function externalKeysOf(keys: readonly KeyDetail[]): KeyDetail[] {
  return keys.filter(
    ({ origin, defaultKeyFlag }) => origin === 'external' && defaultKeyFlag !== '1',
  );
}

export function materialsInKms(
  keys: readonly KeyDetail[],
  { now, warnBeforeMs, wanted, whereabouts }: LiveReading,
): MaterialRecord[] {
  return externalKeysOf(keys).map((key) => ({
    place: 'live',
    address: undefined,
    keyId: key.keyId,
    alias: key.keyAlias,
    observation: observeMaterial(key, undefined, now),
    wish: { ...undeclared, warnBeforeMs },
    proof: undefined,
    managed: false,
    wanted: wanted.has(key.keyId),
    due: undefined,
    whereabouts,
    importedAt: undefined,
    pinned: undefined,
  }));
}
