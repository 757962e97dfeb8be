/** Everything a command takes from outside this program, handed in by its main. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  readonly now: () => Date;
  /** For results; what a pipe reads. One that cannot be written does not end the work. */
  readonly print: (text: string) => void;
  /** For remarks; never part of the result. */
  readonly remark: (text: string) => void;
  /**
   * Undefined when nothing is piped in: a person at a keyboard is not asked for key material.
   *
   * @param maxBytes reading stops soon after these, for the caller to refuse. @default no limit
   */
  readonly readInput: (maxBytes?: number) => Promise<Buffer | undefined>;
  /**
   * For commands whose exit code tells more than success and failure: it counts when the command
   * has come to its end.
   */
  readonly exitWith: (code: number) => void;
  /**
   * Resolves with the reason why a command that runs for ever should end.
   *
   * @param options `withReader`: also when its result is printed and nobody reads it
   */
  readonly untilStopped: (options: {
    readonly withParent: boolean;
    readonly withReader: boolean;
  }) => Promise<string>;
}
