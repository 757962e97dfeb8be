/**
 * Terraform's way through a graph: what depends on nothing that is left is next, in any order or at
 * once.
 */
import type { Random } from './random';

export interface Step {
  readonly name: string;
  /** Names of steps that must be over; one that is not there needs not be waited for. */
  readonly after: readonly string[];
  readonly run: () => Promise<void>;
}

export interface Manner {
  readonly random: Random;
  /** Everything that may run at the same time does. */
  readonly atOnce: boolean;
  /** Nothing new is begun any more. */
  readonly halted: () => boolean;
  /** What is wrong with a step that failed; what comes after it is not begun. */
  readonly onFailure: (error: unknown) => void;
}

/** @returns whether every step came to its end */
export async function walk(
  steps: readonly Step[],
  { random, atOnce, halted, onFailure }: Manner,
): Promise<boolean> {
  const left = new Map(steps.map((step) => [step.name, step]));
  const running = new Map<string, Promise<void>>();
  const kept = new Set<string>();

  const begin = ({ name, run }: Step) => {
    left.delete(name);
    const over = run()
      .catch((error: unknown) => {
        kept.add(name);
        onFailure(error);
      })
      .finally(() => running.delete(name));
    running.set(name, over);
  };
  for (;;) {
    for (const { name } of [...left.values()].filter(({ after }) =>
      after.some((one) => kept.has(one)),
    )) {
      kept.add(name);
      left.delete(name);
    }
    const ready = halted()
      ? []
      : [...left.values()].filter(({ after }) =>
          after.every((one) => !left.has(one) && !running.has(one)),
        );
    const [first, ...others] = ready.filter(({ after }) => !after.some((one) => kept.has(one)));
    if (first !== undefined && (atOnce || running.size === 0)) {
      begin(random.pick([first, ...others]));
    } else if (running.size > 0) {
      await Promise.race(running.values());
    } else if (halted() || ready.length === 0) {
      return left.size === 0 && kept.size === 0;
    }
  }
}
