/**
 * An import enables its key. If the key was disabled before it lost its material, we disable it
 * again.
 */
import { keyStates } from '../terms/kms';
import { type LifecycleContext, messageOf } from './context';
import type { MaterialOutcome, MaterialRequest } from './material-request';
import { setEnabled } from './set-enabled';

/** The material is in. That the key is enabled now deserves a notice, but is not a failure. */
export async function disableAgain(
  context: LifecycleContext,
  { keyId, disabled = false }: MaterialRequest,
  outcome: MaterialOutcome,
): Promise<MaterialOutcome> {
  if (!disabled || outcome.importedAt === undefined) {
    return outcome;
  }
  try {
    await setEnabled(context, keyId, false);
    return {
      ...outcome,
      observation: { ...outcome.observation, keyState: keyStates.disabled, status: 'key_disabled' },
    };
  } catch (error) {
    const detail =
      `Key ${keyId} was disabled before it lost its material. The import enabled it, and ` +
      `disabling it failed: ${messageOf(error)}. ${context.words.disable}`;
    const attribute = context.words.name('keyId');
    return {
      ...outcome,
      notices: [
        ...outcome.notices,
        { summary: 'The key could not be disabled again', detail, attribute },
      ],
    };
  }
}
