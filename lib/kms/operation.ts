/** How a call of the KMS is described. */
import type { Spelling } from '../terms/setting';
import type { Repetition } from './retry';

export type NameOf = Spelling['name'];

export type RequestBody = Readonly<Record<string, string | number | readonly object[]>>;

export interface Operation<Request, Answer> {
  readonly name: string;
  readonly repetition: Repetition;
  /**
   * For calls with an empty answer: the refusal of a repeat that shows that the first call had its
   * effect. Without it, a `safe` call may be repeated blindly.
   */
  readonly doneAlready?: string;
  /** It makes or changes a key. @default false */
  readonly changes?: boolean;
  /**
   * The key that the call is about, if the body does not say it: an answer that names another key
   * does not count.
   * @default key_id of the body
   */
  keyOf?(request: Request): string;
  /**
   * Below `/kms`.
   *
   * @param nameOf how a refusal names settings
   * @default the name
   * @throws ByokError ERR_ARGUMENT if a parameter does not have its documented form
   */
  path?(request: Request, nameOf: NameOf): string;
  /**
   * Undefined: a GET.
   * @throws ByokError ERR_ARGUMENT if a parameter does not have its documented form
   */
  body?(request: Request, nameOf: NameOf): RequestBody;
  /**
   * The answer is never shown: it is secret, or only compared. Any other answer must hold no
   * secret.
   * @default false
   */
  readonly isHidden?: boolean;
  /**
   * What success looks like. Any other answer of success counts as lost.
   *
   * @param answer any JSON except an error or an answer about another key; `{}` for an empty answer
   * @throws UnexpectedAnswer
   */
  read(answer: unknown): Answer;
}
