/** Which key the properties mean: the one that there is, one that is remembered, or a new one, made at most once. */
import { ByokError } from '../../errors';
import type { KeyDetail } from '../../kms/model';
import type { LifecycleContext, Notice } from '../../lifecycle/context';
import { createKey, type KeyWish, updateKey } from '../../lifecycle/reconcile-key';
import { refuseRemoval } from '../../lifecycle/remove-material';
import { defaultKeySpec, hasMaterial } from '../../schema/kms';
import { type CustomResourceEvent, isKeyId } from './custom-resource-event';
import { keyWishOf, removalOf } from './key-request';
import type { Memory } from './memory';

export interface EnsuredKey {
  readonly keyId: string;
  /** Nothing is known of its material: it was made just now, or named for the first time. */
  readonly isNew: boolean;
  /** Just now, by us. */
  readonly made: boolean;
  readonly notices: readonly Notice[];
}

/** @param asDeployed whether the properties are the ones that were last deployed: a key that is gone is then no failure of this change */
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
    return { keyId, isNew: keyId !== before && memory.keys[keyId] === undefined, made: false, notices: [] };
  }
  if (alias === undefined) {
    throw new ByokError('ERR_ARGUMENT', 'neither alias nor keyId is given; give alias to have a key made, or keyId for an existing one');
  }
  const wish = keyWishOf(event.ResourceProperties, alias, event.OldResourceProperties);
  for (const candidate of candidatesFor(event, memory)) {
    const key = await context.kms.describeKey(candidate, { signal: context.signal });
    if (key !== undefined && isOfKind(key, wish)) {
      const { notices } = await updateKey(context, candidate, wish);
      return { keyId: candidate, isNew: false, made: false, notices };
    }
  }
  if (before !== undefined && isKeyId(before) && isSameKey(event)) {
    if (asDeployed) {
      return { keyId: before, isNew: false, made: false, notices: [] };
    }
    throw new ByokError(
      'ERR_KEY_NOT_FOUND',
      `key ${before} does not exist any more, and what was encrypted under it stays unreadable; give another alias to have a new key made`,
    );
  }
  await refuseToLeaveProtected(context, event, undefined);
  const { key, notices } = await createKey(context, wish);
  return { keyId: key.keyId, isNew: true, made: true, notices };
}

/** Keys that are what the properties describe: one that we remember, also of a replacement that is rolled back, or the one that there is. */
function candidatesFor(event: CustomResourceEvent, memory: Memory): readonly string[] {
  const { alias, keySpec = defaultKeySpec } = event.ResourceProperties;
  const remembered = Object.entries(memory.keys).flatMap(([id, key]) => (key.alias === alias && key.keySpec === keySpec ? [id] : []));
  const before = event.PhysicalResourceId;
  const kept = before !== undefined && isKeyId(before) && isSameKey(event) ? [before] : [];
  return [...new Set([...kept, ...remembered])];
}

/** What cannot be changed of a key that exists. */
function isOfKind(key: KeyDetail, { keySpec, keyUsage }: KeyWish): boolean {
  return (key.keySpec ?? keySpec) === keySpec && (keyUsage === undefined || (key.keyUsage ?? keyUsage) === keyUsage);
}

/** Where a key is, and what can only be given to a new one. */
const identity = ['alias', 'keySpec', 'keyUsage', 'cloud', 'region', 'projectId', 'projectName'] as const;

function isSameKey({ ResourceProperties: now, OldResourceProperties: before }: CustomResourceEvent): boolean {
  return before !== undefined && identity.every((name) => now[name] === before[name]);
}

/** The removal that comes after a replacement would fail, when nothing can be undone any more. */
async function refuseToLeaveProtected(
  { kms, signal }: LifecycleContext,
  { PhysicalResourceId: before, OldResourceProperties: old }: CustomResourceEvent,
  keyId: string | undefined,
): Promise<void> {
  if (before === undefined || before === keyId || old === undefined || removalOf(old).ofMaterial !== 'refuse') {
    return;
  }
  const key = isKeyId(before) ? await kms.describeKey(before, { signal }) : undefined;
  if (key !== undefined && hasMaterial(key.keyState)) {
    throw refuseRemoval(before);
  }
}
