/**
 * POST resource_instances/action: keys with their tags, filtered, or the number of such keys.
 * The parameters and their ranges are documented. Not documented: which code answers which mistake,
 * how a name is matched (here: exactly), which fields except resource_name can be matched,
 * and whether keys in every state are shown (here: all).
 * We take "The relationship between values is AND" literally.
 */
import { defineCall } from '../api-call';
import { refusal } from '../api-error';
import { type StoredKey, showKey } from '../key';
import { checkTag } from './tags';

interface ResourceInstancesBody {
  readonly action?: unknown;
  readonly limit?: string | number;
  readonly offset?: string | number;
  readonly tags?: unknown;
  readonly matches?: unknown;
}

const defaultLimit = 10;
const mostTags = 10;
const mostValues = 10;
const longestMatch = 255;

type Filter = (key: StoredKey) => boolean;

export const listResourceInstances = defineCall<ResourceInstancesBody>({
  operation: 'resource-instances',
  path: 'resource_instances/action',
  required: [],
  optional: ['offset'],
  special: {
    limit: {
      anyOf: [
        { type: 'string', pattern: '^([1-9][0-9]{0,2}|1000)$' },
        { type: 'integer', minimum: 1, maximum: 1000 },
      ],
    },
  },
  handle({ action, limit = defaultLimit, offset, tags = [], matches = [] }, { keys, place }) {
    if (action === undefined) {
      throw refusal('KMS.0204', 'action is missing');
    }
    if (action !== 'filter' && action !== 'count') {
      throw refusal('KMS.0404', 'action must be filter or count');
    }
    const filters = [...readTagFilters(tags), ...readMatches(matches)];
    const found = keys.list().filter((key) => filters.every((filter) => filter(key)));
    if (action === 'count') {
      if (offset !== undefined) {
        throw refusal('KMS.0418');
      }
      return { resources: null, total_count: found.length };
    }
    const start = Number(offset ?? 0);
    const resources = found.slice(start, start + Number(limit)).map((key) => ({
      resource_id: key.keyId,
      resource_detail: showKey(key, place),
      resource_name: key.alias,
      tags: [...key.tags].map(([name, value]) => ({ key: name, value })),
    }));
    return { resources, total_count: found.length };
  },
});

function readTagFilters(tags: unknown): Filter[] {
  if (!Array.isArray(tags)) {
    throw refusal('KMS.0412');
  }
  if (tags.length > mostTags) {
    throw refusal('KMS.0407', `at most ${mostTags} tags to filter by`);
  }
  const wanted = tags.map(readTagFilter);
  if (new Set(wanted.map(({ key }) => key)).size < wanted.length) {
    throw refusal('KMS.0414', 'a key may stand in the list only once');
  }
  return wanted.map(
    ({ key, values }) =>
      (stored) =>
        stored.tags.has(key) && values.every((value) => stored.tags.get(key) === value),
  );
}

/** Without values, any value of the tag matches. */
function readTagFilter(tag: unknown): { key: string; values: readonly string[] } {
  const { key, values = [] } = (tag ?? {}) as { key?: unknown; values?: unknown };
  if (typeof key !== 'string' || !isTextList(values)) {
    throw refusal(
      'KMS.0414',
      'a tag to filter by is an object of a string, key, and a list of strings, values',
    );
  }
  if (values.length > mostValues) {
    throw refusal('KMS.0413', `at most ${mostValues} values`);
  }
  if (new Set(values).size < values.length) {
    throw refusal('KMS.0414', 'a value may stand in the list only once');
  }
  checkTag(key, values);
  return { key, values };
}

function readMatches(matches: unknown): Filter[] {
  if (!Array.isArray(matches)) {
    throw refusal('KMS.0415');
  }
  return matches.map((match: unknown) => {
    const { key, value } = (match ?? {}) as { key?: unknown; value?: unknown };
    if (key !== 'resource_name') {
      throw refusal('KMS.0403', 'the field to match is resource_name');
    }
    if (typeof value !== 'string' || value === '' || value.length > longestMatch) {
      throw refusal('KMS.0402', `a value has 1 to ${longestMatch} characters`);
    }
    return ({ alias }) => alias === value;
  });
}

function isTextList(values: unknown): values is readonly string[] {
  return Array.isArray(values) && values.every((value) => typeof value === 'string');
}
