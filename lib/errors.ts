/**
 * The one error class of this library. Every failure that a person may see is a `ByokError` with a
 * stable `code`; each front-end translates it once (Terraform diagnostics, a sentence on stderr).
 */

import { oneLine, ownLines } from './printable';

/** What each code means; read by the documentation and by the front-ends. */
export const errorCodes = {
  ERR_ARGUMENT: 'a value given by the caller is not allowed',
  ERR_CONFIGURATION: 'the connection to the KMS is not configured, or not configured safely',
  ERR_MATERIAL_NOT_AT_HAND: 'key material is needed and its source does not give it',
  ERR_MATERIAL_INVALID: 'the key material is not what the key needs',
  ERR_MATERIAL_DIFFERS:
    'the key material is not the one that this key is bound to, or not the one that was reviewed',
  ERR_KEY_NOT_FOUND: 'the KMS knows no key of this id',
  ERR_KEY_UNSUITABLE: 'the key exists but cannot take imported material as declared',
  ERR_CHANGED_SINCE_PLAN:
    'the key changed after the plan was made and more steps are needed than were reviewed',
  ERR_REFUSED: 'the configuration itself forbids this step',
  ERR_KMS: 'the KMS refused the request',
  ERR_KMS_UNREACHABLE: 'no answer came from the KMS',
  ERR_TIMEOUT: 'what was waited for did not come in time',
  ERR_INTERRUPTED: 'the operation was interrupted by the caller',
  ERR_INTERNAL: 'a defect of this program',
} as const;

/** Stable: programs may decide by it, never by the message. */
export type ErrorCode = keyof typeof errorCodes;

/** What a `ByokError` knows beside its code and message. */
export interface ByokErrorOptions {
  /** What went wrong underneath; kept, never printed with secrets in it. */
  readonly cause?: unknown;
  /** The attribute, flag or field that the message is about, in Terraform's spelling. */
  readonly attribute?: string | undefined;
}

/** Every failure that a person may see. */
export class ByokError extends Error {
  /** Stable: programs may decide by it. */
  readonly code: ErrorCode;
  /**
   * The attribute, flag or field that the message is about, in Terraform's spelling; undefined when
   * it is about none.
   */
  readonly attribute: string | undefined;

  /**
   * @param message lower-case sentence without a full stop: what, which value, what is allowed,
   *   what to do
   */
  constructor(code: ErrorCode, message: string, options: ByokErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ByokError';
    this.code = code;
    this.attribute = options.attribute;
  }
}

/**
 * What a report of a defect says about whatever was thrown: of an error its stack, of anything else
 * only its type, since a value may be a secret. Its lines are ours: what the message holds stays on
 * the first one.
 */
export function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) {
    return `something was thrown that is no error but of type ${Object.prototype.toString.call(thrown).slice(8, -1)}`;
  }
  const { message, stack = message } = thrown;
  const frames = stack.search(/\n {4}at /);
  return frames === -1
    ? oneLine(stack)
    : `${oneLine(stack.slice(0, frames))}${ownLines(stack.slice(frames))}`;
}

/** True also for errors of another copy of this package on disk. */
export function isByokError(value: unknown): value is ByokError {
  return (
    value instanceof Error && Object.hasOwn(errorCodes, String((value as { code?: unknown }).code))
  );
}

/** What `parse` says about a value; empty if it accepts the value. */
export function faultsOfParsing(parse: () => unknown): string[] {
  try {
    parse();
    return [];
  } catch (error) {
    if (isByokError(error)) {
      return [error.message];
    }
    throw error;
  }
}
