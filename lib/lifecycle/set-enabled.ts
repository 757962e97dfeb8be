/** Enables or disables a key that holds its material. */
import { keyStates } from '../terms/kms';
import { change } from './change';
import type { LifecycleContext } from './context';

/**
 * @throws KmsError if the KMS refuses, or if its answer is lost and the key does not show the
 *   change
 */
export async function setEnabled(
  context: LifecycleContext,
  keyId: string,
  enabled: boolean,
): Promise<void> {
  const { kms } = context;
  await change(
    context,
    (options) => (enabled ? kms.enableKey(keyId, options) : kms.disableKey(keyId, options)),
    {
      waitingFor: `key ${keyId} to be ${enabled ? 'enabled' : 'disabled'}`,
      look: (options) => kms.describeKey(keyId, options),
      shows: (key) => key?.keyState === (enabled ? keyStates.enabled : keyStates.disabled),
    },
  );
}
