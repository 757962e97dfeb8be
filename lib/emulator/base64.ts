/**
 * Strict Base64: one line, the standard alphabet, correct padding.
 * Node's own decoder ignores what it does not know.
 */

/** Undefined if the text is not exactly the encoding of some bytes. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
