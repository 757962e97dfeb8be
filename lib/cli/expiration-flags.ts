/** A wished expiry as flags: a fixed one, or a rolling one by its two durations. */
import { type Command, Option } from 'commander';
import { ByokError } from '../errors';
import type { ExpirationWish } from '../lifecycle/expiration-wish';
import { parseExpirationTime } from '../terms/expiration-time';
import { parseRolling } from '../terms/rolling-expiration';
import { wording } from './wording';

export interface ExpirationFlags {
  readonly expirationTime?: string;
  readonly validFor?: string;
  readonly renewBefore?: string;
}

export function addExpirationFlags(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--expiration-time <TIME>',
        'when the KMS deletes the material: RFC 3339, epoch seconds or "never"',
      ).conflicts(['validFor', 'renewBefore']),
    )
    .option(
      '--valid-for <DURATION>',
      'rolling expiry: how long the material is valid after each import, for example 90d',
    )
    .option(
      '--renew-before <DURATION>',
      'rolling expiry: how long before the end it is renewed, for example 14d',
    );
}

/** @param undeclared what it means when no flag wishes anything. @throws ByokError ERR_ARGUMENT */
export function expirationOf(
  { expirationTime, validFor, renewBefore }: ExpirationFlags,
  undeclared: ExpirationWish,
): ExpirationWish {
  if (validFor !== undefined && renewBefore !== undefined) {
    return parseRolling(
      { validFor, renewBefore },
      { validFor: '--valid-for', renewBefore: '--renew-before', occasion: 'run' },
    );
  }
  if (validFor !== undefined || renewBefore !== undefined) {
    throw new ByokError(
      'ERR_ARGUMENT',
      'a rolling expiry needs both --valid-for and --renew-before; give the other one, too',
    );
  }
  return expirationTime === undefined ? undeclared : parseExpirationTime(expirationTime, wording);
}
