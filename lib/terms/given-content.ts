/**
 * Tells secrets from paths and names, in whose place they are easily given: `material_file =
 * file("orders.pem")`, `--material-file "$KEY"`. A message about such a value would print a key.
 */

/** What is put around or before key material. */
const wrapping = /^["'\s]+|["'\s]+$|^["']?(?:base64|hex):|^0x/gi;

/** No path or name that people give has one of these forms. */
const forms: readonly RegExp[] = [
  // Whatever was read from a file, PEM on one line, JSON.
  /[\r\n]|-----BEGIN |^\s*\{/,
  // 16, 32 and more bytes in hex.
  /^(?:[0-9a-f]{32}|[0-9a-f]{64,})$/i,
  // The same with something between the bytes.
  /^[0-9a-f]{2}(?:[ :][0-9a-f]{2}){15,}$/i,
  // Base64 or base64url that ends in its padding.
  /^[\w+/-]{20,}={1,2}$/,
  // A private key or PKCS#12 in Base64: DER begins with a sequence.
  /^M[A-P][\w+/-]{58,}$/,
];

/** Base64 without padding, and keys of logins. Names may look so, but no path to elsewhere. */
const unpadded = /^(?![~./])[\w+/-]{20,}$/;

/** True for key material in place of a path or name. */
export function isContent(text: string): boolean {
  const bare = text.replace(wrapping, '');
  return (
    forms.some((form) => form.test(text) || form.test(bare)) ||
    (unpadded.test(bare) && isJumble(bare))
  );
}

/** True also for what only may be a secret: a token, a password, a part of a key. */
export function mayBeSecret(text: string): boolean {
  const runs = text.match(/[a-z0-9]{16,}/gi) ?? [];
  return isContent(text) || runs.some((run) => isJumble(run) || isHex(run));
}

function isHex(run: string): boolean {
  return /^(?=.*\d)(?=.*[a-f])[0-9a-f]{20,}$/i.test(run);
}

/** Of one kind after another: capital, small letter, digit. */
const change = /[a-z](?=[A-Z\d])|[A-Z](?=[a-z\d])|\d(?=[a-zA-Z])/g;

/** In random text the kind changes at two characters of three, and in names at few. */
function isJumble(text: string): boolean {
  const isMixed = /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text);
  return isMixed && (text.match(change)?.length ?? 0) > text.length * 0.35;
}
