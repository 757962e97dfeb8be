/**
 * Makes a key, or takes over the one that an interrupted run of ours left behind. Only an empty
 * external key of the same spec and description is taken over, as that run would have made it.
 */
import { ByokError } from '../errors';
import { hasApiCode, KmsError } from '../kms/kms-error';
import { isLostAnswer } from '../kms/lost-answer';
import type { KeyDetail } from '../kms/model';
import { formatInstant } from '../terms/expiration-time';
import { describeKeyState, keyStates } from '../terms/kms';
import { type LifecycleContext, messageOf, type Notice } from './context';
import type { Wording } from './wording';

/** What create-key is told. */
export interface NewKey {
  readonly alias: string;
  readonly description: string;
  readonly keySpec: string;
  readonly keyUsage: string | undefined;
}

export interface Adoption {
  /**
   * It was reviewed that this key is taken over; undefined: that one is made; `any`: nobody
   * reviewed, and either will do.
   */
  readonly reviewed: string | undefined | 'any';
  /** Keys that another object of the same run has are never taken over. @default none */
  readonly isClaimed?: (keyId: string) => boolean;
}

/** What comes of a wish for a new key, as the keys of its alias stand. */
export interface AliasVerdict {
  /** The key to take over. */
  readonly adopts?: KeyDetail;
  readonly refusal?: ByokError;
  readonly notices: readonly Notice[];
}

/** @param keys of the project; those of other aliases do not count */
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
      ? 'which another object of this run has'
      : fits
        ? 'which has another description than is declared, as a key of somebody else'
        : `which is not an empty external ${wish.keySpec} key (state ${describeKeyState(key.keyState)})`;
    const ids = [key, ...others].map(({ keyId }) => keyId).join(', ');
    const message = `alias "${wish.alias}" belongs to key ${ids}, ${why} and so is not adopted; choose another alias, or ${words.adopt(key.keyId)}`;
    return {
      refusal: new ByokError('ERR_KEY_UNSUITABLE', message, { attribute: words.name('alias') }),
      notices: [],
    };
  }
  return { adopts: key, notices: [] };
}

/** What comes of another alias for a key that exists, as the other keys of that alias stand. */
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
  const message = `alias "${alias}" belongs to key ${living.keyId}, so key ${keyId} cannot have it, too; choose another alias`;
  return {
    refusal: new ByokError('ERR_KEY_UNSUITABLE', message, { attribute: words.name('alias') }),
    notices: [],
  };
}

/** @returns what to say of a refusal of another alias: whose it is, as far as a list tells */
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
 * @throws KmsError when the KMS refuses to create it
 * @throws ByokError ERR_KEY_UNSUITABLE when the alias belongs to a key that must not be adopted,
 *   ERR_CHANGED_SINCE_PLAN when that came up since the review
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
        `alias "${keyAlias}" belongs to key ${adopts.keyId}, which is empty and could be taken over, but this ${words.review} did not show it; nothing was done, ${words.again}`,
        { attribute: words.name('alias'), cause: error },
      );
    }
    return adopted(keyAlias, adopts.keyId, words);
  }
}

/**
 * A key that is new is nobody's yet, so this is the answer to another call: whether there is a key
 * of this alias now, the list tells.
 */
export function anotherKey(keyId: string, { name, again }: Wording): KmsError {
  const apiMessage = `the answer names key ${keyId}, which another object of this run has, and not a new one: something between repeats earlier answers; check ${name('kmsEndpoint')} and the network, then ${again}`;
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
      `key ${keyId}, which the ${words.review} takes over, is not the empty key of alias "${wish.alias}" any more; nothing was done, ${words.again}`,
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
  const detail = `A key with alias "${alias}" existed without material, as an interrupted ${run} leaves it: it was taken over (${keyId}). If it belongs to somebody else, choose another alias.`;
  return {
    keyId,
    adopted: true,
    notices: [{ summary: 'An existing key was adopted', detail, attribute: name('alias') }],
  };
}

/** A key that was just made is not ready for a moment. */
function holdsNothing({ keyState }: KeyDetail): boolean {
  return keyState === keyStates.pendingImport || keyState === keyStates.toBeActivated;
}

/** @throws what the KMS said about the key when it shows no list, for want of a permission */
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
 * That a key keeps its alias to the end is documented nowhere; the refusal of a new key of this
 * alias shows it.
 */
function stillTaken(
  alias: string,
  { keyId, scheduledDeletionDate }: KeyDetail,
  words: Wording,
): string {
  const end =
    scheduledDeletionDate === undefined ? 'soon' : `on ${formatInstant(scheduledDeletionDate)}`;
  return `alias "${alias}" belongs to key ${keyId}, which the KMS deletes ${end} and which keeps its alias until then; ${words.rescueOther(keyId)}, or choose another alias`;
}
