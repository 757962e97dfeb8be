/** Whether material, as it is declared, can be the material of a key of some spec. Asked where both are declared together. */

import type { ExpirationConfig } from '../terms/expiration';
import { never } from '../terms/expiration-time';
import { isAsymmetric, type KeySpec, tryFindKeySpec } from '../terms/kms';
import { literal } from './config-attributes';
import type { KeyMaterialSourceConfig } from './key-material-config';

/** Encodings of a private key, which no symmetric key can be. */
const privateKeyEncodings: readonly unknown[] = ['pem', 'der', 'pkcs12'];

/**
 * One message per fault; a spec that is unknown, or known to Terraform only, is let through.
 * @param keySpec of the key that the material is imported into
 */
export function faultsOfFit(keySpec: KeySpec, material: KeyMaterialSourceConfig & ExpirationConfig): string[] {
  const spec = literal(keySpec);
  if (spec === undefined || tryFindKeySpec(spec) === undefined) {
    return [];
  }
  return isAsymmetric(spec)
    ? [...faultsOfExpiring(spec, material), ...faultsOfMissingKey(spec, material)]
    : faultsOfPrivateKey(spec, material);
}

/** The KMS neither expires nor deletes private keys; what is only known to Terraform may still be "never". */
function faultsOfExpiring(spec: KeySpec, { expirationTime, validFor }: ExpirationConfig): string[] {
  const instant = literal(expirationTime);
  const found =
    validFor !== undefined ? `rolls, valid for "${validFor}"` : instant !== undefined && instant !== never ? `is "${instant}"` : undefined;
  return found === undefined
    ? []
    : [`expiration ${found}, but the material of an asymmetric key (${spec}) stays for good; leave it out, or give Expiration.never()`];
}

function faultsOfMissingKey(spec: KeySpec, { importTokenWo, encryptedPrivatekeyWo }: KeyMaterialSourceConfig): string[] {
  return importTokenWo === undefined || encryptedPrivatekeyWo !== undefined
    ? []
    : [
        `the wrapped material has no encryptedPrivatekey, but ${spec} is asymmetric; give the private key, wrapped with the intermediate key`,
      ];
}

function faultsOfPrivateKey(spec: KeySpec, source: KeyMaterialSourceConfig): string[] {
  const { materialEncoding, materialPasswordEnv, materialPasswordWo, encryptedPrivatekeyWo } = source;
  return [
    ...(privateKeyEncodings.includes(materialEncoding)
      ? [
          `the encoding of the source is "${materialEncoding}", which holds a private key, but ${spec} is symmetric; allowed are "base64", "hex" and "raw", or give an asymmetric keySpec`,
        ]
      : []),
    ...(materialPasswordEnv === undefined && materialPasswordWo === undefined
      ? []
      : [`the source has a password, as only private keys do, but ${spec} is symmetric; leave it out, or give an asymmetric keySpec`]),
    ...(encryptedPrivatekeyWo === undefined
      ? []
      : [`the wrapped material has an encryptedPrivatekey, but ${spec} is symmetric; leave it out, or give an asymmetric keySpec`]),
  ];
}
