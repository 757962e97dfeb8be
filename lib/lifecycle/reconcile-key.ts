/**
 * Makes an external key what is wanted: observe, ensure, sync, return. The key id never changes.
 */
import { ByokError } from '../errors';
import type { KeyDetail, Tags } from '../kms/model';
import { keyStates, tryFindKeySpec } from '../terms/kms';
import { cancelDeletion, rescuedNotice, scheduledNotice } from './cancel-deletion';
import { change, type Effect } from './change';
import { type LifecycleContext, messageOf, type Notice, waitUntil } from './context';
import { type Adoption, makeOrAdoptKey, type NewKey, whoseAlias } from './make-or-adopt-key';
import { setEnabled } from './set-enabled';
import { syncTags } from './sync-tags';
import { capital } from './wording';

export interface KeyWish extends NewKey {
  /** Undefined: not managed. */
  readonly enabled: boolean | undefined;
  readonly cancelPendingDeletion: boolean;
  /** All the tags that the key shall have; undefined: tags are not looked at. */
  readonly tags: Tags | undefined;
}

export interface KeyOutcome {
  readonly key: KeyDetail;
  readonly notices: readonly Notice[];
}

export interface NewKeyOutcome extends KeyOutcome {
  /** The key existed already, and may not be ours. */
  readonly adopted: boolean;
}

/**
 * Creates the key. Once the KMS has made it, any further failure is only a notice: an error would
 * make the caller destroy the key. We know what a newly made key looks like, so we do not look at
 * it; whether it is ready, the import finds out.
 *
 * @throws KmsError if the KMS refuses to create it
 * @throws ByokError ERR_KEY_UNSUITABLE if the alias belongs to a key that we must not adopt
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
    const detail =
      `Key ${keyId} exists, but a later step failed: ${messageOf(error)}. ` +
      `${capital(context.words.nextLook)} shows what is left to do.`;
    return {
      key: made,
      adopted,
      notices: [...notices, { summary: 'The key was created, but is not complete', detail }],
    };
  }
}

/** Undefined if the KMS refused something; the key may not be ready yet. */
async function trySyncMade(
  context: LifecycleContext,
  made: KeyDetail,
  wish: KeyWish,
): Promise<KeyOutcome | undefined> {
  try {
    return await syncKey(context, made, wish, 'made');
  } catch (error) {
    context.log('warn', 'the new key is not as wanted yet; looking at it', {
      key: made.keyId,
      reason: messageOf(error),
    });
    return undefined;
  }
}

/**
 * @param keyId of an existing key
 * @throws ByokError ERR_CHANGED_SINCE_PLAN if it disappeared since the review
 */
export async function updateKey(
  context: LifecycleContext,
  keyId: string,
  wish: KeyWish,
): Promise<KeyOutcome> {
  const key = await context.kms.describeKey(keyId, { signal: context.signal });
  if (key === undefined) {
    const { name, again } = context.words;
    throw new ByokError('ERR_CHANGED_SINCE_PLAN', `key ${keyId} no longer exists; ${again}`, {
      attribute: name('keyId'),
    });
  }
  return syncKey(context, key, wish);
}

/**
 * Syncs each aspect on its own, from what was observed.
 *
 * @param from `adopted`: take away nothing that another owner may have given the key before a
 *   review has shown it; `made`: the key was made just now and has only what it was made with
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
        `key ${keyId} is scheduled for deletion, so its alias and description cannot change; ${words.set('cancelPendingDeletion', true)}`,
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
      detail:
        `Key ${keyId} holds no material, so the KMS can neither enable nor disable it. Once ` +
        `material is imported, ${words.nextLook} disables it.`,
      attribute: words.name('enabled'),
    });
  }
  return { key: { ...key, keyAlias: wish.alias, keyDescription: wish.description }, notices };
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
