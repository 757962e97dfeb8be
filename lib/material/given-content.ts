/**
 * Tells content from a path where a path belongs: `material_file = file("orders.pem")` and
 * `--material-file "$KEY"` are easily written. A message about such a path would print a key.
 */

/** No path that people give has one of these forms. */
const forms: readonly RegExp[] = [
  // Whatever was read from a file, PEM on one line, JSON.
  /[\r\n]|-----BEGIN |^\s*\{/,
  // 32 bytes and more.
  /^[0-9a-f]{64,}$/i,
  /^(?=.{44})[A-Za-z0-9+/]+={1,2}$/,
  // Private keys in Base64, of a length that needs no padding.
  /^[A-Za-z0-9+/]{120,}$/,
];

/** @param path that leads to no file */
export function isContent(path: string): boolean {
  return forms.some((form) => form.test(path));
}
