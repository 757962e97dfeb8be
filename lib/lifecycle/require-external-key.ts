/** Material is imported into keys that exist and are of origin "external": asked in several places, said in one. */
import { ByokError } from '../errors';
import type { KeyDetail } from '../kms/model';

/**
 * @param key as described; undefined when the KMS knows none of this id
 * @param attribute the one that names the key; undefined where it came from elsewhere
 * @throws ByokError ERR_KEY_NOT_FOUND, ERR_KEY_UNSUITABLE
 */
export function requireExternalKey(keyId: string, key: KeyDetail | undefined, attribute: string | undefined): KeyDetail {
  if (key === undefined) {
    throw new ByokError('ERR_KEY_NOT_FOUND', `key "${keyId}" is not known to the KMS; check the id, region and project_id`, { attribute });
  }
  if (key.origin !== 'external') {
    throw new ByokError(
      'ERR_KEY_UNSUITABLE',
      `key ${keyId} has origin "${key.origin}"; material can be imported into keys of origin "external" only, such as byok_external_key makes`,
      { attribute },
    );
  }
  return key;
}
