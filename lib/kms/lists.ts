/** Lists that come in pages, read to their end. One that has no end is an error. */
import type { KeyPage, TagsPage } from './answer';
import { KmsError } from './kms-error';
import type { KeyDetail, Tags } from './model';
import { operations } from './operations';

/**
 * Far beyond every quota, even if pages are smaller than we ask for: a list that goes on after that
 * has no end.
 */
const listLimits = { pages: 100, keys: 50_000 } as const;

export async function allKeys(
  nextPage: (marker: string | undefined) => Promise<KeyPage>,
): Promise<KeyDetail[]> {
  // By id: keys that come and go between two pages shift the rest, and one may show up twice.
  const keys = new Map<string, KeyDetail>();
  const seen = new Set<string>();
  let marker: string | undefined;
  do {
    const page = await nextPage(marker);
    for (const key of page.keys) {
      keys.set(key.keyId, key);
    }
    marker = page.nextMarker;
    if (seen.has(marker)) {
      throw endlessList(operations.listKeys, 'its markers repeat');
    }
    seen.add(marker);
    if (marker !== '' && (seen.size >= listLimits.pages || keys.size >= listLimits.keys)) {
      throw endlessList(operations.listKeys, tooMany(keys.size, seen.size));
    }
  } while (marker !== '');
  return [...keys.values()];
}

/** Tags of all keys, by key id. A key that the KMS leaves out has none that is known. */
export async function allTags(
  nextPage: (offset: number) => Promise<TagsPage>,
): Promise<ReadonlyMap<string, Tags>> {
  const found = new Map<string, Tags>();
  for (let [offset, pages] = [0, 1]; ; pages += 1) {
    const page = await nextPage(offset);
    const before = found.size;
    for (const [keyId, tags] of page.keys) {
      found.set(keyId, tags);
    }
    offset += page.entries;
    // A page that shows nothing new is the last one, whatever the total says.
    if (found.size === before || offset >= (page.total ?? Number.POSITIVE_INFINITY)) {
      return found;
    }
    if (pages >= listLimits.pages || found.size >= listLimits.keys) {
      throw endlessList(operations.listTags, tooMany(found.size, pages));
    }
  }
}

function endlessList({ name }: { readonly name: string }, why: string): KmsError {
  const apiMessage = `the list does not end: ${why}`;
  return new KmsError({
    operation: name,
    status: 200,
    apiCode: undefined,
    apiMessage,
    requestId: undefined,
  });
}

function tooMany(keys: number, pages: number): string {
  return `${keys} keys arrived in ${pages} pages, and more were to follow`;
}
