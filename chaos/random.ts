/** Numbers that a seed decides (Mulberry32), so that every case can be played again. */

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** From 0 to below the bound. */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0];
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}

/** The name of a row, each as likely as its weight. */
export function drawRow<Name extends string>(
  random: Random,
  rows: readonly (readonly [Name, { readonly weight: number }])[],
): Name {
  let point = random.below(rows.reduce((sum, [, { weight }]) => sum + weight, 0));
  for (const [name, { weight }] of rows) {
    point -= weight;
    if (point < 0) {
      return name;
    }
  }
  throw new Error('there is nothing to draw from');
}

/** Of one case of a campaign: neighbours have nothing in common. */
export function seedOfCase(seed: number, number: number): number {
  return (Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b)) >>> 0;
}
