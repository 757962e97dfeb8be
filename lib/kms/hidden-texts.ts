/**
 * What one client knows and must not show: its login, and every token, password and wrapped blob
 * that it has sent or received. The other side knows them too, and may send them back anywhere,
 * even in a later answer. We find them as they were sent, whole or in longer pieces; in another
 * spelling we do not.
 */

/**
 * Gateways cut off what they send back. Shorter pieces reveal little of a token, and might be
 * ordinary words.
 */
const shortestPiece = 16;

/** IAM accepts no shorter password. */
const shortestPassword = 6;

/**
 * Secrets are looked up by pieces of this length, spaced so that every `shortestPiece` characters
 * hold a whole one.
 */
const lookupLength = 8;
const lookupStride = shortestPiece - lookupLength + 1;

interface Occurrence {
  readonly secret: string;
  readonly at: number;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

export class HiddenTexts {
  readonly #known: HiddenTexts | undefined;
  readonly #texts = new Set<string>();
  /** Secrets below `shortestPiece` characters: few, and hidden as a whole. */
  readonly #short: string[] = [];
  readonly #occurrences = new Map<string, Occurrence[]>();

  /** @param known hidden as well, including what is added to it later */
  constructor(texts: Iterable<string> = [], known?: HiddenTexts) {
    this.#known = known;
    this.add(texts);
  }

  add(texts: Iterable<string>): void {
    for (const text of texts) {
      // As it appears in JSON that is sent back unchanged.
      this.#add(text);
      this.#add(JSON.stringify(text).slice(1, -1));
    }
  }

  #add(secret: string): void {
    if (secret === '' || this.#texts.has(secret)) {
      return;
    }
    this.#texts.add(secret);
    if (secret.length < shortestPiece) {
      this.#short.push(secret);
      return;
    }
    for (let at = 0; at + lookupLength <= secret.length; at += lookupStride) {
      const piece = secret.slice(at, at + lookupLength);
      const occurrences = this.#occurrences.get(piece);
      occurrences === undefined
        ? this.#occurrences.set(piece, [{ secret, at }])
        : occurrences.push({ secret, at });
    }
  }

  /**
   * True if the text is one of them, or holds one or a longer piece. Text that is shorter than any
   * password may also be part of a word.
   */
  standIn(text: string): boolean {
    return (
      this.#texts.has(text) ||
      this.#rangesIn(text).some(({ start, end }) => end - start >= shortestPassword) ||
      this.#known?.standIn(text) === true
    );
  }

  /** The text without them. */
  removeFrom(text: string): string {
    let clean = '';
    let at = 0;
    for (const { start, end } of this.#rangesIn(text)) {
      clean += `${text.slice(at, start)}[secret]`;
      at = end;
    }
    clean += text.slice(at);
    return this.#known?.removeFrom(clean) ?? clean;
  }

  /** From left to right, each as long as possible; none overlaps another. */
  #rangesIn(text: string): Range[] {
    const ranges: Range[] = [];
    for (let at = 0; at < text.length; ) {
      const range = this.#rangeAt(text, at, ranges.at(-1)?.end ?? 0);
      ranges.push(...(range === undefined ? [] : [range]));
      at = range?.end ?? at + 1;
    }
    return ranges;
  }

  /** @param from everything up to here is done */
  #rangeAt(text: string, at: number, from: number): Range | undefined {
    const short = this.#short
      .filter((secret) => text.startsWith(secret, at))
      .map(({ length }) => ({ start: at, end: at + length }));
    const pieces = (this.#occurrences.get(text.slice(at, at + lookupLength)) ?? []).map(
      (occurrence) => grown(text, at, from, occurrence),
    );
    return [...short, ...pieces.filter(({ start, end }) => end - start >= shortestPiece)].sort(
      (a, b) => b.end - a.end,
    )[0];
  }
}

/** Extends to both sides as far as text and secret are equal. */
function grown(text: string, at: number, from: number, { secret, at: within }: Occurrence): Range {
  let [start, end] = [at, at + lookupLength];
  while (
    start > from &&
    within - (at - start) > 0 &&
    text[start - 1] === secret[within - (at - start) - 1]
  ) {
    start -= 1;
  }
  while (
    end < text.length &&
    within + (end - at) < secret.length &&
    text[end] === secret[within + (end - at)]
  ) {
    end += 1;
  }
  return { start, end };
}
