/**
 * Makes an external key what was wished: observe, ensure, sync, return. The key id never changes
 * under it.
 */
import { ByokError } from '../errors';
import { hasApiCode } from '../kms/kms-error';
import type { KeyDetail, Tags } from '../kms/model';
import { formatInstant } from '../terms/expiration-time';
import type { KeyDestroyPolicy } from '../terms/key';
import { describeKeyState, keyStates, tryFindKeySpec } from '../terms/kms';
import { change, type Effect, lookFor, type Sight } from './change';
import {
  type LifecycleContext,
  messageOf,
  type Notice,
  shortPatienceMs,
  uninterruptible,
  waitUntil,
} from './context';
import { type Adoption, makeOrAdoptKey, type NewKey, whoseAlias } from './make-or-adopt-key';
import { setEnabled } from './set-enabled';
import { syncTags } from './sync-tags';
import { capital, type Wording } from './wording';

export interface KeyWish extends NewKey {
  /** Undefined: not managed. */
  readonly enabled: boolean | undefined;
  readonly cancelPendingDeletion: boolean;
  /** All the tags that the key is to have; undefined: not looked at. */
  readonly tags: Tags | undefined;
}

export interface KeyOutcome {
  readonly key: KeyDetail;
  readonly notices: readonly Notice[];
}

export interface NewKeyOutcome extends KeyOutcome {
  /** It was there already; whose it is, nobody knows. */
  readonly adopted: boolean;
}

/**
 * Creates the key. Once the KMS has made it, whatever else fails is a notice: after an error its
 * maker would destroy it. Of a key that was made just now it is known how it is, and nobody looks
 * at it: whether it is ready yet, the import finds out.
 *
 * @throws KmsError when the KMS refuses to create it
 * @throws ByokError ERR_KEY_UNSUITABLE when the alias belongs to a key that must not be adopted
 */
export async function createKey(
  context: LifecycleContext,
  wish: KeyWish,
  adoption: Adoption = { reviewed: 'any' },
): Promise<NewKeyOutcome> {
  const { keyId, adopted, notices } = await makeOrAdoptKey(context, wish, adoption);
  const made = created(keyId, adopted ? undefined : context.now(), wish);
  const finished = adopted ? undefined : await trySyncMade(context, made, wish);
  if (finished !== undefined) {
    return { key: finished.key, adopted, notices: [...notices, ...finished.notices] };
  }
  try {
    const key = await waitUntil(
      context,
      `key ${keyId} to become ready`,
      () => context.kms.describeKey(keyId, { signal: context.signal }),
      (answer) => answer !== undefined && answer.keyState !== keyStates.toBeActivated,
    );
    const synced = await syncKey(context, key ?? made, wish, adopted ? 'adopted' : 'known');
    return { key: synced.key, adopted, notices: [...notices, ...synced.notices] };
  } catch (error) {
    const detail = `Key ${keyId} exists, but: ${messageOf(error)}. ${capital(context.words.nextLook)} shows what is left to do.`;
    return {
      key: made,
      adopted,
      notices: [...notices, { summary: 'The key was created, but not completed', detail }],
    };
  }
}

/** Undefined: something was refused, as by a key that is not ready yet. */
async function trySyncMade(
  context: LifecycleContext,
  made: KeyDetail,
  wish: KeyWish,
): Promise<KeyOutcome | undefined> {
  try {
    return await syncKey(context, made, wish, 'made');
  } catch (error) {
    context.log('warn', 'a key that was made just now is not as wished yet, looking at it', {
      key: made.keyId,
      reason: messageOf(error),
    });
    return undefined;
  }
}

/**
 * @param keyId of a key that was there before
 * @throws ByokError ERR_CHANGED_SINCE_PLAN when it disappeared since the review
 */
export async function updateKey(
  context: LifecycleContext,
  keyId: string,
  wish: KeyWish,
): Promise<KeyOutcome> {
  const key = await context.kms.describeKey(keyId, { signal: context.signal });
  if (key === undefined) {
    const { name, again } = context.words;
    throw new ByokError(
      'ERR_CHANGED_SINCE_PLAN',
      `key ${keyId} does not exist any more; ${again}`,
      { attribute: name('keyId') },
    );
  }
  return syncKey(context, key, wish);
}

/**
 * Under `retain` nothing is called; a key that is gone or scheduled already counts as done. A
 * deletion is done when the key shows it.
 *
 * @throws ByokError ERR_TIMEOUT when the key does not
 */
export async function removeKey(
  context: LifecycleContext,
  keyId: string,
  policy: KeyDestroyPolicy,
  pendingDays: number,
): Promise<void> {
  const { kms, signal } = context;
  if (policy === 'retain') {
    return;
  }
  const removed: Effect<KeyDetail | undefined> = {
    waitingFor: `key ${keyId} to show that it is scheduled for deletion`,
    look: (options) => kms.describeKey(keyId, options),
    shows: (key) => key === undefined || key.keyState === keyStates.pendingDeletion,
  };
  if (removed.shows(await removed.look({ signal }))) {
    return;
  }
  try {
    if (
      (await change(
        context,
        (options) => kms.scheduleKeyDeletion(keyId, pendingDays, options),
        removed,
      )) !== undefined
    ) {
      return;
    }
  } catch (error) {
    if (hasApiCode(error, 'KMS.0207', 'KMS.1402')) {
      return;
    }
    throw error;
  }
  const sight = await lookFor(uninterruptible(context), removed);
  if (sight.shown !== true) {
    throw notScheduled(keyId, sight, context.words);
  }
}

function notScheduled(
  keyId: string,
  sight: Sight<KeyDetail | undefined>,
  { name }: Wording,
): ByokError {
  const found =
    sight.shown === undefined
      ? `key ${keyId} could not be looked at afterwards: ${messageOf(sight.failure)}`
      : `${shortPatienceMs / 1000} seconds later key ${keyId} is still in state ${describeKeyState(sight.found?.keyState ?? '')}`;
  return new ByokError(
    'ERR_TIMEOUT',
    `schedule-key-deletion was answered with success, but ${found}, so it counts as not deleted: look at it in the KMS, then try again`,
    { attribute: name('keyId'), cause: sight.shown === undefined ? sight.failure : undefined },
  );
}

/**
 * Each aspect for itself, from what was observed.
 *
 * @param from of a key that was `adopted` nothing that somebody else may have given it is taken
 *   away before a review has shown it, and one that was `made` just now has nothing that it was not
 *   made with
 */
async function syncKey(
  context: LifecycleContext,
  observed: KeyDetail,
  wish: KeyWish,
  from: 'known' | 'adopted' | 'made' = 'known',
): Promise<KeyOutcome> {
  const { kms, words } = context;
  const { keyId } = observed;
  const notices: Notice[] = [];
  let key = observed;
  if (key.keyState === keyStates.pendingDeletion && wish.cancelPendingDeletion) {
    key = await cancelDeletion(context, key);
    if (key.keyState === keyStates.disabled && wish.enabled === undefined) {
      notices.push(rescuedNotice(keyId, words));
    }
  }
  if (key.keyState === keyStates.pendingDeletion) {
    if (key.keyAlias !== wish.alias || key.keyDescription !== wish.description) {
      throw new ByokError(
        'ERR_KEY_UNSUITABLE',
        `key ${keyId} is scheduled for deletion, and its alias and description cannot be changed; ${words.set('cancelPendingDeletion', true)}`,
        { attribute: words.name('cancelPendingDeletion') },
      );
    }
    return { key, notices: [scheduledNotice(key, words)] };
  }
  const described = (
    what: string,
    shows: (found: KeyDetail) => boolean,
  ): Effect<KeyDetail | undefined> => ({
    waitingFor: `key ${keyId} to show its ${what}`,
    look: (options) => kms.describeKey(keyId, options),
    shows: (found) => found !== undefined && shows(found),
  });
  if (key.keyAlias !== wish.alias) {
    const renamed = described('alias', ({ keyAlias }) => keyAlias === wish.alias);
    await change(
      context,
      (options) => kms.updateKeyAlias(keyId, wish.alias, options),
      renamed,
    ).catch(async (error: unknown) => {
      throw await whoseAlias(context, keyId, wish.alias, error);
    });
  }
  if (key.keyDescription !== wish.description) {
    const updated = described(
      'description',
      ({ keyDescription }) => keyDescription === wish.description,
    );
    await change(
      context,
      (options) => kms.updateKeyDescription(keyId, wish.description, options),
      updated,
    );
  }
  if (wish.tags !== undefined) {
    const found = from === 'made' ? {} : await kms.getTags(keyId, { signal: context.signal });
    await syncTags(context, keyId, { found, wished: wish.tags, onlyAdd: from === 'adopted' });
  }
  if (wish.enabled === true && key.keyState === keyStates.disabled) {
    await setEnabled(context, keyId, true);
  } else if (wish.enabled === false && key.keyState === keyStates.enabled) {
    await setEnabled(context, keyId, false);
  } else if (wish.enabled === false && key.keyState === keyStates.pendingImport) {
    notices.push({
      summary: 'The key is not disabled yet',
      detail: `Key ${keyId} holds no material, and such a key can be neither enabled nor disabled. Once material is imported, ${words.nextLook} disables it.`,
      attribute: words.name('enabled'),
    });
  }
  return { key: { ...key, keyAlias: wish.alias, keyDescription: wish.description }, notices };
}

function rescuedNotice(keyId: string, words: Wording): Notice {
  return {
    summary: 'The key is disabled',
    detail: `The deletion of key ${keyId} is cancelled, which leaves the key disabled. ${capital(words.set('enabled', true))} to have it used again.`,
    attribute: words.name('enabled'),
  };
}

/**
 * Not scheduled any more is what was wanted. Reads may be stale for a moment, and what follows
 * depends on what state the key is in now.
 *
 * @returns the key as it is then, or as it was when it goes on showing its deletion
 */
async function cancelDeletion(context: LifecycleContext, scheduled: KeyDetail): Promise<KeyDetail> {
  const { kms } = context;
  const { keyId } = scheduled;
  const rescued: Effect<KeyDetail | undefined> = {
    waitingFor: `key ${keyId} to show that its deletion is cancelled`,
    look: (options) => kms.describeKey(keyId, options),
    shows: (key) => key?.keyState !== keyStates.pendingDeletion,
  };
  const seen = await change(
    context,
    (options) => kms.cancelKeyDeletion(keyId, options),
    rescued,
    'KMS.1501',
  );
  const sight = seen ?? (await lookFor(context, rescued));
  if (sight.shown === undefined) {
    throw sight.failure;
  }
  return sight.found ?? scheduled;
}

/** What a person should know of a key in state 4. */
export function scheduledNotice(key: KeyDetail, words: Wording): Notice {
  const date =
    key.scheduledDeletionDate === undefined
      ? 'soon'
      : `on ${formatInstant(key.scheduledDeletionDate)}`;
  return {
    summary: 'The key is scheduled for deletion',
    detail: `The KMS will delete key ${key.keyId} ${date}, and everything encrypted under it becomes unreadable. ${capital(words.rescuer)} rescues it.`,
    attribute: words.name('cancelPendingDeletion'),
  };
}

/** What is certain right after create-key. */
function created(
  keyId: string,
  creationDate: Date | undefined,
  { alias, description, keySpec, keyUsage }: KeyWish,
): KeyDetail {
  return {
    keyId,
    keyAlias: alias,
    keyDescription: description,
    keySpec,
    keyUsage: keyUsage ?? tryFindKeySpec(keySpec)?.usages[0],
    keyState: keyStates.pendingImport,
    origin: 'external',
    creationDate,
    scheduledDeletionDate: undefined,
    expirationTime: undefined,
    defaultKeyFlag: undefined,
  };
}
