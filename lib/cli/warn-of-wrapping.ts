/** Warns about wrapping algorithms that are better avoided. */
import type { WrappingAlgorithm } from '../terms/kms';
import { wrappingAlgorithms } from '../wrap/wrapping';
import type { Surroundings } from './surroundings';

export function warnOfWrapping(algorithm: WrappingAlgorithm, { remark }: Surroundings): void {
  const { warning } = wrappingAlgorithms[algorithm];
  if (warning !== undefined) {
    remark(`warning: ${warning}\n`);
  }
}
