/**
 * Reads the JSON of successful answers: strict about the fields that we need, silent about the
 * rest. The KMS writes numbers as strings, times in three ways, and "" for "there is none".
 * Messages never show values, because some are secret.
 */
import { isRecord, type JsonRecord, tryParseJson } from '../json';
import { isPrintable } from '../printable';
import { Secret } from '../secret';
import { formats } from '../terms/kms';
import { apiCodeFormat } from '../terms/kms-errors';
import type { HiddenTexts } from './hidden-texts';
import type { ImportParameters, KeyDetail, Tags } from './model';

export class UnexpectedAnswer extends Error {}

/**
 * The JSON of a 2xx, whatever the call. An error under such a status comes from something in
 * between, and so does an answer about another key.
 *
 * @param asked the key that the call was about; undefined if it names none
 * @returns undefined if it is not JSON; an empty body is the empty object
 */
export function successOf(body: string, asked: string | undefined): unknown {
  const answer = body === '' ? {} : tryParseJson(body);
  if (!isRecord(answer)) {
    return answer;
  }
  if (['error', 'error_code', 'error_msg'].some((name) => Object.hasOwn(answer, name))) {
    throw new UnexpectedAnswer(
      `it holds an error${codeOf(answer)}, although its status says success`,
    );
  }
  const named = [
    answer.key_id ?? undefined,
    answer.key_info === undefined ? undefined : keyInfo(answer).key_id,
  ];
  if (asked !== undefined && named.some((keyId) => keyId !== undefined && keyId !== asked)) {
    throw new UnexpectedAnswer(`it is about another key than ${asked}`);
  }
  return answer;
}

function codeOf({ error, error_code: flat }: JsonRecord): string {
  const code = isRecord(error) ? error.error_code : flat;
  return typeof code === 'string' && apiCodeFormat.test(code) ? ` (${code})` : '';
}

/** An object, as the examples show it, or an array of one, as the tables say. */
export function keyInfo(answer: unknown): JsonRecord {
  const info = isRecord(answer) ? answer.key_info : undefined;
  const single = Array.isArray(info) && info.length === 1 ? info[0] : info;
  if (!isRecord(single)) {
    throw new UnexpectedAnswer('key_info is missing');
  }
  return single;
}

export function keyDetail(info: JsonRecord): KeyDetail {
  return {
    keyId: requiredName(info, 'key_id'),
    keyAlias: optionalName(info, 'key_alias') ?? '',
    keyDescription: optionalText(info, 'key_description') ?? '',
    keySpec: optionalName(info, 'key_spec'),
    keyUsage: optionalName(info, 'key_usage'),
    keyState: requiredName(info, 'key_state'),
    origin: requiredName(info, 'origin'),
    creationDate: millisecondText(info, 'creation_date'),
    scheduledDeletionDate: millisecondText(info, 'scheduled_deletion_date'),
    expirationTime: millisecondText(info, 'expiration_time'),
    defaultKeyFlag: optionalName(info, 'default_key_flag'),
    enterpriseProjectId: optionalName(info, 'sys_enterprise_project_id'),
  };
}

export interface KeyPage {
  readonly keys: readonly KeyDetail[];
  /** "" at the end. */
  readonly nextMarker: string;
}

/**
 * What describe-key shows of every key, "" included: if a list leaves one of them out, that does
 * not mean "there is none".
 */
const describedFields = [
  'key_alias',
  'key_description',
  'key_spec',
  'key_usage',
  'creation_date',
  'scheduled_deletion_date',
  'expiration_time',
] as const;

export function keyPage(answer: unknown): KeyPage {
  const page = isRecord(answer) ? answer : {};
  if (!Array.isArray(page.key_details)) {
    throw new UnexpectedAnswer('key_details is missing');
  }
  const keys = page.key_details.map((detail: unknown) => {
    if (!isRecord(detail)) {
      throw new UnexpectedAnswer('key_details holds something that is not a key');
    }
    const partial = describedFields.some((name) => !Object.hasOwn(detail, name));
    return { ...keyDetail(detail), ...(partial ? { partial } : {}) };
  });
  return { keys, nextMarker: optionalText(page, 'next_marker') ?? '' };
}

export function importParameters(answer: unknown): ImportParameters {
  const token = requiredText(answer, 'import_token');
  if (!new RegExp(formats.importToken).test(token)) {
    throw new UnexpectedAnswer('import_token is not Base64 of the documented length');
  }
  const encodedKey = requiredText(answer, 'public_key');
  const publicKey = Buffer.from(encodedKey, 'base64');
  if (publicKey.length === 0 || publicKey.toString('base64') !== encodedKey) {
    throw new UnexpectedAnswer('public_key is not Base64');
  }
  // Here in seconds, as a number; in describe-key the same name means milliseconds.
  const seconds = requiredText(answer, 'expiration_time');
  return {
    importToken: Secret.fromText(token),
    publicKey,
    expirationTime: instant(Number(seconds) * 1000, 'expiration_time'),
  };
}

/** The answer of a call that only says that it is done: empty, `{}`, or the request repeated. */
export function nothing(answer: unknown): undefined {
  if (!isRecord(answer)) {
    throw new UnexpectedAnswer('it is not a JSON object');
  }
}

/**
 * The confirmation of a change of a key's state.
 *
 * @param fields of the answer, or of its key_info
 * @param keyState that the key must have now
 */
export function confirmState(fields: unknown, keyState: string): undefined {
  requiredText(fields, 'key_id');
  if (requiredText(fields, 'key_state') !== keyState) {
    throw new UnexpectedAnswer(`key_state is not "${keyState}"`);
  }
}

/** Tags that the cloud itself sets (`sys_tags`) are left out. */
export function tagsOfKey(answer: unknown): Tags {
  const tags = isRecord(answer) ? answer.tags : undefined;
  if (!Array.isArray(tags)) {
    throw new UnexpectedAnswer('tags is missing');
  }
  return Object.fromEntries(
    tags.map((tag: unknown) => [
      tagText(requiredText(tag, 'key')),
      tagText(isRecord(tag) ? (optionalText(tag, 'value') ?? '') : ''),
    ]),
  );
}

/**
 * What we read from answers is printed, and goes into states. A secret in it cannot be a real
 * value, and leaving it out would be untrue, so we refuse the answer.
 *
 * @param answer as it was read
 */
export function refuseSecrets(answer: unknown, hidden: HiddenTexts): void {
  for (const { name, text } of textsIn(answer, 'it')) {
    if (hidden.standIn(text)) {
      throw new UnexpectedAnswer(`${name} repeats a secret of this connection`);
    }
  }
}

/**
 * Every text below a value. Names that the API uses stay names; other names of an object count as
 * texts.
 */
function textsIn(value: unknown, name: string): { readonly name: string; readonly text: string }[] {
  if (typeof value === 'string') {
    return [{ name, text: value }];
  }
  if (Array.isArray(value)) {
    return value.flatMap((item) => textsIn(item, name));
  }
  if (value instanceof Map) {
    return textsIn([...value.entries()], name);
  }
  if (!isRecord(value) || value instanceof Date) {
    return [];
  }
  return Object.entries(value).flatMap(([key, item]) => [
    { name: 'the name of something', text: key },
    ...textsIn(
      item,
      /^[a-zA-Z]{1,40}$/.test(key)
        ? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
        : 'something',
    ),
  ]);
}

/**
 * No tag can be created with one, so no tag has one; it would break the line in which Terraform
 * shows it.
 */
function tagText(text: string): string {
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)) {
    throw new UnexpectedAnswer('tags hold a control character');
  }
  return text;
}

export interface TagsPage {
  /** By key; a key is absent if the answer says nothing about it. */
  readonly keys: ReadonlyMap<string, Tags>;
  /** Entries of the answer, whatever they say. */
  readonly entries: number;
  /** Of all pages; undefined if the answer does not say. */
  readonly total: number | undefined;
}

/**
 * One page of `resource_instances`: keys with their tags. The total is a number in the tables, and
 * text in the examples.
 */
export function tagsPage(answer: unknown): TagsPage {
  const resources = isRecord(answer) ? answer.resources : undefined;
  if (!isRecord(answer) || !Array.isArray(resources)) {
    throw new UnexpectedAnswer('resources is missing');
  }
  const told = resources.filter(
    (resource: unknown) => isRecord(resource) && Array.isArray(resource.tags),
  );
  const total = Number(optionalText(answer, 'total_count'));
  return {
    keys: new Map(
      told.map((resource: unknown) => [requiredText(resource, 'resource_id'), tagsOfKey(resource)]),
    ),
    entries: resources.length,
    total: Number.isInteger(total) ? total : undefined,
  };
}

/** Text, even if a number stands in its place; "" counts as missing. */
export function requiredText(answer: unknown, name: string): string {
  const text = isRecord(answer) ? optionalText(answer, name) : undefined;
  if (text === undefined) {
    throw new UnexpectedAnswer(`${name} is missing`);
  }
  return text;
}

/**
 * Text that appears in sentences and states, so it must be printable: only a description may hold
 * other characters.
 */
export function requiredName(answer: unknown, name: string): string {
  const text = requiredText(answer, name);
  requirePrintable(text, name);
  return text;
}

function optionalName(answer: JsonRecord, name: string): string | undefined {
  const text = optionalText(answer, name);
  requirePrintable(text ?? '', name);
  return text;
}

function requirePrintable(text: string, name: string): void {
  if (!isPrintable(text)) {
    throw new UnexpectedAnswer(`${name} holds characters that cannot be printed`);
  }
}

function optionalText(answer: JsonRecord, name: string): string | undefined {
  const value = answer[name] ?? '';
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new UnexpectedAnswer(`${name} is not text`);
  }
  return value === '' ? undefined : String(value);
}

function millisecondText(answer: JsonRecord, name: string): Date | undefined {
  const text = optionalText(answer, name);
  return text === undefined ? undefined : instant(Number(text), name);
}

function instant(milliseconds: number, name: string): Date {
  const date = new Date(milliseconds);
  if (!Number.isInteger(milliseconds) || milliseconds < 0 || Number.isNaN(date.getTime())) {
    throw new UnexpectedAnswer(`${name} is not an instant`);
  }
  return date;
}
