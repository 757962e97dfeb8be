/** Reads a review that was written as JSON. It may come from a pull request, so each part is checked. */
import { ByokError } from '../../errors';
import { isRecord, type JsonRecord, tryParseRecord } from '../../json';
import { ruleNames, severityNames } from '../../policy/rules';
import { type Effect, effectNames } from './effects';
import type { KeyReview } from './key-review';
import type { PolicyResult } from './policy-review';
import { type Review, reviewOf, reviewSchema, type StackReview } from './review';

/** @throws ByokError ERR_ARGUMENT if it is no review, or one of another version */
export function parseReview(content: string, place: string): Review {
  const json = tryParseRecord(content);
  if (json === undefined || json.schema !== reviewSchema) {
    const found =
      json === undefined ? 'is no JSON object' : `has no schema ${JSON.stringify(reviewSchema)}`;
    throw new ByokError('ERR_ARGUMENT', `${place} ${found}; give what "byok review --json" writes`);
  }
  const wrong = faultIn(json);
  if (wrong !== undefined) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `${place} is no complete review: ${wrong} is not as "byok review --json" writes it`,
    );
  }
  // Not as it says itself: it may come from a pull request.
  return reviewOf(
    json.stacks as StackReview[],
    json.keys as KeyReview[],
    json.policy as PolicyResult[],
  );
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isTextOrNull: Check = (value) => value === null || isText(value);
const isCount: Check = (value) => Number.isInteger(value) && Number(value) >= 0;
const listOf =
  (check: Check, fewest = 0): Check =>
  (value) =>
    Array.isArray(value) && value.length >= fewest && value.every(check);
const objectOf =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isRecord(value) &&
    Object.keys(value).length === Object.keys(fields).length &&
    Object.entries(fields).every(([name, check]) => check(value[name]));

const fieldsOfStack: Record<keyof StackReview, Check> = {
  name: isText,
  status: (value) => ['planned', 'refused', 'failed', 'declared'].includes(String(value)),
  unchanged: isCount,
  hooks: isCount,
  modules: isCount,
  judged: (value) => value === null || isCount(value),
};

const fieldsOfKey: Record<keyof KeyReview, Check> = {
  stack: isText,
  name: isText,
  key_id: isTextOrNull,
  addresses: listOf(isText),
  path: isTextOrNull,
  effects: listOf(
    objectOf({
      effect: (value) => effectNames.includes(value as Effect),
      address: isText,
      reason: isTextOrNull,
      days: (value) => value === null || isCount(value),
    }),
    1,
  ),
  expiration_before: isTextOrNull,
  expiration_after: isTextOrNull,
  pin: (value) => [null, 'constant', 'reference', 'none'].includes(value as null),
  fingerprint: isTextOrNull,
  fingerprint_before: isTextOrNull,
  source: (value) => value === null || objectOf({ kind: isText, name: isTextOrNull })(value),
  used_by: listOf(objectOf({ address: isText, attribute: isText })),
  found_changed: (value) => typeof value === 'boolean',
};

const fieldsOfResult: Record<keyof PolicyResult, Check> = {
  stack: isText,
  key: isText,
  address: isText,
  rule: (value) => ruleNames.some((name) => name === value),
  level: (value) => severityNames.some((name) => name === value),
  message: isText,
};

/** A review may come from a pull request, so it is taken apart before it is believed. */
function faultIn({ stacks, keys, policy }: JsonRecord): string | undefined {
  // A review of no stack would look like one that found nothing.
  if (!listOf(objectOf(fieldsOfStack), 1)(stacks)) {
    return 'stacks';
  }
  const names = (stacks as StackReview[]).map(({ name }) => name);
  const ofStack = { stack: (value: unknown) => names.includes(String(value)) };
  if (!listOf(objectOf({ ...fieldsOfKey, ...ofStack }))(keys)) {
    return 'keys';
  }
  return listOf(objectOf({ ...fieldsOfResult, ...ofStack }))(policy) ? undefined : 'policy';
}
