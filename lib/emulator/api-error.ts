/**
 * A refusal, and the error envelopes of the real services:
 * KMS nests, the API gateway is flat with a request id, IAM uses Keystone's.
 * The code selects the envelope. Status and message come from the shared table of documented codes.
 */
import { type KmsApiCode, tryFindKmsErrorCode } from '../terms/kms-errors';

export interface ApiErrorOptions {
  /** @default the documented status of the code */
  readonly status?: number;
  /** Appended to the documented message. Must not contain values from the request. */
  readonly detail?: string;
}

export class ApiError extends Error {
  /** For example "KMS.0205", "APIGW.0101", "IAM.0011". */
  readonly code: string;
  readonly status: number;

  constructor(code: string, { status, detail }: ApiErrorOptions = {}) {
    const documented = tryFindKmsErrorCode(code);
    const message = documented?.message ?? 'Error injected by the emulator.';
    super(
      detail === undefined ? message : `${message}${message.endsWith('.') ? ' ' : ': '}${detail}`,
    );
    this.name = 'ApiError';
    this.code = code;
    this.status = status ?? documented?.status ?? 400;
  }

  toBody(requestId: string): object {
    const envelope = envelopes.find(({ prefix }) => this.code.startsWith(prefix)) ?? kmsEnvelope;
    return envelope.body(this, requestId);
  }
}

/** A refusal by IAM in Keystone's envelope. */
export class IamError extends Error {
  readonly status: number;
  readonly title: string;

  constructor(status: number, title: string, message: string) {
    super(message);
    this.name = 'IamError';
    this.status = status;
    this.title = title;
  }

  toBody(): object {
    return { error: { message: this.message, title: this.title } };
  }
}

/** Same as `new ApiError`, but the compiler accepts only documented codes. */
export function refusal(code: KmsApiCode, detail?: string): ApiError {
  return new ApiError(code, detail === undefined ? {} : { detail });
}

interface Envelope {
  readonly prefix: string;
  body(error: ApiError, requestId: string): object;
}

const kmsEnvelope: Envelope = {
  prefix: 'KMS.',
  body: (error) => ({ error: { error_code: error.code, error_msg: error.message } }),
};

function gatewayEnvelope(prefix: string): Envelope {
  return {
    prefix,
    body: (error, requestId) => ({
      error_msg: error.message,
      error_code: error.code,
      request_id: requestId,
    }),
  };
}

const envelopes: readonly Envelope[] = [
  kmsEnvelope,
  gatewayEnvelope('APIGW.'),
  gatewayEnvelope('APIG.'),
  { prefix: 'IAM.', body: (error) => ({ error_msg: error.message, error_code: error.code }) },
];
