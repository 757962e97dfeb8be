/** When the KMS deletes imported material, as constructs are told. A value only: the construct that is given it checks it, with all else. */
import { ByokError } from '../errors';
import { formatInstant, never } from './expiration-time';
import { refuseUnknownNames } from './known-names';

/** What an `Expiration` comes to; the names are those of the attributes of `byok_key_material`. */
export interface ExpirationConfig {
  /**
   * RFC 3339 in whole seconds, or "never".
   * @default - the expiry rolls
   */
  readonly expirationTime?: string;
  /**
   * How long the material is valid after each import.
   * @default - the expiry is fixed
   */
  readonly validFor?: string;
  /**
   * From how long before the expiry on it is renewed.
   * @default - the expiry is fixed
   */
  readonly renewBefore?: string;
}

/** A rolling expiry. Durations are a whole number and a unit (s, m, h or d). */
export interface RollingExpirationOptions {
  /** How long the material is valid after each import, for example "90d". */
  readonly validFor: string;
  /** From how long before the expiry on it is renewed, for example "14d"; shorter than `validFor`. */
  readonly renewBefore: string;
}

/** All that `RollingExpirationOptions` has. */
export const rollingExpirationNames = ['validFor', 'renewBefore'];

/** When the KMS deletes the material of a symmetric key; that of an asymmetric key it keeps for good. */
export class Expiration {
  /** The material stays until somebody deletes it. */
  static never(): Expiration {
    return new Expiration({ expirationTime: never });
  }

  /**
   * A fixed end. One that is past when it is declared is refused when it is deployed; synthesis does not fail for it, since a stack must stay
   * destroyable, and `cdktf destroy` synthesizes, too.
   * @param instant a Date, or RFC 3339 such as "2030-01-31T00:00:00Z", or epoch seconds such as "1893456000"; in whole seconds, as the KMS
   * counts in them. Another one is refused at synthesis; a reference is let through
   * @throws ByokError ERR_ARGUMENT when it is undefined, as a variable of the environment that is not set
   */
  static at(instant: Date | string): Expiration {
    refuseNothing(instant, 'Expiration.at', 'an instant such as "2030-01-31T00:00:00Z"');
    return new Expiration({ expirationTime: instant instanceof Date ? textOf(instant) : instant });
  }

  /**
   * Renewed within `renewBefore` of the end: by whoever deploys then, or by the hourly check of `cdktf-byok/aws-cdk`. Outside that window nothing
   * changes. Each renewal is a short outage. A window that is not shorter than the validity, and a validity of more than 36500 days, are refused at
   * synthesis; references are let through.
   * @throws ByokError ERR_ARGUMENT when an option is misspelt, or none is given
   */
  static rolling(options: RollingExpirationOptions): Expiration {
    refuseUnknownNames(options, rollingExpirationNames, 'Expiration.rolling');
    const { validFor, renewBefore } = options;
    refuseNothing(validFor ?? renewBefore, 'Expiration.rolling', 'validFor and renewBefore, for example "90d" and "14d"');
    return new Expiration({ validFor, renewBefore });
  }

  readonly #config: ExpirationConfig;

  private constructor(config: ExpirationConfig) {
    this.#config = config;
  }

  /** For the construct that it is given to. */
  bind(): ExpirationConfig {
    return this.#config;
  }
}

/** What is asked for and comes to nothing must not look like an expiry that is declared. @param what is to be given */
function refuseNothing(value: unknown, method: string, what: string): void {
  if (value === undefined) {
    throw new ByokError('ERR_ARGUMENT', `${method} is given nothing; give ${what}, or Expiration.never()`, { attribute: 'expiration' });
  }
}

/** What is no instant in whole seconds keeps its own spelling, in which the checks refuse it. */
function textOf(instant: Date): string {
  if (Number.isNaN(instant.getTime())) {
    return String(instant);
  }
  return instant.getUTCMilliseconds() === 0 ? formatInstant(instant) : instant.toISOString();
}

/**
 * What a construct was given. TypeScript lets nothing else pass, but JavaScript does, and so do runners that do not check types.
 * @throws ByokError ERR_ARGUMENT when it is no Expiration
 */
export function boundExpiration(expiration: Expiration | undefined): ExpirationConfig {
  const isFunction = typeof expiration === 'function';
  if (isFunction || (expiration !== undefined && typeof (expiration as { bind?: unknown } | null)?.bind !== 'function')) {
    const given = isFunction ? 'a function that was not called' : JSON.stringify(expiration);
    throw new ByokError('ERR_ARGUMENT', `expiration is ${given}; give Expiration.at(…), Expiration.rolling(…) or Expiration.never()`, {
      attribute: 'expiration',
    });
  }
  return expiration?.bind() ?? {};
}
