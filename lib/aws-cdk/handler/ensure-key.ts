/**
 * Finds the key that the properties mean: the existing one, a remembered one, or a new one, made at
 * most once.
 */
import { ByokError } from '../../errors';
import type { KeyDetail } from '../../kms/model';
import type { LifecycleContext, Notice } from '../../lifecycle/context';
import { createKey, type KeyWish, updateKey } from '../../lifecycle/reconcile-key';
import { refuseRemoval } from '../../lifecycle/remove-material';
import { hasMaterial } from '../../terms/kms';
import { type CustomResourceEvent, isKeyId } from './custom-resource-event';
import { keyWishOf } from './key-request';
import type { Memory } from './memory';

export interface EnsuredKey {
  readonly keyId: string;
  /** Nothing is known of its material: the key was just made, or named for the first time. */
  readonly isNew: boolean;
  /** Made by us, as far as we know. */
  readonly made: boolean;
  /** The key as it was just made; undefined: it existed. */
  readonly asMade?: KeyDetail | undefined;
  readonly notices: readonly Notice[];
}

/**
 * @param asDeployed whether the properties are those of the last deployment: then it is not this
 *   change that lost the key
 */
export async function ensureKey(
  context: LifecycleContext,
  event: CustomResourceEvent,
  memory: Memory,
  asDeployed: boolean,
): Promise<EnsuredKey> {
  const { alias, keyId } = event.ResourceProperties;
  const before = event.PhysicalResourceId;
  if (keyId !== undefined) {
    await refuseToLeaveProtected(context, event, keyId);
    return {
      keyId,
      isNew: keyId !== before && memory.keys[keyId] === undefined,
      made: madeHere(memory, keyId),
      notices: [],
    };
  }
  const wish = keyWishOf(event.ResourceProperties, event.OldResourceProperties);
  for (const candidate of candidatesFor(event, memory)) {
    const key = await context.kms.describeKey(candidate, { signal: context.signal });
    if (key !== undefined && isOfKind(key, wish) && isOurs(key, memory, wish)) {
      const { notices } = await updateKey(context, candidate, wish);
      return { keyId: candidate, isNew: false, made: madeHere(memory, candidate), notices };
    }
  }
  if (before !== undefined && isKeyId(before) && isSameKey(event)) {
    if (asDeployed && memory.keys[before] !== undefined) {
      return { keyId: before, isNew: false, made: madeHere(memory, before), notices: [] };
    }
    throw new ByokError(
      'ERR_KEY_NOT_FOUND',
      `key ${before} no longer exists, or it lost its alias "${alias}" and there is no record ` +
        'of it; if it is gone, data encrypted under it stays unreadable; give another alias to ' +
        'have a new key made',
    );
  }
  await refuseToLeaveProtected(context, event, undefined);
  const { key, adopted, notices } = await createKey(context, wish);
  return {
    keyId: key.keyId,
    isNew: true,
    made: !adopted,
    asMade: adopted ? undefined : key,
    notices,
  };
}

function madeHere({ keys }: Memory, keyId: string): boolean {
  return keys[keyId]?.made ?? false;
}

/**
 * Keys that the properties may describe: the existing one, and those that we remember, including
 * those of a replacement that is rolled back.
 */
function candidatesFor(
  { PhysicalResourceId: before }: CustomResourceEvent,
  { keys }: Memory,
): readonly string[] {
  const current = before !== undefined && isKeyId(before) ? [before] : [];
  return [...new Set([...current, ...Object.keys(keys)])];
}

/** Never by what the event says: anyone who invokes the function chooses that. */
function isOurs(
  { keyId, keyAlias }: KeyDetail,
  { keys }: Memory,
  { alias, keySpec }: KeyWish,
): boolean {
  const remembered = keys[keyId];
  return (
    keyAlias === alias ||
    (remembered !== undefined && remembered.alias === alias && remembered.keySpec === keySpec)
  );
}

/** What cannot change on an existing key. */
function isOfKind(key: KeyDetail, { keySpec, keyUsage }: KeyWish): boolean {
  return (
    (key.keySpec ?? keySpec) === keySpec &&
    (keyUsage === undefined || (key.keyUsage ?? keyUsage) === keyUsage)
  );
}

/** Where a key is, and what only a new key can be given. */
const identity = [
  'alias',
  'keySpec',
  'keyUsage',
  'cloud',
  'region',
  'projectId',
  'projectName',
] as const;

function isSameKey({
  ResourceProperties: now,
  OldResourceProperties: before,
}: CustomResourceEvent): boolean {
  return before !== undefined && identity.every((name) => now[name] === before[name]);
}

/** Otherwise the removal after a replacement would fail, when nothing can be undone. */
async function refuseToLeaveProtected(
  { kms, signal, words }: LifecycleContext,
  { PhysicalResourceId: before, OldResourceProperties: old }: CustomResourceEvent,
  keyId: string | undefined,
): Promise<void> {
  if (before === undefined || before === keyId || old === undefined || old.onDestroy !== 'refuse') {
    return;
  }
  const key = isKeyId(before) ? await kms.describeKey(before, { signal }) : undefined;
  if (key !== undefined && hasMaterial(key.keyState)) {
    throw refuseRemoval(before, words);
  }
}
