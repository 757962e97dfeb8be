/** Marks that the provider processes of one Terraform run share. */

/**
 * One walk of Terraform, such as a plan or an apply, is the set of processes that were there at the
 * same time. Terraform does not tell a process which walk it belongs to.
 */
export interface SharedMarks {
  /** False if there is no usable folder: then what one process knows stays with it. */
  readonly areShared: boolean;
  set(name: string): void;
  /** Set in this walk or an earlier one. */
  has(name: string): boolean;
  /** Set in this walk. */
  hasNow(name: string): boolean;
  /** Appends a line to a list of this process. */
  note(list: string, line: string): void;
  /** Whether another process of this walk has written it into its list. */
  isNotedElsewhere(list: string, line: string): boolean;
  /** How often processes of earlier walks have written it. */
  timesNotedBefore(list: string, line: string): number;
  /**
   * Sets a mark until it is released; the mark of a process that has died does not count.
   * @returns releases it
   */
  hold(name: string): () => void;
  isHeld(name: string): boolean;
}

export const noSharedMarks: SharedMarks = {
  areShared: false,
  set: () => {},
  has: () => false,
  hasNow: () => false,
  note: () => {},
  isNotedElsewhere: () => false,
  timesNotedBefore: () => 0,
  hold: () => () => {},
  isHeld: () => false,
};
