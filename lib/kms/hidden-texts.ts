/**
 * What one client knows that nobody may read: its login, and every token, password and wrapped blob
 * that it sent or got so far. The other side knows them as well, and may send them back in any
 * place, a later answer included. Found are they as they were sent, whole or in longer pieces;
 * spelt another way they are not.
 */

/**
 * Gateways cut off what they send back. Shorter pieces tell little of a token, and might be
 * ordinary words.
 */
const shortestPiece = 16;

/** IAM takes none that is shorter. */
const shortestPassword = 6;

/**
 * So long are the pieces that secrets are looked up by, and so far apart that every `shortestPiece`
 * characters hold a whole one.
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
  /** Below `shortestPiece` characters: few, and hidden as a whole. */
  readonly #short: string[] = [];
  readonly #occurrences = new Map<string, Occurrence[]>();

  /** @param known hidden as well, whatever is added to it later */
  constructor(texts: Iterable<string> = [], known?: HiddenTexts) {
    this.#known = known;
    this.add(texts);
  }

  add(texts: Iterable<string>): void {
    for (const text of texts) {
      // In JSON that is sent back as it came.
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
   * True when the text is one of them, or holds one or a longer piece; what is shorter than a
   * password may be may also be part of a word.
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

  /** From left to right, each as long as it goes; none overlaps another. */
  #rangesIn(text: string): Range[] {
    const ranges: Range[] = [];
    for (let at = 0; at < text.length; ) {
      const range = this.#rangeAt(text, at, ranges.at(-1)?.end ?? 0);
      ranges.push(...(range === undefined ? [] : [range]));
      at = range?.end ?? at + 1;
    }
    return ranges;
  }

  /** @param from up to there everything is said */
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

/** As far to both sides as text and secret are the same. */
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
