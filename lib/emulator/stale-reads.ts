/** describe-key as a replica that lags behind: after a change of a key, its first reads still show what was read before. */

export class StaleReads {
  readonly #count: number;
  readonly #shown = new Map<string, { readonly text: string; left: number }>();

  /** @param count how many reads stay behind every change */
  constructor(count: number) {
    this.#count = count;
  }

  /** What to answer in place of the true description. */
  pass(keyId: string, description: object): object {
    const text = JSON.stringify(description);
    const before = this.#shown.get(keyId);
    if (before !== undefined && before.text !== text && before.left > 0) {
      before.left -= 1;
      return JSON.parse(before.text) as object;
    }
    this.#shown.set(keyId, { text, left: this.#count });
    return description;
  }
}
