/**
 * The hooks in a state: null resources with triggers that say which key they keep filled, and how.
 * lib/cdktf/material-hooks.ts writes the triggers and names them.
 */

import { isRecord } from '../json';
import type { Wish } from '../lifecycle/decision';
import { keep } from '../lifecycle/expiration-wish';
import { wording } from '../provider/wording';
import { parseExpirationTime } from '../terms/expiration-time';
import { type Attributes, text, wishOf } from './recorded-material';
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
          isRecord(attributes.triggers) ? hookOf(address, attributes.triggers, reading) : [],
        );
}

function hookOf(address: string, triggers: Attributes, { warnBeforeMs }: Reading): Hook[] {
  const [keyId, driftToken] = [text(triggers, 'key_id'), text(triggers, 'drift_token')];
  if (keyId === undefined || driftToken === undefined) {
    return [];
  }
  const wish = wishOf(triggers, warnBeforeMs);
  const fixed = text(triggers, 'expiration_time');
  const expiration =
    wish.expiration === keep && fixed !== undefined
      ? parseExpirationTime(fixed, wording)
      : wish.expiration;
  // The apply itself decides whether this is allowed, and says so in its own words.
  return [
    {
      address,
      keyId,
      driftToken,
      wish: { ...wish, expiration, allowInterruption: true, allowUnverifiedRenewal: true },
    },
  ];
}
