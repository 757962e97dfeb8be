/** What a policy is told of material that a construct declares, and in which words it answers. */
import type { JudgedMaterial, Known, PolicyWording } from '../policy/judge';
import { sourceNames } from '../policy/rules';
import { materialSourceAttributes } from '../terms/material';
import { literal, propertyOf } from './config-attributes';
import { materialSpelling } from './declaration';
import type { KeyMaterialConfig } from './key-material-config';

export const policyWording: PolicyWording = {
  name: materialSpelling.name,
  expiration: 'expiration',
  rolling: 'Expiration.rolling(…)',
  exempt: 'keep keys that cannot expire out of the scope of this policy',
};

const later =
  'is known to Terraform only, so that it cannot be checked at synthesis; write the value out, or review the plan';

export function judgedIn(material: KeyMaterialConfig): JudgedMaterial {
  const { expirationTime, validFor, fingerprint, wrappingAlgorithm, onDestroy } = material;
  return {
    expirationTime: knownOf(expirationTime),
    validFor: knownOf(validFor),
    fingerprint: knownOf(fingerprint),
    wrappingAlgorithm: knownOf(wrappingAlgorithm),
    onDestroy: knownOf(onDestroy),
    sources: materialSourceAttributes
      .filter((attribute) => propertyOf(material, attribute) !== undefined)
      .map((attribute) => sourceNames[attribute]),
  };
}

function knownOf(value: unknown): Known {
  if (value === undefined) {
    return 'absent';
  }
  const known = literal(value);
  return known === undefined ? { later } : { value: String(known) };
}
