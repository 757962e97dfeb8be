/**
 * The expiry of imported material, as users give it to a construct.
 * It is a plain value: the construct that receives it checks it together with its other properties.
 */
import { ByokError } from '../errors';
import { formatInstant, never } from './expiration-time';
import { refuseUnknownNames } from './known-names';

/**
 * What an `Expiration` stands for. The names are those of the attributes of `byok_key_material`.
 */
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
   * How long before the expiry the material is renewed.
   * @default - the expiry is fixed
   */
  readonly renewBefore?: string;
}

/** A rolling expiry. Durations are a whole number and a unit (s, m, h or d). */
export interface RollingExpirationOptions {
  /** How long the material is valid after each import, for example "90d". */
  readonly validFor: string;
  /**
   * How long before the expiry the material is renewed, for example "14d"; shorter than `validFor`.
   */
  readonly renewBefore: string;
}

/** All properties of `RollingExpirationOptions`. */
export const rollingExpirationNames = ['validFor', 'renewBefore'];

/**
 * When the KMS deletes the material of a symmetric key.
 * Material of an asymmetric key never expires.
 */
export class Expiration {
  /** The material stays until you delete it. */
  static never(): Expiration {
    return new Expiration({ expirationTime: never });
  }

  /**
   * A fixed end.
   * Deployment refuses an instant in the past.
   * Synthesis does not, because `cdktf destroy` synthesizes too, and a stack must stay destroyable.
   * @param instant a Date, or RFC 3339 such as "2030-01-31T00:00:00Z", or epoch seconds such
   * as "1893456000". The KMS counts in whole seconds: synthesis refuses fractions. References pass
   * @throws ByokError ERR_ARGUMENT when the instant is undefined,
   * for example from an environment variable that is not set
   */
  static at(instant: Date | string): Expiration {
    refuseNothing(instant, 'Expiration.at', 'an instant such as "2030-01-31T00:00:00Z"');
    return new Expiration({ expirationTime: instant instanceof Date ? textOf(instant) : instant });
  }

  /**
   * A rolling end. The first deployment within `renewBefore` of the end renews the material,
   * or the hourly check of `cdktf-byok/aws-cdk` does. Outside that window nothing changes.
   * Each renewal is a short outage. Synthesis refuses a window
   * that is not shorter than the validity, and a validity of more than 36500 days. References pass.
   * @throws ByokError ERR_ARGUMENT when an option is misspelled, or none is given
   */
  static rolling(options: RollingExpirationOptions): Expiration {
    refuseUnknownNames(options, rollingExpirationNames, 'Expiration.rolling');
    const { validFor, renewBefore } = options;
    refuseNothing(
      validFor ?? renewBefore,
      'Expiration.rolling',
      'validFor and renewBefore, for example "90d" and "14d"',
    );
    return new Expiration({ validFor, renewBefore });
  }

  readonly #config: ExpirationConfig;

  private constructor(config: ExpirationConfig) {
    this.#config = config;
  }

  /** Called by the construct that receives this expiration. */
  bind(): ExpirationConfig {
    return this.#config;
  }
}

/**
 * An undefined value must not pass for a declared expiry.
 * @param what what to give instead
 */
function refuseNothing(value: unknown, method: string, what: string): void {
  if (value === undefined) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `${method} is given nothing; give ${what}, or Expiration.never()`,
      { attribute: 'expiration' },
    );
  }
}

/**
 * An instant that is not in whole seconds keeps its text,
 * so the checks refuse it as it was written.
 */
function textOf(instant: Date): string {
  if (Number.isNaN(instant.getTime())) {
    return String(instant);
  }
  return instant.getUTCMilliseconds() === 0 ? formatInstant(instant) : instant.toISOString();
}

/**
 * The config of the expiration that a construct received.
 * TypeScript allows only an `Expiration` here;
 * JavaScript and runners that do not check types allow anything.
 * @throws ByokError ERR_ARGUMENT when the value is not an Expiration
 */
export function boundExpiration(expiration: Expiration | undefined): ExpirationConfig {
  const isFunction = typeof expiration === 'function';
  if (
    isFunction ||
    (expiration !== undefined &&
      typeof (expiration as { bind?: unknown } | null)?.bind !== 'function')
  ) {
    const given = isFunction ? 'a function that was not called' : JSON.stringify(expiration);
    throw new ByokError(
      'ERR_ARGUMENT',
      `expiration is ${given}; give Expiration.at(…), Expiration.rolling(…) or Expiration.never()`,
      {
        attribute: 'expiration',
      },
    );
  }
  return expiration?.bind() ?? {};
}
