/** Makes an external key what was wished: observe, ensure, sync, return. The key id never changes under it. */
import { ByokError, isByokError } from '../errors';
import { hasApiCode } from '../kms/kms-error';
import { isLostAnswer } from '../kms/lost-answer';
import type { CallOptions, KeyDetail, Kms, Tags } from '../kms/model';
import { formatInstant } from '../schema/expiration-time';
import type { KeyDestroyPolicy } from '../schema/external-key';
import { type LifecycleContext, messageOf, type Notice, shortPatienceMs, waitUntil, withPatience } from './context';
import { type Adoption, makeOrAdoptKey, type NewKey } from './make-or-adopt-key';

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
 * Creates the key. Once the KMS has made it, whatever else fails is a notice: an error would make Terraform destroy it.
 *
 * @throws KmsError when the KMS refuses to create it
 * @throws ByokError ERR_KEY_UNSUITABLE when the alias belongs to a key that must not be adopted
 */
export async function createKey(context: LifecycleContext, wish: KeyWish, adoption: Adoption = { planned: 'any' }): Promise<NewKeyOutcome> {
  const { keyId, adopted, notices } = await makeOrAdoptKey(context, wish, adoption);
  try {
    const key = await waitUntil(
      context,
      `key ${keyId} to become ready`,
      () => context.kms.describeKey(keyId, { signal: context.signal }),
      (answer) => answer !== undefined && answer.keyState !== '1',
    );
    const synced = await syncKey(context, key ?? created(keyId, wish), wish, adopted);
    return { key: synced.key, adopted, notices: [...notices, ...synced.notices] };
  } catch (error) {
    const detail = `Key ${keyId} exists, but: ${messageOf(error)}. The next plan shows what is left to do.`;
    return { key: created(keyId, wish), adopted, notices: [...notices, { summary: 'The key was created, but not completed', detail }] };
  }
}

/**
 * @param keyId of the key in state
 * @throws ByokError ERR_CHANGED_SINCE_PLAN when it disappeared since the plan
 */
export async function updateKey(context: LifecycleContext, keyId: string, wish: KeyWish): Promise<KeyOutcome> {
  const key = await context.kms.describeKey(keyId, { signal: context.signal });
  if (key === undefined) {
    throw new ByokError('ERR_CHANGED_SINCE_PLAN', `key ${keyId} does not exist any more; plan again`, { attribute: 'key_id' });
  }
  return syncKey(context, key, wish);
}

/** Under `retain` nothing is called; a key that is gone or scheduled already counts as done. */
export async function removeKey(
  { kms, signal }: LifecycleContext,
  keyId: string,
  policy: KeyDestroyPolicy,
  pendingDays: number,
): Promise<void> {
  if (policy === 'retain') {
    return;
  }
  const key = await kms.describeKey(keyId, { signal });
  if (key === undefined || key.keyState === '4') {
    return;
  }
  try {
    await kms.scheduleKeyDeletion(keyId, pendingDays, { signal });
  } catch (error) {
    const done =
      hasApiCode(error, 'KMS.0207', 'KMS.1402') || (isLostAnswer(error) && (await kms.describeKey(keyId, { signal }))?.keyState === '4');
    if (!done) {
      throw error;
    }
  }
}

/**
 * Each aspect for itself, from what was observed.
 *
 * @param adopted nothing that somebody else may have given it is taken away before a plan has shown it
 */
async function syncKey(context: LifecycleContext, observed: KeyDetail, wish: KeyWish, adopted = false): Promise<KeyOutcome> {
  const { kms, signal } = context;
  const options = { signal };
  const { keyId } = observed;
  const notices: Notice[] = [];
  let key = observed;
  if (key.keyState === '4' && wish.cancelPendingDeletion) {
    await cancelDeletion(kms, keyId, options);
    key = await describeRescued(context, key);
    if (key.keyState === '3' && wish.enabled === undefined) {
      notices.push(rescuedNotice(keyId));
    }
  }
  if (key.keyState === '4') {
    if (key.keyAlias !== wish.alias || key.keyDescription !== wish.description) {
      throw new ByokError(
        'ERR_KEY_UNSUITABLE',
        `key ${keyId} is scheduled for deletion, and its alias and description cannot be changed; set cancel_pending_deletion = true`,
        {
          attribute: 'cancel_pending_deletion',
        },
      );
    }
    return { key, notices: [scheduledNotice(key)] };
  }
  if (key.keyAlias !== wish.alias) {
    await kms.updateKeyAlias(keyId, wish.alias, options);
  }
  if (key.keyDescription !== wish.description) {
    await kms.updateKeyDescription(keyId, wish.description, options);
  }
  if (wish.tags !== undefined) {
    await syncTags(kms, keyId, wish.tags, adopted, options);
  }
  if (wish.enabled === true && key.keyState === '3') {
    await kms.enableKey(keyId, options);
  } else if (wish.enabled === false && key.keyState === '2') {
    await kms.disableKey(keyId, options);
  } else if (wish.enabled === false && key.keyState === '5') {
    notices.push({
      summary: 'The key is not disabled yet',
      detail: `Key ${keyId} holds no material, and such a key can be neither enabled nor disabled. Once material is imported, the next plan disables it.`,
      attribute: 'enabled',
    });
  }
  return { key: { ...key, keyAlias: wish.alias, keyDescription: wish.description }, notices };
}

function rescuedNotice(keyId: string): Notice {
  return {
    summary: 'The key is disabled',
    detail: `The deletion of key ${keyId} is cancelled, which leaves the key disabled. Set enabled = true to have it used again.`,
    attribute: 'enabled',
  };
}

/** Reads may be stale for a moment, and what follows depends on what state the key is in now. */
async function describeRescued(context: LifecycleContext, scheduled: KeyDetail): Promise<KeyDetail> {
  const { keyId } = scheduled;
  try {
    const key = await waitUntil(
      withPatience(context, shortPatienceMs),
      `key ${keyId} to show that its deletion is cancelled`,
      () => context.kms.describeKey(keyId, { signal: context.signal }),
      (answer) => answer?.keyState !== '4',
    );
    return key ?? scheduled;
  } catch (error) {
    if (isByokError(error) && error.code === 'ERR_TIMEOUT') {
      return scheduled;
    }
    throw error;
  }
}

/** Not scheduled any more is what was wanted; a lost answer is settled by looking. */
async function cancelDeletion(kms: Kms, keyId: string, options: CallOptions): Promise<void> {
  try {
    await kms.cancelKeyDeletion(keyId, options);
  } catch (error) {
    if (!hasApiCode(error, 'KMS.1501') && !isLostAnswer(error)) {
      throw error;
    }
  }
}

/** @param onlyAdd tags that are there stay as they are */
async function syncTags(kms: Kms, keyId: string, wished: Tags, onlyAdd: boolean, options: CallOptions): Promise<void> {
  const found = await kms.getTags(keyId, options);
  const isDue = (name: string) => (onlyAdd ? !Object.hasOwn(found, name) : found[name] !== wished[name]);
  const differing = Object.fromEntries(Object.entries(wished).filter(([name]) => isDue(name)));
  // A tag that exists takes the new value; only names that are not wished any more are deleted.
  const gone = Object.fromEntries(Object.entries(found).filter(([name]) => !onlyAdd && !Object.hasOwn(wished, name)));
  if (Object.keys(differing).length + Object.keys(gone).length > 0) {
    await kms.updateTags(keyId, { create: differing, delete: gone }, options);
  }
}

/** What a person should know of a key in state 4. */
export function scheduledNotice(key: KeyDetail): Notice {
  const date = key.scheduledDeletionDate === undefined ? 'soon' : `on ${formatInstant(key.scheduledDeletionDate)}`;
  return {
    summary: 'The key is scheduled for deletion',
    detail: `The KMS will delete key ${key.keyId} ${date}, and everything encrypted under it becomes unreadable. An apply with cancel_pending_deletion = true rescues it.`,
    attribute: 'cancel_pending_deletion',
  };
}

/** What is certain right after create-key. */
function created(keyId: string, { alias, description, keySpec, keyUsage }: KeyWish): KeyDetail {
  return {
    keyId,
    keyAlias: alias,
    keyDescription: description,
    keySpec,
    keyUsage,
    keyState: '5',
    origin: 'external',
    creationDate: undefined,
    scheduledDeletionDate: undefined,
    expirationTime: undefined,
    defaultKeyFlag: undefined,
  };
}
