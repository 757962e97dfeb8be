/**
 * Material is imported into keys that exist and are of origin "external": asked in several places,
 * said in one.
 */
import { ByokError } from '../errors';
import type { KeyDetail } from '../kms/model';
import type { Notice } from './context';
import type { Wording } from './wording';

/**
 * @param key as described; undefined when the KMS knows none of this id
 * @param place of the KMS that was asked, as `Kms.place` says it
 * @param attribute what names the key, as the front-end spells it; undefined where it came from
 *   elsewhere
 * @throws ByokError ERR_KEY_NOT_FOUND, ERR_KEY_UNSUITABLE
 */
export function requireExternalKey(
  keyId: string,
  key: KeyDetail | undefined,
  place: string,
  words: Wording,
  attribute: string | undefined,
): KeyDetail {
  if (key === undefined) {
    const message = `key "${keyId}" is not known to the KMS of ${place}; check the id, ${words.name('region')} and ${words.name('projectId')}`;
    throw new ByokError('ERR_KEY_NOT_FOUND', message, { attribute });
  }
  const unsuitable = refuseOrigin(key, words, attribute);
  if (unsuitable !== undefined) {
    throw unsuitable;
  }
  return key;
}

export function refuseOrigin(
  { keyId, origin }: KeyDetail,
  { maker }: Wording,
  attribute: string | undefined,
): ByokError | undefined {
  return origin === 'external'
    ? undefined
    : new ByokError(
        'ERR_KEY_UNSUITABLE',
        `key ${keyId} has origin "${origin}"; material can be imported into keys of origin "external" only${maker}`,
        { attribute },
      );
}

/**
 * Of a key that was there before. It is more often the question that is wrong than the key that is
 * gone.
 */
export function keyNotFound(keyId: string, place: string, words: Wording): Notice {
  return {
    summary: 'The KMS does not know the key',
    detail: `${whatIsNotFound(keyId, place, words)}.`,
    attribute: undefined,
  };
}

/** The same without a full stop, for a sentence that goes on. */
export function whatIsNotFound(keyId: string, place: string, { name }: Wording): string {
  return `Check ${name('region')}, ${name('projectId')} and ${name('kmsEndpoint')} first: the KMS of ${place} was asked, and it knows no key ${keyId}. If all three are right the key does not exist any more, and what was encrypted under it stays unreadable`;
}
