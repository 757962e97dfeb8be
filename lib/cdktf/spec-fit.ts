/**
 * Whether declared material can be the material of a key with some spec.
 * Used where one construct declares both.
 */

import type { ExpirationConfig } from '../terms/expiration';
import { never } from '../terms/expiration-time';
import { isAsymmetric, type KeySpec, tryFindKeySpec } from '../terms/kms';
import { literal } from './config-attributes';
import type { KeyMaterialSourceConfig } from './key-material-config';

/** Encodings of private keys, which symmetric keys do not have. */
const privateKeyEncodings: readonly unknown[] = ['pem', 'der', 'pkcs12'];

/**
 * One message for each fault. A spec that is unknown, or that only Terraform knows, passes.
 * @param keySpec spec of the key that takes the material
 */
export function faultsOfFit(
  keySpec: KeySpec,
  material: KeyMaterialSourceConfig & ExpirationConfig,
): string[] {
  const spec = literal(keySpec);
  if (spec === undefined || tryFindKeySpec(spec) === undefined) {
    return [];
  }
  return isAsymmetric(spec)
    ? [...faultsOfExpiring(spec, material), ...faultsOfMissingKey(spec, material)]
    : faultsOfPrivateKey(spec, material);
}

/**
 * The KMS neither expires nor deletes private keys.
 * A value that only Terraform knows may still be "never".
 */
function faultsOfExpiring(spec: KeySpec, { expirationTime, validFor }: ExpirationConfig): string[] {
  const instant = literal(expirationTime);
  const found =
    validFor !== undefined
      ? `rolls, valid for "${validFor}"`
      : instant !== undefined && instant !== never
        ? `is "${instant}"`
        : undefined;
  return found === undefined
    ? []
    : [
        `expiration ${found}, but the material of an asymmetric key (${spec}) stays for good; leave it out, or give Expiration.never()`,
      ];
}

function faultsOfMissingKey(
  spec: KeySpec,
  { importTokenWo, encryptedPrivatekeyWo }: KeyMaterialSourceConfig,
): string[] {
  return importTokenWo === undefined || encryptedPrivatekeyWo !== undefined
    ? []
    : [
        `the wrapped material has no encryptedPrivatekey, but ${spec} is asymmetric; give the private key, wrapped with the intermediate key`,
      ];
}

function faultsOfPrivateKey(spec: KeySpec, source: KeyMaterialSourceConfig): string[] {
  const { materialEncoding, materialPasswordEnv, materialPasswordWo, encryptedPrivatekeyWo } =
    source;
  return [
    ...(privateKeyEncodings.includes(materialEncoding)
      ? [
          `the encoding of the source is "${materialEncoding}", which holds a private key, but ${spec} is symmetric; allowed are "base64", "hex" and "raw", or give an asymmetric keySpec`,
        ]
      : []),
    ...(materialPasswordEnv === undefined && materialPasswordWo === undefined
      ? []
      : [
          `the source has a password, as only private keys do, but ${spec} is symmetric; leave it out, or give an asymmetric keySpec`,
        ]),
    ...(encryptedPrivatekeyWo === undefined
      ? []
      : [
          `the wrapped material has an encryptedPrivatekey, but ${spec} is symmetric; leave it out, or give an asymmetric keySpec`,
        ]),
  ];
}
