/** The external keys of a project as the KMS lists them. Nobody's wishes are known here: only what is there, and when it ends. */
import type { KeyDetail } from '../kms/model';
import { keep } from '../lifecycle/expiration-wish';
import { observeMaterial } from '../lifecycle/material-status';
import type { MaterialRecord } from './material-finding';

interface LiveReading {
  readonly now: Date;
  readonly warnBeforeMs: number;
  /** Ids of the keys that Terraform has, where it was asked. */
  readonly wanted: ReadonlySet<string>;
}

/** Keys of people, not the default keys of cloud services. */
export function materialsInKms(keys: readonly KeyDetail[], { now, warnBeforeMs, wanted }: LiveReading): MaterialRecord[] {
  return keys
    .filter(({ origin, defaultKeyFlag }) => origin === 'external' && defaultKeyFlag !== '1')
    .map((key) => ({
      place: 'live',
      address: undefined,
      keyId: key.keyId,
      alias: key.keyAlias,
      observation: observeMaterial(key, undefined, now),
      wish: { expiration: keep, warnBeforeMs, pin: undefined, allowInterruption: true, allowUnverifiedRenewal: false },
      proof: undefined,
      managed: false,
      wanted: wanted.has(key.keyId),
      due: undefined,
    }));
}
