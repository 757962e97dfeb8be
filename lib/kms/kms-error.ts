/**
 * A refusal from the KMS, IAM or the gateway in front of them, in whichever of the three error
 * envelopes.
 */
import { ByokError, type ErrorCode } from '../errors';
import { type KmsReaction, tryFindKmsErrorCode } from '../terms/kms-errors';
import { reactionTo } from '../terms/kms-reactions';

export interface KmsErrorFields {
  /** The API call, for example "import-key-material". */
  readonly operation: string;
  readonly status: number;
  /** For example "KMS.2606", "APIGW.0308"; undefined if the answer carried none. */
  readonly apiCode: string | undefined;
  readonly apiMessage: string;
  readonly requestId: string | undefined;
  /** What to do about it, from the table of codes; undefined if nothing is known. */
  readonly advice?: string | undefined;
}

export class KmsError extends ByokError implements Omit<KmsErrorFields, 'advice'> {
  readonly operation: string;
  readonly status: number;
  readonly apiCode: string | undefined;
  readonly apiMessage: string;
  readonly requestId: string | undefined;

  constructor(fields: KmsErrorFields, options: { code?: ErrorCode; cause?: unknown } = {}) {
    super(options.code ?? 'ERR_KMS', sentence(fields), { cause: options.cause });
    this.name = 'KmsError';
    this.operation = fields.operation;
    this.status = fields.status;
    this.apiCode = fields.apiCode;
    this.apiMessage = fields.apiMessage;
    this.requestId = fields.requestId;
  }
}

/** True if the KMS refused with one of these codes. */
export function hasApiCode(error: unknown, ...codes: string[]): error is KmsError {
  return error instanceof KmsError && error.apiCode !== undefined && codes.includes(error.apiCode);
}

/** True if the table of codes says to do this about the refusal. */
export function hasReaction(error: unknown, reaction: KmsReaction): error is KmsError {
  return error instanceof KmsError && reactionTo(error.status, error.apiCode) === reaction;
}

/**
 * True if the KMS examined the request and found a fault in it: not in the login, the permission,
 * or itself.
 */
export function blamesRequest(error: unknown): error is KmsError {
  const blame =
    error instanceof KmsError && error.apiCode !== undefined
      ? tryFindKmsErrorCode(error.apiCode)?.blame
      : undefined;
  return blame === 'caller' || blame === 'material';
}

function sentence({
  operation,
  status,
  apiCode,
  apiMessage,
  requestId,
  advice,
}: KmsErrorFields): string {
  const said = apiMessage.trim().replace(/\.$/, '');
  const request = requestId === undefined ? '' : ` (request ${requestId})`;
  return (
    `${operation} answered ${status}${apiCode === undefined ? '' : ` ${apiCode}`}: ` +
    `${said}${advice === undefined ? '' : `; ${advice}`}${request}`
  );
}
