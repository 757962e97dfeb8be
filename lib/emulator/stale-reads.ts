/**
 * Makes describe-key lag like a slow replica:
 * after a change of a key, the first reads repeat the answer before it.
 */

export class StaleReads {
  readonly #count: number;
  readonly #shown = new Map<string, { readonly text: string; left: number }>();

  /** @param count how many reads lag behind every change */
  constructor(count: number) {
    this.#count = count;
  }

  /** The answer that replaces the true description. */
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
