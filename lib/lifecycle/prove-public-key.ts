/** The KMS shows the public half of an asymmetric key, which proves what private key it holds. */
import { ByokError } from '../errors';
import { isAsymmetric } from '../terms/kms';
import { fingerprintOfPublicKey, sameFingerprint } from '../wrap/fingerprint';
import { publicKeyOfPem } from '../wrap/public-key';
import type { LifecycleContext } from './context';
import type { Proof } from './proof';

/**
 * @param expected fingerprint that the key must have, and words that name its source, such as "the
 *   given material has"
 * @returns undefined for symmetric keys, because the KMS shows nothing of them
 * @throws ByokError ERR_MATERIAL_DIFFERS if the key holds another private key
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
      `key ${keyId} holds the private key with fingerprint ${found}, but ${expected.named} ` +
        `${expected.fingerprint}; a key is bound to its first private key for ever: give that ` +
        'one, or make a new key',
    );
  }
  return { fingerprint: found, proof: 'public_key' };
}
