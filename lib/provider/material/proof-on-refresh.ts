/** What a private key in the KMS proves when Terraform looks at it. */
import { KmsError } from '../../kms/kms-error';
import type { Proof } from '../../lifecycle/proof';
import { provePublicKey } from '../../lifecycle/prove-public-key';
import type { Context } from '../../tfplugin/provider';
import type { ConnectedClient } from '../client';

/**
 * A get-publickey that is refused, as for want of a permission, costs the proof and not the
 * refresh.
 */
export async function proofOnRefresh(
  { kms }: ConnectedClient,
  keyId: string,
  keySpec: string | undefined,
  context: Context,
): Promise<Proof | undefined> {
  try {
    return await provePublicKey({ kms, signal: context.signal }, keyId, keySpec, undefined);
  } catch (error) {
    if (!(error instanceof KmsError)) {
      throw error;
    }
    context.diagnostics.warning(
      'The private key is not proven',
      `The public key of key ${keyId} was not answered: ${error.message}.`,
      'fingerprint',
    );
    return undefined;
  }
}
