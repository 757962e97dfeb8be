/** Says why somebody should think twice about a wrapping algorithm. */
import type { WrappingAlgorithm } from '../terms/kms';
import type { Surroundings } from './surroundings';

export function warnOfWrapping(algorithm: WrappingAlgorithm, { remark }: Surroundings): void {
  const { wrappingAlgorithms } = require('../wrap/wrapping') as typeof import('../wrap/wrapping');
  const { warning } = wrappingAlgorithms[algorithm];
  if (warning !== undefined) {
    remark(`warning: ${warning}\n`);
  }
}
