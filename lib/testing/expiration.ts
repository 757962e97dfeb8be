/** When the material of an import expires, as far as the configuration says. */
import { ByokError } from '../errors';
import { requireFaultless } from '../lifecycle/declaration';
import { parseDuration } from '../terms/duration';
import {
  type ExpirationInstant,
  formatInstant,
  never,
  parseExpirationTime,
} from '../terms/expiration-time';
import { plainSpelling } from '../terms/setting';
import type { SynthesizedImport } from './synthesized-import';

export interface DeclaredExpiration {
  readonly address: string;
  /** Undefined means never. */
  readonly instant: ExpirationInstant;
  /** The reason, as a clause for messages. */
  readonly because: string;
}

/**
 * @param now when the material is imported; a rolling expiry counts from it
 * @throws ByokError ERR_ARGUMENT when only Terraform can know the expiry
 */
export function expirationOf(
  { address, attributes, key }: SynthesizedImport,
  now: Date,
): DeclaredExpiration {
  const { expiration_time, valid_for } = attributes;
  if (valid_for !== undefined) {
    const instant = new Date(now.getTime() + validityOf(known(address, 'validFor', valid_for)));
    return {
      address,
      instant,
      because: `validFor is "${valid_for}", counted from ${formatInstant(now)}`,
    };
  }
  if (expiration_time !== undefined) {
    const instant = parseExpirationTime(known(address, 'expirationTime', expiration_time));
    return { address, instant, because: `expirationTime is "${expiration_time}"` };
  }
  if (key === undefined) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `${address} declares no expiration, so its key, which this stack does not declare, ` +
        'keeps the existing one; declare Expiration.at or Expiration.rolling',
    );
  }
  return { address, instant: undefined, because: 'no expiration is declared' };
}

export function describeExpiration({ address, instant, because }: DeclaredExpiration): string {
  return `${address} ${instant === undefined ? `${never} expires` : `expires on ${formatInstant(instant)}`}: ${because}`;
}

/**
 * @throws ByokError ERR_ARGUMENT when the constructs would refuse the validity;
 * a longer one may not fit into a Date
 */
function validityOf(validFor: string): number {
  requireFaultless({ validFor }, { words: plainSpelling }, ['validFor']);
  return parseDuration(validFor, 'validFor');
}

function known(address: string, property: string, value: string): string {
  if (value.includes('${')) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `${property} of ${address} is "${value}", which only Terraform knows; give a literal to test when it expires`,
    );
  }
  return value;
}
