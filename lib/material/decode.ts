/**
 * From the spelling of a source to the bytes. Strict: Node's own decoders skip characters they do not know, and a key with a
 * byte missing would be imported for ever.
 */
import { ByokError } from '../errors';
import type { MaterialEncoding } from '../schema/key-material';
import { Secret } from '../secret';

const decoders: Readonly<Record<MaterialEncoding, (text: Buffer) => Buffer | undefined>> = {
  raw: (text) => Buffer.from(text),
  hex: (text) => decodeText(text, /^(?:[0-9a-fA-F]{2})+$/, 'hex'),
  base64: (text) => decodeText(text, /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, 'base64'),
};

const expected: Readonly<Record<MaterialEncoding, string>> = {
  raw: 'bytes',
  hex: 'an even number of hex digits',
  base64: 'padded Base64 of the standard alphabet on one line',
};

/**
 * @param content what the source gave; wiped before this returns
 * @param source how to name it in an error, for example `file "orders.key"`
 * @param attribute the attribute that named the source
 * @throws ByokError ERR_MATERIAL_INVALID; the message never holds any of the content
 */
export function decodeMaterial(content: Buffer, encoding: MaterialEncoding, source: string, attribute: string): Secret {
  try {
    const bytes = decoders[encoding](content);
    if (bytes === undefined || bytes.length === 0) {
      const found = content.length === 0 ? 'is empty' : `is not ${encoding}`;
      throw new ByokError(
        'ERR_MATERIAL_INVALID',
        `the key material in ${source} ${found}; expected is ${expected[encoding]} (see material_encoding)`,
        {
          attribute,
        },
      );
    }
    return Secret.fromBytes(bytes);
  } finally {
    content.fill(0);
  }
}

/** White space around the text is allowed, since editors and `openssl` end files with a line feed; inside it is not. */
function decodeText(content: Buffer, form: RegExp, encoding: 'hex' | 'base64'): Buffer | undefined {
  const text = content.toString('latin1').trim();
  const bytes = form.test(text) ? Buffer.from(text, encoding) : undefined;
  // Base64 whose unused last bits are set decodes, but spells the same bytes a second way.
  return bytes !== undefined && (encoding === 'hex' || bytes.toString('base64') === text) ? bytes : undefined;
}
