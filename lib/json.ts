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
