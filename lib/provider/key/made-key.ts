/**
 * A key that this run made may not be ready for a moment. Only callers that look at it then wait
 * for that.
 */
import type { KeyDetail } from '../../kms/model';
import type { Context } from '../../tfplugin/provider';
import { type ConnectedClient, lifecycleContext } from '../client';

/**
 * @returns the key once it is ready; undefined if this run did not make it, so that it is used as
 *   it is
 * @throws ByokError ERR_TIMEOUT, ERR_KEY_NOT_FOUND
 */
export async function whenMadeKeyIsReady(
  client: ConnectedClient,
  keyId: string,
  context: Context,
): Promise<KeyDetail | undefined> {
  if (!client.run.isMade(keyId)) {
    return undefined;
  }
  const { findKey } =
    require('../../lifecycle/create-material') as typeof import('../../lifecycle/create-material');
  return findKey(lifecycleContext(client, context, 'read', {}), keyId);
}
