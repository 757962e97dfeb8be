/**
 * What a row of measurements comes to. Medians, because one slow start on a busy machine must not
 * decide.
 */

export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @param values at least one */
export function summary(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const at = (index: number) => sorted.at(index) ?? Number.NaN;
  const median = sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2;
  return { median, min: at(0), max: at(-1) };
}

/**
 * Ratios pair by pair: the two of a pair ran side by side, so that what slowed the machine slowed
 * both.
 */
export function pairedRatios(
  measured: readonly number[],
  baseline: readonly number[],
): readonly number[] {
  return measured.map((value, index) => value / (baseline[index] ?? Number.NaN));
}
