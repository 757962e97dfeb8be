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
  hex: { decode: (content) => decodeForm(content, /^(?:[0-9a-fA-F]{2})+$/, 'hex'), expected: 'an even number of hex digits' },
  base64: {
    decode: (content) => decodeForm(content, /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, 'base64'),
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

/** White space around the text is allowed, since editors and `openssl` end files with a line feed; inside it is not. */
function decodeForm(content: Buffer, form: RegExp, encoding: 'hex' | 'base64'): Buffer | undefined {
  const text = content.toString('latin1').trim();
  const bytes = form.test(text) ? Buffer.from(text, encoding) : undefined;
  // Base64 whose unused last bits are set decodes, but spells the same bytes a second way.
  return bytes !== undefined && (encoding === 'hex' || bytes.toString('base64') === text) ? bytes : undefined;
}
