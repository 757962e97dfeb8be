/**
 * Finds what can never work in a configuration of material, from the configuration alone.
 * Values that only Terraform will know pass: the provider makes the same checks at plan.
 */

import { faultsOfCombinations } from '../schema/material-combinations';
import { isWholeHoursAhead } from '../terms/counted-from-now';
import { parseDuration } from '../terms/duration';
import { type ExpirationInstant, parseExpirationTime } from '../terms/expiration-time';
import { environmentVariableFormat, fingerprintFormat } from '../terms/material';
import { faultsOfRolling } from '../terms/rolling-expiration';
import { constructSpelling } from '../terms/setting';
import { faultsOfParsing, isLiteral, literal, propertyName, propertyOf } from './config-attributes';
import { faultsOfKeyId } from './external-key-reference';
import type { KeyMaterialConfig } from './key-material-config';

const rollingSpelling = { validFor: 'validFor', renewBefore: 'renewBefore', occasion: 'deploy' };

/** One message for each fault: what, which value, what is allowed, what to do. */
export function faultsOfMaterial(config: KeyMaterialConfig): string[] {
  return [
    ...faultsOfKeyId(config.keyId),
    ...faultsOfCombinations(
      (attribute) => propertyOf(config, attribute) !== undefined,
      propertyName,
    ).map(({ message }) => message),
    ...faultsOfSource(config),
    ...faultsOfExpiry(config),
    ...faultsOfFingerprint(config),
  ];
}

/** Whether an expiry that is known at synthesis has passed. */
export function isPastExpiration(expirationTime: string | undefined, now: Date): boolean {
  const instant = knownInstant(expirationTime);
  return instant !== undefined && instant <= now;
}

/**
 * Whether an expiry that is known at synthesis seems to count from that moment.
 * Then it differs each time.
 */
export function isCountedExpiration(expirationTime: string | undefined, now: Date): boolean {
  const instant = knownInstant(expirationTime);
  return instant !== undefined && isWholeHoursAhead(instant, now);
}

function knownInstant(expirationTime: string | undefined): ExpirationInstant {
  const text = literal(expirationTime);
  return text === undefined || faultsOfParsing(() => parseExpirationTime(text)).length > 0
    ? undefined
    : parseExpirationTime(text);
}

function faultsOfSource({ materialFile, materialEnv, ...config }: KeyMaterialConfig): string[] {
  return [
    ...(materialFile === ''
      ? ['materialFile is empty; give the path of the file that holds the material']
      : []),
    ...faultsOfVariableName('materialEnv', materialEnv),
    ...(['materialCommand', 'wrapCommand'] as const).flatMap((name) =>
      faultsOfProgram(name, config[name]),
    ),
    ...faultsOfVariableName('materialPasswordEnv', config.materialPasswordEnv),
  ];
}

/**
 * The message does not show the values, because a secret may be among them.
 * The list would lose a missing value, and the later ones would move up.
 */
function faultsOfProgram(property: string, argv: unknown): string[] {
  if (argv === undefined || !isLiteral(argv)) {
    return [];
  }
  if (!Array.isArray(argv) || argv.some((word) => word === undefined || word === null)) {
    return [
      `${property} is no list of texts; give a program and its arguments, each as an element, such as ["vault", "kv", "get"]`,
    ];
  }
  return argv.length === 0 ? [`${property} is empty; give a program and its arguments`] : [];
}

/**
 * The message does not show the value:
 * if you pass process.env.NAME instead of "NAME", it is the secret.
 */
function faultsOfVariableName(property: string, value: string | undefined): string[] {
  const name = literal(value);
  return name === undefined || environmentVariableFormat.test(name)
    ? []
    : [
        `${property} is not the name of an environment variable; give the name, for example "PAYMENTS_KEY", not the value`,
      ];
}

function faultsOfExpiry(config: KeyMaterialConfig): string[] {
  const [expirationTime, warnBefore] = [literal(config.expirationTime), literal(config.warnBefore)];
  return [
    ...(expirationTime === undefined
      ? []
      : faultsOfParsing(() => parseExpirationTime(expirationTime, constructSpelling))),
    ...faultsOfRolling(
      { validFor: literal(config.validFor), renewBefore: literal(config.renewBefore) },
      rollingSpelling,
    ).map(({ message }) => message),
    ...(warnBefore === undefined
      ? []
      : faultsOfParsing(() => parseDuration(warnBefore, 'warnBefore'))),
  ];
}

function faultsOfFingerprint(config: KeyMaterialConfig): string[] {
  const fingerprint = literal(config.fingerprint);
  return fingerprint === undefined || fingerprintFormat.test(fingerprint)
    ? []
    : [
        `fingerprint is "${fingerprint}"; allowed is "sha256:" and 64 hex digits, as "byok fingerprint" prints it`,
      ];
}
