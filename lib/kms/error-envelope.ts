/**
 * Refusals come in three envelopes: the KMS nests `error_code` and `error_msg` under `error`, the gateway and parts of IAM
 * have them flat, IAM otherwise has `error.message` and `error.title`. Anything else, a page of a proxy for example, is
 * quoted in short.
 */
import { isRecord, tryParseJson } from './answer';

export interface Refusal {
  readonly apiCode: string | undefined;
  readonly apiMessage: string;
  /** The gateway gives it in the body. */
  readonly requestId: string | undefined;
}

const longestQuote = 200;
/** What comes after that is never quoted, and need not be searched. */
const longestLook = 10_000;
/** Gateways cut off what they send back. Shorter pieces tell little of a token, and might be ordinary words. */
const shortestPiece = 16;

/** @param hidden what may not show up in the message, even if the other side sent it back */
export function parseRefusal(body: string, hidden: readonly string[]): Refusal {
  const json = tryParseJson(body);
  const flat = isRecord(json) ? json : {};
  const nested = isRecord(flat.error) ? flat.error : flat;
  const message = [nested.error_msg, nested.message, nested.title].find((text) => typeof text === 'string' && text !== '');
  const code = nested.error_code ?? nested.code;
  return {
    // Keystone repeats the status as a number in `code`; that is not an API code.
    apiCode: typeof code === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(code) ? code : undefined,
    apiMessage: quote(typeof message === 'string' ? message : body, hidden),
    requestId: typeof flat.request_id === 'string' ? quote(flat.request_id, hidden) : undefined,
  };
}

/** One short printable line, with secrets replaced. */
export function quote(text: string, hidden: readonly string[]): string {
  const clean = hidden
    .filter((secret) => secret !== '')
    .reduce(withoutPieces, text.slice(0, longestLook))
    // Control and format characters could steer the terminal that shows the message.
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim();
  if (clean === '') {
    return 'no message';
  }
  return clean.length > longestQuote ? `${clean.slice(0, longestQuote)}…` : clean;
}

/** Replaces the secret, and every longer piece of it. */
function withoutPieces(text: string, secret: string): string {
  const length = Math.min(secret.length, shortestPiece);
  let clean = '';
  let at = 0;
  while (at < text.length) {
    let end = at + length;
    if (end > text.length || !secret.includes(text.slice(at, end))) {
      clean += text[at];
      at += 1;
      continue;
    }
    while (end < text.length && secret.includes(text.slice(at, end + 1))) {
      end += 1;
    }
    clean += '[secret]';
    at = end;
  }
  return clean;
}
