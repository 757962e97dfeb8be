/**
 * The hooks in a state: null resources with triggers that say which key they keep filled, and how.
 * lib/cdktf/material-hooks.ts writes the triggers and names them.
 */

import { isRecord } from '../json';
import type { Wish } from '../lifecycle/decision';
import { wishOf } from '../lifecycle/wish';
import { wording } from '../provider/wording';
import { type Attributes, readingOf, text } from './recorded-material';
import { objectsInState, type Reading } from './state-file';

/** A key that a hook keeps filled, with the values of the last apply. */
export interface Hook {
  readonly address: string;
  readonly keyId: string;
  /** The token of the last apply. */
  readonly driftToken: string;
  readonly wish: Wish;
}

/**
 * @param content empty before the first apply
 * @throws ByokError ERR_ARGUMENT when the content is not a state file
 */
export function hooksInState(content: string, reading: Reading): Hook[] {
  return content.trim() === ''
    ? []
    : objectsInState(content, reading.place)
        .filter(({ type }) => type === 'null_resource')
        .flatMap(({ address, attributes }) =>
          isRecord(attributes.triggers) ? hookIn(address, attributes.triggers, reading) : [],
        );
}

function hookIn(address: string, triggers: Attributes, reading: Reading): Hook[] {
  return readingOf(reading.place, address, () => hookOf(address, triggers, reading));
}

function hookOf(address: string, triggers: Attributes, { warnBeforeMs }: Reading): Hook[] {
  const [keyId, driftToken] = [text(triggers, 'key_id'), text(triggers, 'drift_token')];
  if (keyId === undefined || driftToken === undefined) {
    return [];
  }
  const declared = {
    expirationTime: text(triggers, 'expiration_time'),
    validFor: text(triggers, 'valid_for'),
    renewBefore: text(triggers, 'renew_before'),
    // The apply itself decides whether this is allowed, and says so in its own words.
    allowUnverifiedRenewal: true,
  };
  const wish = wishOf(declared, false, wording);
  return [
    {
      address,
      keyId,
      driftToken,
      wish: { ...wish, warnBeforeMs: warnBeforeMs ?? wish.warnBeforeMs },
    },
  ];
}
