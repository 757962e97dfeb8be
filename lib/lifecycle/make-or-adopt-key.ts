/**
 * Makes a key, or takes over the one that an interrupted run of ours left behind: KMS.1104 (the alias is taken) and a lost answer both may mean it.
 * Only an empty external key of the same spec and description is taken over, as that run would have made it.
 */
import { ByokError } from '../errors';
import { hasApiCode } from '../kms/kms-error';
import { isLostAnswer } from '../kms/lost-answer';
import type { KeyDetail } from '../kms/model';
import type { LifecycleContext, Notice } from './context';

/** What create-key is told. */
export interface NewKey {
  readonly alias: string;
  readonly description: string;
  readonly keySpec: string;
  readonly keyUsage: string | undefined;
}

/**
 * @throws KmsError when the KMS refuses to create it
 * @throws ByokError ERR_KEY_UNSUITABLE when the alias belongs to a key that must not be adopted
 */
export async function makeOrAdoptKey(
  context: LifecycleContext,
  wish: NewKey,
): Promise<{ keyId: string; adopted: boolean; notices: readonly Notice[] }> {
  const { alias: keyAlias, description: keyDescription, keySpec, keyUsage } = wish;
  try {
    const { keyId } = await context.kms.createKey(
      { keyAlias, keySpec, keyDescription, ...(keyUsage === undefined ? {} : { keyUsage }) },
      { signal: context.signal },
    );
    return { keyId, adopted: false, notices: [] };
  } catch (error) {
    if (!hasApiCode(error, 'KMS.1104') && !isLostAnswer(error)) {
      throw error;
    }
    const namesakes = (await context.kms.listKeys({ signal: context.signal })).filter(
      (key) => key.keyAlias === keyAlias && key.keyState !== '4',
    );
    if (namesakes.length === 0) {
      throw error;
    }
    const keyId = adoptable(namesakes, wish, error).keyId;
    const detail = `A key with alias "${keyAlias}" existed without material, as an interrupted apply leaves it: it was taken over (${keyId}). If it belongs to somebody else, choose another alias.`;
    return { keyId, adopted: true, notices: [{ summary: 'An existing key was adopted', detail, attribute: 'alias' }] };
  }
}

function adoptable(namesakes: readonly KeyDetail[], wish: NewKey, cause: unknown): KeyDetail {
  const [key, ...others] = namesakes;
  const fits =
    key !== undefined &&
    others.length === 0 &&
    key.origin === 'external' &&
    key.keyState === '5' &&
    (key.keySpec ?? wish.keySpec) === wish.keySpec;
  if (fits && key.keyDescription === wish.description) {
    return key;
  }
  const ids = namesakes.map(({ keyId }) => keyId).join(', ');
  const found = fits
    ? 'has another description than is declared, as a key of somebody else'
    : `is not an empty external ${wish.keySpec} key`;
  throw new ByokError(
    'ERR_KEY_UNSUITABLE',
    `alias "${wish.alias}" belongs to key ${ids}, which ${found} and so is not adopted; choose another alias, or bring it under management: terraform import <address> ${key?.keyId ?? ''}`,
    { attribute: 'alias', cause },
  );
}
