/**
 * What a row of measurements comes to. Medians, because one slow start on a busy machine must not
 * decide.
 */

/** @returns {{ median: number, min: number, max: number }} */
export function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median =
    sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted[sorted.length - 1] };
}

/**
 * Ratios pair by pair: the two of a pair ran side by side, so that what slowed the machine slowed
 * both.
 */
export function pairedRatios(measured, baseline) {
  return measured.map((value, index) => value / baseline[index]);
}
