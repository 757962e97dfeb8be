/**
 * Refusals come in three envelopes: the KMS nests `error_code` and `error_msg` under `error`, the
 * gateway and parts of IAM have them flat, and IAM otherwise has `error.message` and `error.title`.
 * Anything else, such as the page of a proxy, is quoted in short.
 */

import { isRecord, tryParseJson } from '../json';
import { apiCodeFormat } from '../terms/kms-errors';
import type { HiddenTexts } from './hidden-texts';

export interface Refusal {
  readonly apiCode: string | undefined;
  readonly apiMessage: string;
  /** The gateway gives it in the body. */
  readonly requestId: string | undefined;
}

const longestQuote = 200;
/** What comes after this is never quoted, and need not be searched. */
const longestLook = 10_000;
/** Not documented; we have seen 32 hex digits and UUIDs. */
const requestIdFormat = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * @param hidden texts that must not appear in the message, even if the other side sent them back
 */
export function parseRefusal(body: string, hidden: HiddenTexts): Refusal {
  const json = tryParseJson(body);
  const flat = isRecord(json) ? json : {};
  const nested = isRecord(flat.error) ? flat.error : flat;
  const message = [nested.error_msg, nested.message, nested.title].find(
    (text) => typeof text === 'string' && text !== '',
  );
  const code = nested.error_code ?? nested.code;
  return {
    // Keystone repeats the status as a number in `code`; that is not an API code.
    apiCode:
      typeof code === 'string' && apiCodeFormat.test(code) && !hidden.standIn(code)
        ? code
        : undefined,
    apiMessage: quote(typeof message === 'string' ? message : body, hidden),
    requestId: requestIdIn(flat.request_id, hidden),
  };
}

/** One short printable line, with secrets replaced. */
export function quote(text: string, hidden: HiddenTexts): string {
  const clean = hidden
    .removeFrom(text.slice(0, longestLook))
    // Control and format characters could steer the terminal that shows the message.
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim();
  if (clean === '') {
    return 'no message';
  }
  return clean.length > longestQuote ? `${clean.slice(0, longestQuote)}…` : clean;
}

/**
 * In the form that the gateway and the KMS use; undefined if it has another form, or repeats a
 * secret.
 */
export function requestIdIn(value: unknown, hidden: HiddenTexts): string | undefined {
  return typeof value === 'string' && requestIdFormat.test(value) && !hidden.standIn(value)
    ? value
    : undefined;
}
