/** Material is imported into keys that exist and are of origin "external": asked in several places, said in one. */
import { ByokError } from '../errors';
import type { KeyDetail } from '../kms/model';
import type { Notice } from './context';

/**
 * @param key as described; undefined when the KMS knows none of this id
 * @param place of the KMS that was asked, as `Kms.place` says it
 * @param attribute the one that names the key; undefined where it came from elsewhere
 * @throws ByokError ERR_KEY_NOT_FOUND, ERR_KEY_UNSUITABLE
 */
export function requireExternalKey(keyId: string, key: KeyDetail | undefined, place: string, attribute: string | undefined): KeyDetail {
  if (key === undefined) {
    throw new ByokError('ERR_KEY_NOT_FOUND', `key "${keyId}" is not known to the KMS of ${place}; check the id, region and project_id`, {
      attribute,
    });
  }
  const unsuitable = refuseOrigin(key, attribute);
  if (unsuitable !== undefined) {
    throw unsuitable;
  }
  return key;
}

export function refuseOrigin({ keyId, origin }: KeyDetail, attribute: string | undefined): ByokError | undefined {
  return origin === 'external'
    ? undefined
    : new ByokError(
        'ERR_KEY_UNSUITABLE',
        `key ${keyId} has origin "${origin}"; material can be imported into keys of origin "external" only, such as byok_external_key makes`,
        { attribute },
      );
}

/** Of a key that was there before. It is more often the question that is wrong than the key that is gone. */
export function keyNotFound(keyId: string, place: string): Notice {
  return {
    summary: 'The KMS does not know the key',
    detail: `Check region, project_id and kms_endpoint first: the KMS of ${place} was asked, and it knows no key ${keyId}. If all three are right the key does not exist any more, and what was encrypted under it stays unreadable.`,
    attribute: undefined,
  };
}
