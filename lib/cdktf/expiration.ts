/** When the KMS deletes imported material. Without a clock: whether the instant is past is decided when Terraform plans. */
import { Token } from 'cdktf';
import { ByokError } from '../errors';
import { parseDuration } from '../schema/duration';
import { formatInstant, never, parseExpirationTime } from '../schema/expiration-time';

/** Attributes of a `KeyMaterial`. */
export interface ExpirationConfig {
  readonly expirationTime?: string;
  readonly validFor?: string;
  readonly renewBefore?: string;
}

export interface RollingExpirationOptions {
  /** How long the material is valid after each import: a whole number and a unit (s, m, h, d), for example "90d". */
  readonly validFor: string;
  /** From how long before the expiry on a deploy renews it; shorter than `validFor`. */
  readonly renewBefore: string;
}

export class Expiration {
  /** The material stays until somebody deletes it. */
  static never(): Expiration {
    return new Expiration({ expirationTime: never });
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
    return new Expiration({ expirationTime: text });
  }

  /**
   * Renewed by whoever deploys within `renewBefore` of the end; outside that window nothing changes. Each renewal is a short outage.
   * @throws ByokError ERR_ARGUMENT when one is no duration, or the window is not shorter than the validity
   */
  static rolling({ validFor, renewBefore }: RollingExpirationOptions): Expiration {
    if (!Token.isUnresolved(validFor) && !Token.isUnresolved(renewBefore)) {
      checkWindow(validFor, renewBefore);
    }
    return new Expiration({ validFor, renewBefore });
  }

  readonly #config: ExpirationConfig;

  private constructor(config: ExpirationConfig) {
    this.#config = config;
  }

  /** Attributes of a `KeyMaterial`. */
  bind(): ExpirationConfig {
    return this.#config;
  }
}

function checkWindow(validFor: string, renewBefore: string): void {
  if (parseDuration(renewBefore, 'renew_before') >= parseDuration(validFor, 'valid_for')) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `renewBefore is "${renewBefore}", which is not shorter than validFor "${validFor}"; give a shorter one`,
      {
        attribute: 'renew_before',
      },
    );
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
