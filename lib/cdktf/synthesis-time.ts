/** The only place in which constructs look at the clock. What they decide by it is a warning or a policy, never a value that is emitted. */

/** The instant of synthesis. */
export function synthesisTime(clock: () => Date = () => new Date()): Date {
  return clock();
}
