import type { StreamOptions } from '../material/read-stream';

/** Everything that a command takes from outside this program, passed in by its main. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  readonly now: () => Date;
  /** For results, which a pipe reads. A write that fails does not end the work. */
  readonly print: (text: string) => void;
  /** For remarks, which are never part of the result. */
  readonly remark: (text: string) => void;
  /**
   * Undefined if nothing is piped in: we do not ask a person at a keyboard for key material.
   *
   * @param options `maxBytes`: reading stops soon after this many, so that the caller can refuse
   * @throws ByokError ERR_INTERRUPTED if the signal is aborted
   */
  readonly readInput: (
    options?: Pick<StreamOptions, 'signal' | 'maxBytes'>,
  ) => Promise<Buffer | undefined>;
  /**
   * For commands whose exit code says more than success or failure. It counts once the command is
   * done.
   */
  readonly exitWith: (code: number) => void;
  /**
   * Resolves with the reason why an endless command should end.
   *
   * @param options `withReader`: end, too, if the result is printed and its reader is gone
   */
  readonly untilStopped: (options: {
    readonly withParent: boolean;
    readonly withReader: boolean;
  }) => Promise<string>;
}
