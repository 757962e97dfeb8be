/**
 * Decodes the text of a source to bytes. Strict: Node's own decoders skip characters they do not
 * know, and a key with a missing byte would be imported for ever.
 */
import { ByokError } from '../errors';
import { Secret } from '../secret';
import type { MaterialEncoding } from '../terms/material';
import { plainSpelling, say } from '../terms/setting';
import type { Origin } from './check';
import { collectBase64 } from './pem';
import { hintOf, type TextEncoding } from './spelling-hint';

export type { TextEncoding } from './spelling-hint';

interface Decoder {
  readonly decode: (content: Buffer) => Buffer | undefined;
  readonly expected: string;
}

const decoders: Readonly<Record<TextEncoding, Decoder>> = {
  raw: { decode: (content) => Buffer.from(content), expected: 'bytes' },
  hex: {
    decode: (content) => tryDecodeHex(textOf(content)),
    expected: 'an even number of hex digits',
  },
  base64: {
    decode: (content) => tryDecodeBase64(textOf(content)),
    expected: 'padded Base64 of the standard alphabet on one line',
  },
};

export function isTextEncoding(encoding: MaterialEncoding): encoding is TextEncoding {
  return Object.hasOwn(decoders, encoding);
}

/**
 * @param source names the source in an error, for example `file "orders.key"`
 * @param orElse what it may be in another encoding; may throw a better message
 * @throws ByokError ERR_MATERIAL_INVALID; the message never holds any of the content
 */
export function decodeText(
  content: Buffer,
  encoding: TextEncoding,
  source: string,
  { attribute, spelling = plainSpelling }: Origin,
  orElse: () => Buffer | undefined = () => undefined,
): Secret {
  const { decode, expected } = decoders[encoding];
  const decoded = decode(content);
  if (decoded !== undefined && decoded.length > 0) {
    return Secret.fromBytes(decoded);
  }
  const hint = hintOf(content, encoding, undefined);
  const bytes = hint === undefined ? orElse() : undefined;
  if (bytes === undefined) {
    throw new ByokError(
      'ERR_MATERIAL_INVALID',
      `the key material in ${source} is not ${encoding}; expected ${expected} (see ` +
        `${spelling.name('materialEncoding')})${hint === undefined ? '' : `; ${say(hint, spelling)}`}`,
      { attribute },
    );
  }
  return Secret.fromBytes(bytes);
}

/**
 * Undefined unless the text is exactly how these bytes are encoded: one line, padded, with no
 * unused bit set.
 */
export function tryDecodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/**
 * For content that shows by itself whether it is whole, as keys in DER do: also in quotes and on
 * several lines, as `base64` and `xxd` write it.
 */
export function tryDecodeWrapped(content: Buffer, encoding: TextEncoding): Buffer | undefined {
  const text = textOf(content);
  const inside = /^(["']).*\1$/s.test(text) ? text.slice(1, -1) : text;
  const characters = encoding === 'raw' ? undefined : collectBase64(Buffer.from(inside, 'latin1'));
  const joined = characters?.toString('latin1') ?? '';
  characters?.fill(0);
  return joined === ''
    ? undefined
    : encoding === 'hex'
      ? tryDecodeHex(joined)
      : tryDecodeBase64(joined);
}

function tryDecodeHex(text: string): Buffer | undefined {
  return /^(?:[0-9a-fA-F]{2})+$/.test(text) ? Buffer.from(text, 'hex') : undefined;
}

/**
 * White space around the text is allowed, because editors and `openssl` end files with a line feed,
 * and so is a UTF-8 mark. Inside the text neither is.
 */
function textOf(content: Buffer): string {
  return withoutMark(content).toString('latin1').trim();
}

const utf8Mark = Buffer.from('efbbbf', 'hex');

function withoutMark(content: Buffer): Buffer {
  return content.subarray(0, utf8Mark.length).equals(utf8Mark)
    ? content.subarray(utf8Mark.length)
    : content;
}
