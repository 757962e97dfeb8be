/**
 * The tags of a key: POST and GET {key_id}/tags, POST {key_id}/tags/action,
 * DELETE {key_id}/tags/{key}. Writes answer 204.
 * Beyond the names of the codes, it is not documented which code answers which mistake,
 * nor whether a key may have 10 or 20 tags: here 20.
 */
import { formats, ranges } from '../../terms/kms';
import { defineCall, type PathParams } from '../api-call';
import { refusal } from '../api-error';
import type { StoredKey } from '../key';
import type { KeyStore } from '../key-store';

const maximumTags = 20;
const longestKey = ranges.tagKey.maximum;
const longestValue = ranges.tagValue.maximum;

/** ASCII 0 to 31 and * < > \\ = */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the documented characters
const forbidden = /[\u0000-\u001f*<>\\=]/;

interface Tag {
  readonly key: string;
  readonly value: string;
}

export const createTag = defineCall<{ readonly tag?: unknown }>({
  operation: 'create-tag',
  path: ':keyId/tags',
  required: [],
  handle(body, { keys }, params) {
    const key = findTaggedKey(keys, params);
    if (body.tag === undefined) {
      throw refusal('KMS.0204');
    }
    addTags(key, [readTag(body.tag)]);
    keys.changed();
    return undefined;
  },
});

interface BatchBody {
  readonly action?: unknown;
  readonly tags?: unknown;
}

export const batchTags = defineCall<BatchBody>({
  operation: 'batch-tags',
  path: ':keyId/tags/action',
  required: [],
  handle(body, { keys }, params) {
    const key = findTaggedKey(keys, params);
    if (body.action !== 'create' && body.action !== 'delete') {
      throw refusal('KMS.0404');
    }
    const tags = readTags(body.tags);
    if (body.action === 'create') {
      addTags(key, tags);
    } else {
      for (const tag of tags) {
        key.tags.delete(tag.key);
      }
    }
    keys.changed();
    return undefined;
  },
});

export const listTags = defineCall<undefined>({
  operation: 'list-tags',
  method: 'GET',
  path: ':keyId/tags',
  required: [],
  handle(_body, { keys }, params) {
    const { tags } = findTaggedKey(keys, params);
    return {
      tags: [...tags].map(([key, value]) => ({ key, value })),
      existTagsNum: tags.size,
      sys_tags: [],
    };
  },
});

export const deleteTag = defineCall<undefined>({
  operation: 'delete-tag',
  method: 'DELETE',
  path: ':keyId/tags/:tagKey',
  required: [],
  handle(_body, { keys }, params) {
    if (!findTaggedKey(keys, params).tags.delete(params.tagKey ?? '')) {
      throw refusal('KMS.0416');
    }
    keys.changed();
    return undefined;
  },
});

function findTaggedKey(keys: KeyStore, { keyId = '' }: PathParams): StoredKey {
  if (!new RegExp(formats.keyId).test(keyId)) {
    throw refusal('KMS.0205');
  }
  return keys.find(keyId);
}

function readTags(list: unknown): Tag[] {
  if (!Array.isArray(list)) {
    throw refusal('KMS.0412');
  }
  if (list.length === 0) {
    throw refusal('KMS.0401');
  }
  if (list.length > maximumTags) {
    throw refusal('KMS.0407', `at most ${maximumTags} tags at once`);
  }
  const tags = list.map(readTag);
  if (new Set(tags.map(({ key }) => key)).size < tags.length) {
    throw refusal('KMS.0414', 'a key may stand in the list only once');
  }
  return tags;
}

function readTag(tag: unknown): Tag {
  const { key, value = '' } = (tag ?? {}) as { key?: unknown; value?: unknown };
  if (typeof key !== 'string' || typeof value !== 'string') {
    throw refusal('KMS.0414', 'a tag is an object of two strings, key and value');
  }
  checkTag(key, [value]);
  return { key, value };
}

/** @param values values of the tag, or values to search for */
export function checkTag(key: string, values: readonly string[]): void {
  if (key === '' || key.length > longestKey) {
    throw refusal('KMS.0411', `a key has 1 to ${longestKey} characters`);
  }
  if (values.some((value) => value.length > longestValue)) {
    throw refusal('KMS.0410', `a value has at most ${longestValue} characters`);
  }
  if (forbidden.test(key)) {
    throw refusal('KMS.0406');
  }
  if (values.some((value) => forbidden.test(value))) {
    throw refusal('KMS.0405');
  }
}

/** Adds all tags or none. A tag that exists gets the new value. */
function addTags({ tags }: StoredKey, added: readonly Tag[]): void {
  const merged = new Map([...tags, ...added.map(({ key, value }) => [key, value] as const)]);
  if (merged.size > maximumTags) {
    throw refusal('KMS.0409', `a key takes at most ${maximumTags}`);
  }
  for (const { key, value } of added) {
    tags.set(key, value);
  }
}
