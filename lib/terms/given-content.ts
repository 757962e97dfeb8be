/**
 * Tells content from a path or a name where one of those belongs: `material_file =
 * file("orders.pem")` and `--material-file "$KEY"` are easily written. A message about such a value
 * would print a key.
 */

/** No path or name that people give has one of these forms. */
const forms: readonly RegExp[] = [
  // Whatever was read from a file, PEM on one line, JSON.
  /[\r\n]|-----BEGIN |^\s*\{/,
  // 16, 32 and more bytes in hex.
  /^(?:[0-9a-f]{32}|[0-9a-f]{64,})$/i,
  // 16, 31 and 32 bytes in Base64 or base64url.
  /^(?:[\w+/-]{22}==|[\w+/-]{42}(?:==|[\w+/-]=))$/,
  // Private keys in Base64, of a length that needs no padding.
  /^[\w+/-]{120,}$/,
];

/** 16 and 32 bytes in Base64 or base64url without padding, which names may look like. */
const unpadded = /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?:[\w+/-]{22}|[\w+/-]{43})$/;

export function isContent(text: string): boolean {
  return forms.some((form) => form.test(text)) || (unpadded.test(text) && isJumble(text));
}

/** The character after which the kind changes: capital, small letter, digit or sign. */
const change = /[a-z](?=[^a-z])|[A-Z](?=[^A-Z])|\d(?=\D)|[^a-zA-Z\d](?=[a-zA-Z\d])/g;

/** In random text the kind changes at two characters of three, and in names at few. */
function isJumble(text: string): boolean {
  return (text.match(change)?.length ?? 0) > text.length * 0.35;
}
