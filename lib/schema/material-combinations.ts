/**
 * Which attributes of `byok_key_material` go together, and which do not: told from what is given alone, never from a value. The provider asks
 * when it validates and the constructs when they are synthesized, each in its own spelling.
 */

import { materialSourceAttributes, preWrappedAttributes, writeOnlySourceAttributes } from '../terms/material';
import type { keyMaterialSchema } from './key-material';

export type MaterialAttribute = keyof typeof keyMaterialSchema.attributes;

export interface CombinationFault {
  /** The attribute that is to be changed, in Terraform's spelling. */
  readonly attribute: MaterialAttribute;
  readonly message: string;
}

const bothOfPreWrapped = 'material that was wrapped elsewhere needs both';
const bothOfRolling = 'a rolling expiry needs both, for example "90d" and "14d"';

const isPreWrapped = (attribute: MaterialAttribute) => preWrappedAttributes.some((name) => name === attribute);

/** An attribute that means nothing without another: one of those beside it. */
const companions: readonly (readonly [MaterialAttribute, readonly MaterialAttribute[], string])[] = [
  ['import_token_wo', ['encrypted_key_material_wo'], bothOfPreWrapped],
  ['encrypted_key_material_wo', ['import_token_wo'], bothOfPreWrapped],
  ['encrypted_privatekey_wo', ['import_token_wo', 'encrypted_key_material_wo'], 'material that was wrapped elsewhere needs all three'],
  ['material_wo_version', writeOnlySourceAttributes, 'it counts changes of those, so leave it out'],
  ['valid_for', ['renew_before'], bothOfRolling],
  ['renew_before', ['valid_for'], bothOfRolling],
];

/** Pairs of which one at most is given; the first is the one to change. */
const rivals: readonly (readonly [MaterialAttribute, MaterialAttribute, string])[] = [
  ['expiration_time', 'valid_for', 'allowed is one: a fixed expiry, or a rolling one'],
  ['material_password_env', 'material_password_wo', 'allowed is one'],
  [
    'fingerprint',
    'import_token_wo',
    'material that was wrapped elsewhere cannot be compared before it is imported for ever: leave the pin out',
  ],
  ['valid_for', 'import_token_wo', 'material that was wrapped elsewhere cannot be renewed here: give a fixed expiry, or another source'],
];

/**
 * One fault per mistake.
 *
 * @param given whether a configuration sets an attribute, known or not
 * @param spell what to call an attribute in messages
 * @param mayBeGiven whether it may be set although that does not show @default what is not given is not set
 */
export function faultsOfCombinations(
  given: (attribute: MaterialAttribute) => boolean,
  spell: (attribute: string) => string = (attribute) => attribute,
  mayBeGiven: (attribute: MaterialAttribute) => boolean = () => false,
): CombinationFault[] {
  const sources = materialSourceAttributes.filter(given);
  /** Beside another source that is given, a source cannot be. */
  const isOpen = (attribute: MaterialAttribute) =>
    mayBeGiven(attribute) && sources.every((source) => source === (isPreWrapped(attribute) ? 'import_token_wo' : attribute));
  return [
    ...sources.slice(1, 2).map((attribute) => ({
      attribute,
      message: `${sources.map(spell).join(' and ')} are given together; allowed is one source of the material`,
    })),
    ...companions
      .filter(([attribute, others]) => given(attribute) && !others.some((other) => given(other) || isOpen(other)))
      .map(([attribute, others, advice]) => ({
        attribute,
        message: `${spell(attribute)} is given without ${others.map(spell).join(' or ')}; ${advice}`,
      })),
    ...rivals
      .filter((pair) => given(pair[0]) && given(pair[1]))
      .map(([attribute, other, advice]) => ({
        attribute,
        message: `${spell(attribute)} and ${spell(other)} are given together; ${advice}`,
      })),
  ];
}
