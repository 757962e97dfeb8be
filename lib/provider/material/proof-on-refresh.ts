/** What a private key in the KMS proves when Terraform refreshes. */
import { KmsError } from '../../kms/kms-error';
import type { Proof } from '../../lifecycle/proof';
import { provePublicKey } from '../../lifecycle/prove-public-key';
import type { Context } from '../../tfplugin/provider';
import type { ConnectedClient } from '../client';

/**
 * If the KMS refuses get-publickey (a permission may be missing), we lose the proof and not the
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
      `The KMS did not give the public key of key ${keyId}: ${error.message}.`,
      'fingerprint',
    );
    return undefined;
  }
}
