/** Gives a key the tags that are wanted. */
import type { Kms, Tags } from '../kms/model';
import { change } from './change';
import type { LifecycleContext } from './context';

/** @param onlyAdd existing tags stay as they are */
export async function syncTags(
  context: LifecycleContext,
  keyId: string,
  {
    found,
    wished,
    onlyAdd,
  }: { readonly found: Tags; readonly wished: Tags; readonly onlyAdd: boolean },
): Promise<void> {
  const { kms } = context;
  const isDue = (name: string) =>
    onlyAdd ? !Object.hasOwn(found, name) : found[name] !== wished[name];
  const differing = Object.entries(wished).filter(([name]) => isDue(name));
  // An existing tag takes the new value; only tags that are no longer wanted are deleted.
  const gone = Object.entries(found).filter(([name]) => !onlyAdd && !Object.hasOwn(wished, name));
  const update = (changes: Parameters<Kms['updateTags']>[1], shows: (tags: Tags) => boolean) =>
    change(context, (options) => kms.updateTags(keyId, changes, options), {
      waitingFor: `key ${keyId} to show its tags`,
      look: (options) => kms.getTags(keyId, options),
      shows,
    });
  if (differing.length > 0) {
    await update({ create: Object.fromEntries(differing) }, (tags) =>
      differing.every(([name, value]) => tags[name] === value),
    );
  }
  if (gone.length > 0) {
    await update({ delete: Object.fromEntries(gone) }, (tags) =>
      gone.every(([name]) => !Object.hasOwn(tags, name)),
    );
  }
}
