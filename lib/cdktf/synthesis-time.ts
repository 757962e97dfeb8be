/**
 * The only place where constructs read the clock. The time decides about warnings and policies,
 * never about an emitted value.
 */

/** The instant of synthesis. */
export function synthesisTime(clock: () => Date = () => new Date()): Date {
  return clock();
}
