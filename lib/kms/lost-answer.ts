/** Failures after which it is unknown whether the KMS did what we asked. */
import { ByokError } from '../errors';
import { KmsError } from './kms-error';

/** No answer at all, or none that we can trust. */
export class UnreachableError extends ByokError {
  readonly operation: string;
  /** False: nothing was sent. */
  readonly sent: boolean;

  constructor(operation: string, message: string, options: { sent: boolean; cause?: unknown }) {
    super('ERR_KMS_UNREACHABLE', message, { cause: options.cause });
    this.name = 'UnreachableError';
    this.operation = operation;
    this.sent = options.sent;
  }
}

/**
 * True if the request may have taken effect although the call threw: describe the key to find out.
 * A broken connection, a timeout, a 5xx answer, or a success that could not be read.
 */
export function isLostAnswer(error: unknown): boolean {
  if (error instanceof KmsError) {
    return error.status >= 500 || error.status < 300;
  }
  return error instanceof UnreachableError && error.sent;
}
