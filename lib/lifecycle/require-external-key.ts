/**
 * We import material only into existing keys of origin "external". Several places check that; the
 * words for it are here.
 */
import { ByokError } from '../errors';
import type { KeyDetail } from '../kms/model';
import type { Notice } from './context';
import type { Wording } from './wording';

/**
 * @param key as described; undefined if the KMS does not know this id
 * @param place of the KMS that was asked, as `Kms.place` says it
 * @param attribute what names the key, as the front-end names it; undefined if the id came from
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
    const message =
      `the KMS of ${place} does not know key "${keyId}"; check the id, ${words.name('region')} ` +
      `and ${words.name('projectId')}`;
    throw new ByokError('ERR_KEY_NOT_FOUND', message, { attribute });
  }
  const unsuitable = refuseOrigin(key, words, attribute);
  if (unsuitable !== undefined) {
    throw unsuitable;
  }
  return key;
}

export function refuseOrigin(
  { keyId, origin }: Pick<KeyDetail, 'keyId' | 'origin'>,
  { maker }: Wording,
  attribute: string | undefined,
): ByokError | undefined {
  return origin === 'external'
    ? undefined
    : new ByokError(
        'ERR_KEY_UNSUITABLE',
        `key ${keyId} has origin "${origin}"; only keys of origin "external" accept material${maker}`,
        { attribute },
      );
}

/** About an existing key. More often the question is wrong than the key gone. */
export function keyNotFound(keyId: string, place: string, words: Wording): Notice {
  return {
    summary: 'The KMS does not know the key',
    detail: `${whatIsNotFound(keyId, place, words)}.`,
    attribute: undefined,
  };
}

/** The same without a full stop, to continue in a sentence. */
export function whatIsNotFound(keyId: string, place: string, { name }: Wording): string {
  return (
    `Check ${name('region')}, ${name('projectId')} and ${name('kmsEndpoint')} first: the KMS of ` +
    `${place} does not know key ${keyId}. If all three are right, the key no longer exists, and ` +
    'data encrypted under it stays unreadable'
  );
}
