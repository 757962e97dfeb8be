/**
 * Access keys (AK/SK), permanent and temporary, and how the gateway judges a signed request.
 * The refusals are the gateway's own, with the documented endings.
 * Like the gateway, it locks an access key for five minutes after too many failures in a row.
 */
import { refusal } from './api-error';
import { sameText } from './same-text';
import {
  bodyIsAsDeclared,
  headerValue,
  parseAuthorization,
  parseSdkDate,
  type ReceivedRequest,
  signatureOf,
} from './signature';

/** An access key (AK) and its secret key (SK). */
export interface AccessKey {
  readonly accessKey: string;
  readonly secretKey: string;
}

/** An access key that works only together with its security token, and only for a limited time. */
export interface TemporaryAccessKey extends AccessKey {
  /** The value that requests carry in X-Security-Token. */
  readonly securityToken: string;
}

interface HeldKey extends AccessKey {
  readonly temporary: { readonly securityToken: string; readonly expiresAt: number } | undefined;
  failures: number;
  lockedUntil: number;
}

/** How far X-Sdk-Date may differ from the emulator's clock, in either direction. */
const maximumSkewMs = 15 * 60 * 1000;

/** "More than five consecutive failures": the sixth failure locks the key. */
const maximumFailures = 5;

const lockMs = 5 * 60 * 1000;

export class AccessKeys {
  readonly #keys = new Map<string, HeldKey>();

  admit({ accessKey, secretKey }: AccessKey): void {
    this.#keys.set(accessKey, {
      accessKey,
      secretKey,
      temporary: undefined,
      failures: 0,
      lockedUntil: 0,
    });
  }

  /** @param expiresAt milliseconds since 1970 */
  admitTemporary(
    { accessKey, secretKey, securityToken }: TemporaryAccessKey,
    expiresAt: number,
  ): void {
    this.#keys.set(accessKey, {
      accessKey,
      secretKey,
      temporary: { securityToken, expiresAt },
      failures: 0,
      lockedUntil: 0,
    });
  }

  /**
   * @throws ApiError APIGW.0301 or 0307 unless one of the keys signed the request,
   * and signed it recently
   */
  check(request: ReceivedRequest, now: number): void {
    const authorization = parseAuthorization(headerValue(request, 'authorization'));
    if (authorization === undefined) {
      throw refusal(
        'APIGW.0301',
        'verify aksk signature fail: Authorization has not the documented form',
      );
    }
    const key = this.#keys.get(authorization.accessKey);
    if (key === undefined) {
      throw refusal('APIGW.0301', 'Get secretKey failed,ak:***,err:ak not exist');
    }
    if (key.lockedUntil > now) {
      throw refusal('APIGW.0301', 'AK access failed to reach the limit,forbidden');
    }
    checkDate(request, now);
    checkSecurityToken(request, key, now);
    const { signedHeaders, signature } = authorization;
    const mustBeSigned =
      key.temporary === undefined ? ['x-sdk-date'] : ['x-sdk-date', 'x-security-token'];
    const complete = mustBeSigned.every((name) => signedHeaders.includes(name));
    if (
      !complete ||
      !bodyIsAsDeclared(request) ||
      !sameText(signature, signatureOf(request, signedHeaders, key.secretKey))
    ) {
      countFailure(key, now);
      throw refusal('APIGW.0301', 'verify aksk signature fail');
    }
    key.failures = 0;
  }
}

function checkDate(request: ReceivedRequest, now: number): void {
  const date = parseSdkDate(headerValue(request, 'x-sdk-date'));
  if (date === undefined) {
    throw refusal('APIGW.0301', 'verify aksk signature fail: X-Sdk-Date must be YYYYMMDDTHHMMSSZ');
  }
  if (Math.abs(date - now) > maximumSkewMs) {
    // The words of the live gateway. It has no code of its own for a date that is too early:
    // it calls that one expired, too.
    const [signed, here] = [date + maximumSkewMs, now].map((instant) =>
      new Date(instant).toISOString().replace(/[-:]|\.\d{3}/g, ''),
    );
    throw refusal(
      'APIGW.0301',
      `calc aksk signature fail:signature expired, expired time:${signed}, now:${here}`,
    );
  }
}

function checkSecurityToken(request: ReceivedRequest, { temporary }: HeldKey, now: number): void {
  if (!sameText(headerValue(request, 'x-security-token'), temporary?.securityToken ?? '')) {
    throw refusal('APIGW.0301', 'decrypt token fail');
  }
  if (temporary !== undefined && temporary.expiresAt <= now) {
    throw refusal('APIGW.0307');
  }
}

function countFailure(key: HeldKey, now: number): void {
  key.failures += 1;
  if (key.failures > maximumFailures) {
    key.failures = 0;
    key.lockedUntil = now + lockMs;
  }
}
