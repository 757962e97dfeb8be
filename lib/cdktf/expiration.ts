/** When the KMS deletes imported material. Without a clock: whether the instant is past is decided when Terraform plans. */
import { Token } from 'cdktf';
import { ByokError } from '../errors';
import { formatInstant, never, parseExpirationTime } from '../schema/expiration-time';

export class Expiration {
  /** The material stays until somebody deletes it. */
  static never(): Expiration {
    return new Expiration(never);
  }

  /**
   * @param instant a Date, or RFC 3339 such as "2030-01-31T00:00:00Z"; in whole seconds, as the KMS counts in them. Tokens are let through.
   * @throws ByokError ERR_ARGUMENT when it is no such instant
   */
  static at(instant: Date | string): Expiration {
    const text = instant instanceof Date ? textOf(instant) : instant;
    if (!Token.isUnresolved(text)) {
      parseExpirationTime(text);
    }
    return new Expiration(text);
  }

  /** As Terraform is given it: RFC 3339, or "never". */
  readonly expirationTime: string;

  private constructor(expirationTime: string) {
    this.expirationTime = expirationTime;
  }
}

function textOf(instant: Date): string {
  if (Number.isNaN(instant.getTime()) || instant.getUTCMilliseconds() !== 0) {
    const shown = Number.isNaN(instant.getTime()) ? 'an invalid Date' : instant.toISOString();
    throw new ByokError(
      'ERR_ARGUMENT',
      `the expiration is ${shown}; allowed is an instant in whole seconds, for example new Date("2030-01-31T00:00:00Z")`,
      {
        attribute: 'expiration_time',
      },
    );
  }
  return formatInstant(instant);
}
