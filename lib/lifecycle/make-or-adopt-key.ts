/**
 * Makes a key, or adopts the one that an interrupted run of ours left behind. We adopt only an
 * empty external key of the same spec and description, because that is what such a run leaves.
 */
import { ByokError } from '../errors';
import { hasApiCode, KmsError } from '../kms/kms-error';
import { isLostAnswer } from '../kms/lost-answer';
import type { KeyDetail } from '../kms/model';
import { formatInstant } from '../terms/expiration-time';
import { describeKeyState, keyStates } from '../terms/kms';
import { type LifecycleContext, messageOf, type Notice } from './context';
import type { Wording } from './wording';

/** What we ask create-key for. */
export interface NewKey {
  readonly alias: string;
  readonly description: string;
  readonly keySpec: string;
  readonly keyUsage: string | undefined;
}

export interface Adoption {
  /**
   * The id of a key: the review showed that we adopt it. Undefined: the review showed that we make
   * one. `any`: there was no review, and we may do either.
   */
  readonly reviewed: string | undefined | 'any';
  /**
   * Keys that belong to another object of the same run; we never adopt them.
   * @default none
   */
  readonly isClaimed?: (keyId: string) => boolean;
}

/** What a wish for a new key leads to, given the keys that have its alias. */
export interface AliasVerdict {
  /** The key to adopt. */
  readonly adopts?: KeyDetail;
  readonly refusal?: ByokError;
  readonly notices: readonly Notice[];
}

/** @param keys of the project; keys with other aliases are ignored */
export function judgeAlias(
  wish: NewKey,
  keys: readonly KeyDetail[],
  words: Wording,
  isClaimed: (keyId: string) => boolean = () => false,
): AliasVerdict {
  const namesakes = keys.filter(({ keyAlias }) => keyAlias === wish.alias);
  const [key, ...others] = namesakes.filter(
    ({ keyState }) => keyState !== keyStates.pendingDeletion,
  );
  if (key === undefined) {
    return { notices: namesakes.map((one) => keptAlias(wish.alias, one, words)) };
  }
  const fits =
    others.length === 0 &&
    key.origin === 'external' &&
    holdsNothing(key) &&
    (key.keySpec ?? wish.keySpec) === wish.keySpec;
  if (!fits || key.keyDescription !== wish.description || isClaimed(key.keyId)) {
    const why = isClaimed(key.keyId)
      ? 'which another object of this run uses'
      : fits
        ? 'whose description differs from the declared one, so it may not be ours'
        : `which is not an empty external ${wish.keySpec} key (state ${describeKeyState(key.keyState)})`;
    const ids = [key, ...others].map(({ keyId }) => keyId).join(', ');
    const message =
      `alias "${wish.alias}" belongs to key ${ids}, ${why}; it is not adopted: choose another ` +
      `alias, or ${words.adopt(key.keyId)}`;
    return {
      refusal: new ByokError('ERR_KEY_UNSUITABLE', message, { attribute: words.name('alias') }),
      notices: [],
    };
  }
  return { adopts: key, notices: [] };
}

/** What renaming an existing key leads to, given the other keys that have the alias. */
export function judgeRename(
  keyId: string,
  alias: string,
  keys: readonly KeyDetail[],
  words: Wording,
): AliasVerdict {
  const namesakes = keys.filter((key) => key.keyAlias === alias && key.keyId !== keyId);
  const living = namesakes.find(({ keyState }) => keyState !== keyStates.pendingDeletion);
  if (living === undefined) {
    return { notices: namesakes.map((key) => keptAlias(alias, key, words)) };
  }
  const message = `alias "${alias}" belongs to key ${living.keyId}, so key ${keyId} cannot have it too; choose another alias`;
  return {
    refusal: new ByokError('ERR_KEY_UNSUITABLE', message, { attribute: words.name('alias') }),
    notices: [],
  };
}

/**
 * Explains a refused alias.
 * @returns whose it is, as far as the list of keys tells
 */
export async function whoseAlias(
  context: LifecycleContext,
  keyId: string,
  alias: string,
  refusal: unknown,
): Promise<unknown> {
  if (!hasApiCode(refusal, 'KMS.1104')) {
    return refusal;
  }
  const {
    refusal: living,
    notices: [scheduled],
  } = judgeRename(keyId, alias, await listOr(context, refusal), context.words);
  const message = living?.message ?? scheduled?.detail;
  const attribute = context.words.name('alias');
  return message === undefined
    ? refusal
    : new ByokError('ERR_KEY_UNSUITABLE', message, { attribute, cause: refusal });
}

/**
 * @throws KmsError if the KMS refuses to create the key
 * @throws ByokError ERR_KEY_UNSUITABLE if the alias belongs to a key that we must not adopt,
 *   ERR_CHANGED_SINCE_PLAN if such a key appeared since the review
 */
export async function makeOrAdoptKey(
  context: LifecycleContext,
  wish: NewKey,
  { reviewed, isClaimed }: Adoption,
): Promise<{ keyId: string; adopted: boolean; notices: readonly Notice[] }> {
  const { words } = context;
  if (reviewed !== undefined && reviewed !== 'any') {
    return adoptAsReviewed(context, wish, reviewed);
  }
  const { alias: keyAlias, description: keyDescription, keySpec, keyUsage } = wish;
  try {
    const { keyId } = await context.kms.createKey(
      { keyAlias, keySpec, keyDescription, ...(keyUsage === undefined ? {} : { keyUsage }) },
      { signal: context.signal },
    );
    if (isClaimed?.(keyId) === true) {
      throw anotherKey(keyId, words);
    }
    return { keyId, adopted: false, notices: [] };
  } catch (error) {
    if (!hasApiCode(error, 'KMS.1104') && !isLostAnswer(error)) {
      throw error;
    }
    const keys = await listOr(context, error);
    const { adopts, refusal } = judgeAlias(wish, keys, words, isClaimed);
    if (refusal !== undefined) {
      throw new ByokError(refusal.code, refusal.message, {
        attribute: refusal.attribute,
        cause: error,
      });
    }
    if (adopts === undefined) {
      const scheduled = keys.find((key) => key.keyAlias === keyAlias);
      throw scheduled === undefined || isLostAnswer(error)
        ? error
        : new ByokError('ERR_KEY_UNSUITABLE', stillTaken(keyAlias, scheduled, words), {
            attribute: words.name('alias'),
            cause: error,
          });
    }
    if (reviewed === undefined && !isLostAnswer(error)) {
      throw new ByokError(
        'ERR_CHANGED_SINCE_PLAN',
        `alias "${keyAlias}" belongs to key ${adopts.keyId}, which is empty and could be ` +
          `adopted, but this ${words.review} did not show that; nothing was done, ${words.again}`,
        { attribute: words.name('alias'), cause: error },
      );
    }
    return adopted(keyAlias, adopts.keyId, words);
  }
}

/**
 * A new key cannot belong to another object, so this is the answer to another call. The list of
 * keys tells whether a key of this alias exists now.
 */
export function anotherKey(keyId: string, { name, again }: Wording): KmsError {
  const apiMessage =
    `create-key answered with key ${keyId}, which another object of this run uses, instead of a ` +
    `new key: a proxy may repeat earlier answers; check ${name('kmsEndpoint')} and the network, ` +
    `then ${again}`;
  return new KmsError({
    operation: 'create-key',
    status: 200,
    apiCode: undefined,
    apiMessage,
    requestId: undefined,
  });
}

async function adoptAsReviewed(
  context: LifecycleContext,
  wish: NewKey,
  keyId: string,
): Promise<{ keyId: string; adopted: boolean; notices: readonly Notice[] }> {
  const { words } = context;
  const key = await context.kms.describeKey(keyId, { signal: context.signal });
  if (key === undefined || judgeAlias(wish, [key], words).adopts === undefined) {
    throw new ByokError(
      'ERR_CHANGED_SINCE_PLAN',
      `this ${words.review} adopts key ${keyId}, but that is no longer the empty key of alias ` +
        `"${wish.alias}"; nothing was done, ${words.again}`,
      { attribute: words.name('alias') },
    );
  }
  return adopted(wish.alias, keyId, words);
}

function adopted(
  alias: string,
  keyId: string,
  { name, run }: Wording,
): { keyId: string; adopted: boolean; notices: readonly Notice[] } {
  const detail =
    `A key with alias "${alias}" existed without material, as an interrupted ${run} leaves it, ` +
    `so key ${keyId} was adopted. If it is not yours, choose another alias.`;
  return {
    keyId,
    adopted: true,
    notices: [{ summary: 'An existing key was adopted', detail, attribute: name('alias') }],
  };
}

/** A newly made key is not ready for a moment. */
function holdsNothing({ keyState }: KeyDetail): boolean {
  return keyState === keyStates.pendingImport || keyState === keyStates.toBeActivated;
}

/** @throws the KMS's refusal about the key, if we may not list keys (a permission is missing) */
async function listOr(
  { kms, signal, log }: LifecycleContext,
  refusal: unknown,
): Promise<readonly KeyDetail[]> {
  try {
    return await kms.listKeys({ signal });
  } catch (error) {
    log('warn', 'the keys could not be listed', { reason: messageOf(error) });
    throw refusal;
  }
}

function keptAlias(alias: string, scheduled: KeyDetail, words: Wording): Notice {
  const detail = stillTaken(alias, scheduled, words);
  return {
    summary: 'The alias belongs to a key that is scheduled for deletion',
    detail,
    attribute: words.name('alias'),
  };
}

/**
 * Nothing documents that a key keeps its alias until it is deleted; the KMS shows it by refusing a
 * new key of this alias.
 */
function stillTaken(
  alias: string,
  { keyId, scheduledDeletionDate }: KeyDetail,
  words: Wording,
): string {
  const end =
    scheduledDeletionDate === undefined ? 'soon' : `on ${formatInstant(scheduledDeletionDate)}`;
  return (
    `alias "${alias}" belongs to key ${keyId}, which keeps its alias until the KMS deletes it ` +
    `${end}; ${words.rescueOther(keyId)}, or choose another alias`
  );
}
