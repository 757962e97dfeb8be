/**
 * Of an asymmetric key the KMS shows the public half: a true proof of the private key that it
 * holds.
 */
import { ByokError } from '../errors';
import { isAsymmetric } from '../terms/kms';
import { fingerprintOfPublicKey, sameFingerprint } from '../wrap/fingerprint';
import { publicKeyOfPem } from '../wrap/public-key';
import type { LifecycleContext } from './context';
import type { Proof } from './proof';

/**
 * @param expected fingerprint that the key must have, and how to name its source: "the material at
 *   hand has"
 * @returns undefined for symmetric keys, of which the KMS shows nothing
 * @throws ByokError ERR_MATERIAL_DIFFERS when the key holds another private key
 */
export async function provePublicKey(
  { kms, signal }: Pick<LifecycleContext, 'kms' | 'signal'>,
  keyId: string,
  keySpec: string | undefined,
  expected: { readonly fingerprint: string; readonly named: string } | undefined,
): Promise<Proof | undefined> {
  if (keySpec === undefined || !isAsymmetric(keySpec)) {
    return undefined;
  }
  const found = fingerprintOfPublicKey(publicKeyOfPem(await kms.getPublicKey(keyId, { signal })));
  if (expected !== undefined && !sameFingerprint(found, expected.fingerprint)) {
    throw new ByokError(
      'ERR_MATERIAL_DIFFERS',
      `key ${keyId} holds the private key of fingerprint ${found}, and ${expected.named} ${expected.fingerprint}; a key is bound to its first private key for ever, so give that one, or make a new key`,
    );
  }
  return { fingerprint: found, proof: 'public_key' };
}
