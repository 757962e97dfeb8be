/**
 * Which attributes of `byok_key_material` go together and which exclude each other.
 * The rules look only at what is given, never at a value.
 * The provider applies them at validation and the constructs at synthesis, each with its own names.
 */

import {
  materialSourceAttributes,
  preWrappedAttributes,
  writeOnlySourceAttributes,
} from '../terms/material';
import type { keyMaterialSchema } from './key-material';

export type MaterialAttribute = keyof typeof keyMaterialSchema.attributes;

export interface CombinationFault {
  /** The attribute to change, under its Terraform name. */
  readonly attribute: MaterialAttribute;
  readonly message: string;
}

const bothOfPreWrapped = 'material that was wrapped elsewhere needs both';
const bothOfRolling = 'a rolling expiry needs both, for example "90d" and "14d"';

const isPreWrapped = (attribute: MaterialAttribute) =>
  preWrappedAttributes.some((name) => name === attribute);

/** Attributes that need one of the attributes listed beside them. */
const companions: readonly (readonly [MaterialAttribute, readonly MaterialAttribute[], string])[] =
  [
    ['import_token_wo', ['encrypted_key_material_wo'], bothOfPreWrapped],
    ['encrypted_key_material_wo', ['import_token_wo'], bothOfPreWrapped],
    [
      'encrypted_privatekey_wo',
      ['import_token_wo', 'encrypted_key_material_wo'],
      'material that was wrapped elsewhere needs all three',
    ],
    ['material_wo_version', writeOnlySourceAttributes, 'it counts their changes, so leave it out'],
    ['valid_for', ['renew_before'], bothOfRolling],
    ['renew_before', ['valid_for'], bothOfRolling],
  ];

/** Pairs that exclude each other. The user should change the first. */
const rivals: readonly (readonly [MaterialAttribute, MaterialAttribute, string])[] = [
  ['expiration_time', 'valid_for', 'allowed is one: a fixed expiry, or a rolling one'],
  ['material_password_env', 'material_password_wo', 'allowed is one'],
  [
    'fingerprint',
    'import_token_wo',
    'material that was wrapped elsewhere cannot be compared with a pin before the import, which is for ever: leave the pin out',
  ],
  [
    'valid_for',
    'import_token_wo',
    'material that was wrapped elsewhere cannot be renewed here: give a fixed expiry, or another source',
  ],
];

/**
 * One fault per mistake.
 *
 * @param given whether the configuration sets an attribute, whether or not its value is known
 * @param spell what messages call an attribute
 * @param mayBeGiven whether an attribute may be set although it does not show; by default none may
 */
export function faultsOfCombinations(
  given: (attribute: MaterialAttribute) => boolean,
  spell: (attribute: string) => string = (attribute) => attribute,
  mayBeGiven: (attribute: MaterialAttribute) => boolean = () => false,
): CombinationFault[] {
  const sources = materialSourceAttributes.filter(given);
  /** A source stays possible only if no other source is given. */
  const isOpen = (attribute: MaterialAttribute) =>
    mayBeGiven(attribute) &&
    sources.every((source) => source === (isPreWrapped(attribute) ? 'import_token_wo' : attribute));
  return [
    ...sources.slice(1, 2).map((attribute) => ({
      attribute,
      message: `${sources.map(spell).join(' and ')} are given together; allowed is one source of the material`,
    })),
    ...companions
      .filter(
        ([attribute, others]) =>
          given(attribute) && !others.some((other) => given(other) || isOpen(other)),
      )
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
