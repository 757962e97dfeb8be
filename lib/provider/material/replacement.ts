/** Material that goes to another key: because another is declared, or its own is gone. */
import { ByokError } from '../../errors';
import type { Notice } from '../../lifecycle/context';
import { keyNotFound, whatIsNotFound } from '../../lifecycle/require-external-key';
import { keyMaterialSchema } from '../../schema/key-material';
import type { AttributeSchema } from '../../schema/model';
import { parseExpirationTime, sameExpiration } from '../../terms/expiration-time';
import type { Context } from '../../tfplugin/provider';
import type { Values } from '../../tfplugin/values/value';
import { isUnknown, text } from '../attributes';
import { type Client, isConnected } from '../client';
import { refuseOutright } from '../refuse';
import { warn } from '../warn';
import { wording } from '../wording';
import { expirationOf } from './config';

/** We do not give up protected material because the key may only be in another place. */
export function sayLost(keyId: string, config: Values, client: Client, context: Context): void {
  const notice = keyNotFound(keyId, placeOf(client), wording);
  if (text(config, 'on_destroy') === 'refuse') {
    refuseOutright(context, client, notice.summary, lostProtected(keyId, client));
  } else {
    warn(context, [{ ...notice, attribute: 'key_id' }]);
  }
}

export function lostProtected(keyId: string, client: Client): ByokError {
  const message =
    `${whatIsNotFound(keyId, placeOf(client), wording)}; on_destroy of its material is ` +
    '"refuse", so nothing replaces it: once you are sure that the key is gone, set on_destroy = ' +
    '"retain"';
  return new ByokError('ERR_REFUSED', message, { attribute: 'key_id' });
}

/** Which KMS was asked. */
function placeOf(client: Client): string {
  return isConnected(client) ? client.kms.place : 'this provider block';
}

/**
 * Tells the two plan calls of a replacement from those of other objects. Write-only values may
 * differ between the two.
 */
export function declarationOf(config: Values): string {
  const written = Object.entries(
    keyMaterialSchema.attributes as Readonly<Record<string, AttributeSchema>>,
  ).filter(([, { writeOnly }]) => writeOnly !== true);
  return JSON.stringify(
    written.map(([name]) => (isUnknown(config, name) ? { unknown: true } : (config[name] ?? null))),
  );
}

export function mayChangeExpiration(prior: Values, config: Values): boolean {
  const declared = text(config, 'expiration_time');
  return (
    declared !== undefined &&
    !sameExpiration(parseExpirationTime(declared, wording), expirationOf(prior))
  );
}

export function mayBeInterrupted(keyId: string): Notice {
  return {
    summary: 'The key is known only after apply',
    detail:
      `If it is key ${keyId} again, the change of expiration_time deletes its material and ` +
      'imports the same material again, with a short outage.',
    attribute: 'key_id',
  };
}
