/**
 * From the spelling of a source to the bytes. Strict: Node's own decoders skip characters they do not know, and a key with a byte
 * missing would be imported for ever.
 */
import { ByokError } from '../errors';
import type { MaterialEncoding } from '../schema/key-material';
import { Secret } from '../secret';

/** Encodings that spell bytes; the others are containers of a private key. */
export type TextEncoding = Extract<MaterialEncoding, 'base64' | 'hex' | 'raw'>;

interface Decoder {
  readonly decode: (content: Buffer) => Buffer | undefined;
  readonly expected: string;
}

const decoders: Readonly<Record<TextEncoding, Decoder>> = {
  raw: { decode: (content) => Buffer.from(content), expected: 'bytes' },
  hex: { decode: (content) => tryDecodeHex(textOf(content)), expected: 'an even number of hex digits' },
  base64: {
    decode: (content) => tryDecodeBase64(textOf(content)),
    expected: 'padded Base64 of the standard alphabet on one line',
  },
};

export function isTextEncoding(encoding: MaterialEncoding): encoding is TextEncoding {
  return Object.hasOwn(decoders, encoding);
}

/**
 * @param source how to name the source in an error, for example `file "orders.key"`
 * @param attribute the attribute that named the source
 * @throws ByokError ERR_MATERIAL_INVALID; the message never holds any of the content
 */
export function decodeText(content: Buffer, encoding: TextEncoding, source: string, attribute: string | undefined): Secret {
  const { decode, expected } = decoders[encoding];
  const bytes = decode(content);
  if (bytes === undefined || bytes.length === 0) {
    throw new ByokError(
      'ERR_MATERIAL_INVALID',
      `the key material in ${source} is not ${encoding}; expected is ${expected} (see material_encoding)`,
      {
        attribute,
      },
    );
  }
  return Secret.fromBytes(bytes);
}

/** Undefined unless the text is exactly how these bytes are encoded: one line, padded, with no bit set that stands for nothing. */
export function tryDecodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

function tryDecodeHex(text: string): Buffer | undefined {
  return /^(?:[0-9a-fA-F]{2})+$/.test(text) ? Buffer.from(text, 'hex') : undefined;
}

/** White space around the text is allowed, since editors and `openssl` end files with a line feed; inside it is not. */
function textOf(content: Buffer): string {
  return content.toString('latin1').trim();
}
