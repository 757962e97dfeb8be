/** Faults that a test ordered. Each is used up by the calls that match it, in the given order. */
import { STATUS_CODES } from 'node:http';
import { ApiError, IamError } from './api-error';

/** What goes wrong, in which calls, and how often. */
export interface Fault {
  /** A KMS verb such as "import-key-material", or "auth-tokens", "projects". @default every call */
  readonly operation?: string;
  /** How many calls it hits. @default 1 */
  readonly times?: number;
  /** How many calls it lets pass first. @default 0 */
  readonly skip?: number;
  /**
   * Answers with this status instead of the call's own answer.
   * A status below 400 needs an `answer`.
   * @default the documented status of `errorCode`, if one is given; 200 with `answer`
   */
  readonly status?: number;
  /**
   * "KMS.…", "APIGW.…" or "IAM.…": the prefix decides the envelope.
   * @default a code that fits `status`
   */
  readonly errorCode?: string;
  /**
   * Answers this text as a success, whatever it is: the page of a login portal, "[]", or nothing.
   * Text that starts with "<" is sent as text/html, other text as JSON.
   */
  readonly answer?: string;
  /**
   * With `status`, `errorCode` or `answer`:
   * runs the call first, as behind a gateway that timed out.
   * @default false
   */
  readonly committed?: boolean;
  /** Waits before anything else; milliseconds. */
  readonly delayMs?: number;
  /** Closes the connection without an answer, before or after the call runs. */
  readonly drop?: 'before' | 'after';
  /**
   * Breaks the call's own answer. `garbled` sends the first half of its JSON, or HTML for an error.
   * `other-key` replaces each key id in a successful answer by another one.
   */
  readonly body?: 'garbled' | 'other-key';
}

/** The code that the real services answer with a status; used if the fault names none. */
const codeByStatus: Readonly<Record<number, string>> = {
  401: 'APIGW.0307',
  403: 'APIGW.0306',
  404: 'APIGW.0101',
  429: 'APIGW.0308',
  500: 'KMS.0101',
  502: 'APIGW.0202',
  503: 'KMS.0104',
  504: 'APIGW.0203',
};

export class Faults {
  #orders: { fault: Fault; left: number; skip: number }[] = [];

  add(faults: readonly Fault[]): void {
    this.#orders.push(
      ...faults.map((fault) => ({ fault, left: fault.times ?? 1, skip: fault.skip ?? 0 })),
    );
  }

  clear(): void {
    this.#orders = [];
  }

  /** The fault that hits this call, if any. Counts the call. */
  take(operation: string): Fault | undefined {
    const order = this.#orders.find(
      ({ fault }) => fault.operation === undefined || fault.operation === operation,
    );
    if (order === undefined) {
      return undefined;
    }
    if (order.skip > 0) {
      order.skip -= 1;
      return undefined;
    }
    order.left -= 1;
    this.#orders = this.#orders.filter(({ left }) => left > 0);
    return order.fault;
  }
}

const iamOperations: readonly string[] = ['auth-tokens', 'projects'];

/** No key has this id. */
const otherKeyId = '0ddba110-0000-4000-8000-000000000000';

/** The text that replaces a call's own answer. */
export function breakAnswer(
  body: NonNullable<Fault['body']>,
  status: number,
  text: string,
): string {
  if (body === 'other-key') {
    return status < 400 ? text.replace(/("key_id":)"[^"]*"/g, `$1"${otherKeyId}"`) : text;
  }
  return status < 400 ? text.slice(0, text.length / 2) : '<html><body>Bad Gateway</body></html>';
}

/**
 * The error that a fault answers with; undefined if there is none.
 * IAM sends its own 5xx in its own envelope.
 */
export function faultError(
  { status, errorCode, answer }: Fault,
  operation: string,
): ApiError | IamError | undefined {
  if (answer !== undefined) {
    return undefined;
  }
  if (
    errorCode === undefined &&
    iamOperations.includes(operation) &&
    (status === 500 || status === 503)
  ) {
    return new IamError(
      status,
      STATUS_CODES[status] ?? '',
      'An unexpected error prevented the server from fulfilling your request.',
    );
  }
  const code =
    errorCode ?? (status === undefined ? undefined : (codeByStatus[status] ?? 'KMS.0101'));
  return code === undefined
    ? undefined
    : new ApiError(code, status === undefined ? {} : { status });
}
