/** Warns about wrapping algorithms that are better avoided. */
import type { WrappingAlgorithm } from '../terms/kms';
import type { Surroundings } from './surroundings';

export function warnOfWrapping(algorithm: WrappingAlgorithm, { remark }: Surroundings): void {
  const { wrappingAlgorithms } = require('../wrap/wrapping') as typeof import('../wrap/wrapping');
  const { warning } = wrappingAlgorithms[algorithm];
  if (warning !== undefined) {
    remark(`warning: ${warning}\n`);
  }
}
