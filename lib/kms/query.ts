/** The query of a URL, in the one form in which it is both sent and signed. */

/** Sorted by name, then value, then encoded. */
export function encodeQuery(query: readonly (readonly [string, string])[]): string {
  return [...query]
    .sort(([a, x], [b, y]) => compareBytes(a, b) || compareBytes(x, y))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
}

/**
 * Unreserved characters of RFC 3986 stay, all others are encoded; `encodeURIComponent` leaves five
 * more.
 */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}
