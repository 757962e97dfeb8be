/** The external keys of a project as the KMS lists them. Nobody's wishes are known here: only what is there, and when it ends. */
import type { KeyDetail } from '../kms/model';
import { keep } from '../lifecycle/expiration-wish';
import { observeMaterial } from '../lifecycle/material-status';
import type { MaterialRecord } from './material-finding';

/** Keys of people, not the default keys of cloud services. */
export function materialsInKms(keys: readonly KeyDetail[], { now, warnBeforeMs }: { now: Date; warnBeforeMs: number }): MaterialRecord[] {
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
      due: undefined,
    }));
}
