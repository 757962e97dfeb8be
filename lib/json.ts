/**
 * JSON that others wrote: the text may be none, and each value may be anything. The error of
 * `JSON.parse` quotes the text, which may hold a secret, so no error leaves here.
 */
export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns undefined if the text is not JSON, such as the page of a proxy */
export function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @returns undefined if the text is not JSON, or JSON of something other than an object */
export function tryParseRecord(text: string): JsonRecord | undefined {
  const value = tryParseJson(text);
  return isRecord(value) ? value : undefined;
}

/**
 * A name that an object of the text has twice: of such a pair the parser keeps the last, and says
 * nothing.
 *
 * @param text JSON, as `tryParseJson` takes it
 * @returns the first that is found, as JSON writes it
 */
export function repeatedNameIn(text: string): string | undefined {
  // In JSON, a text that a colon follows is a name.
  const parts = text.match(/"(?:[^"\\]|\\.)*"\s*:?|[{}]/g) ?? [];
  const open: Set<string>[] = [];
  for (const part of parts) {
    if (part === '{') {
      open.push(new Set());
    } else if (part === '}') {
      open.pop();
    } else if (part.endsWith(':')) {
      const name = JSON.stringify(JSON.parse(part.slice(0, -1)));
      const names = open.at(-1);
      if (names?.has(name)) {
        return name;
      }
      names?.add(name);
    }
  }
  return undefined;
}
