/** A wished expiry as flags: a fixed one, or a rolling one by its two durations. */
import { type Command, Option } from 'commander';
import { ByokError } from '../errors';
import type { ExpirationWish, Rolling } from '../lifecycle/expiration-wish';
import { parseDuration } from '../schema/duration';
import { parseExpirationTime } from '../schema/expiration-time';

export interface ExpirationFlags {
  readonly expirationTime?: string;
  readonly validFor?: string;
  readonly renewBefore?: string;
}

export function addExpirationFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--expiration-time <TIME>', 'when the KMS deletes the material: RFC 3339, epoch seconds or "never"').conflicts([
        'validFor',
        'renewBefore',
      ]),
    )
    .option('--valid-for <DURATION>', 'rolling expiry: how long the material is valid after each import, for example 90d')
    .option('--renew-before <DURATION>', 'rolling expiry: how long before the end it is renewed, for example 14d');
}

/** @param undeclared what it means when no flag wishes anything. @throws ByokError ERR_ARGUMENT */
export function expirationOf({ expirationTime, validFor, renewBefore }: ExpirationFlags, undeclared: ExpirationWish): ExpirationWish {
  if (validFor !== undefined && renewBefore !== undefined) {
    return rollingOf(validFor, renewBefore);
  }
  if (validFor !== undefined || renewBefore !== undefined) {
    throw new ByokError('ERR_ARGUMENT', 'a rolling expiry needs both --valid-for and --renew-before; give the other one, too');
  }
  return expirationTime === undefined ? undeclared : parseExpirationTime(expirationTime);
}

function rollingOf(validFor: string, renewBefore: string): Rolling {
  const [validForMs, renewBeforeMs] = [
    parseDuration(validFor, 'valid_for', '--valid-for'),
    parseDuration(renewBefore, 'renew_before', '--renew-before'),
  ];
  if (renewBeforeMs >= validForMs) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `--renew-before is "${renewBefore}", which is not shorter than --valid-for "${validFor}", so every run would renew; give a shorter one`,
    );
  }
  return { validFor, renewBefore, validForMs, renewBeforeMs };
}
