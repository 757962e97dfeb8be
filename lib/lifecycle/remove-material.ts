/**
 * Destroy: deletes the material from a key, or leaves it there. Material that is already gone
 * counts as done.
 */
import { ByokError, isByokError } from '../errors';
import { hasApiCode } from '../kms/kms-error';
import type { KeyDetail } from '../kms/model';
import { describeKeyState, isAsymmetric, keyStates } from '../terms/kms';
import type { MaterialDestroyPolicy } from '../terms/material';
import { change, type Effect } from './change';
import { type LifecycleContext, type Notice, waitUntil } from './context';
import type { Wording } from './wording';

/**
 * What destroy does about the material.
 *
 * @throws ByokError ERR_REFUSED under the policy `refuse` while there is material;
 *   ERR_KEY_UNSUITABLE in a state in which the KMS deletes no material
 */
export async function removeMaterial(
  context: LifecycleContext,
  keyId: string,
  policy: MaterialDestroyPolicy,
): Promise<readonly Notice[]> {
  if (policy === 'retain') {
    return [];
  }
  const key = await context.kms.describeKey(keyId, { signal: context.signal });
  if (isGone(key)) {
    return [];
  }
  if (policy === 'refuse') {
    throw refuseRemoval(keyId, context.words);
  }
  if (key?.keySpec !== undefined && isAsymmetric(key.keySpec)) {
    return [privateKeyStays(keyId, context.words)];
  }
  if (key?.keyState === keyStates.pendingDeletion) {
    return [
      {
        summary: 'The material was left in a key that is scheduled for deletion',
        detail: `The KMS will delete key ${keyId} together with its material. In this state it accepts no other change.`,
      },
    ];
  }
  await deleteMaterial(context, keyId);
  return [];
}

/** We know that the KMS would answer KMS.2702, so we do not ask. */
export function privateKeyStays(keyId: string, { name }: Wording): Notice {
  return {
    summary: 'The private key stays in the KMS',
    detail:
      `The KMS does not delete imported material of an asymmetric key (KMS.2702). Key ${keyId} ` +
      'keeps working; its material is deleted only together with the key.',
    attribute: name('onDestroy'),
  };
}

export function refuseRemoval(keyId: string, { name, first }: Wording): ByokError {
  return new ByokError(
    'ERR_REFUSED',
    `${name('onDestroy')} of the material of key ${keyId} is "refuse"; set it to "retain" or "delete_material" and ${first}`,
    { attribute: name('onDestroy') },
  );
}

/**
 * Deletes, and waits until the key shows it. A frozen key answers like an empty one, so we look
 * into a refusal.
 */
async function deleteMaterial(context: LifecycleContext, keyId: string): Promise<void> {
  const gone: Effect<KeyDetail | undefined> = {
    waitingFor: `key ${keyId} to give up its material`,
    look: (options) => context.kms.describeKey(keyId, options),
    shows: isGone,
  };
  const describe = () => gone.look({ signal: context.signal });
  try {
    if (
      (await change(
        context,
        (options) => context.kms.deleteImportedKeyMaterial(keyId, options),
        gone,
      )) !== undefined
    ) {
      return;
    }
  } catch (error) {
    const key = hasApiCode(error, 'KMS.2701') ? await describe() : undefined;
    if (hasApiCode(error, 'KMS.0207') || (hasApiCode(error, 'KMS.2701') && isGone(key))) {
      return;
    }
    throw key === undefined
      ? error
      : new ByokError(
          'ERR_KEY_UNSUITABLE',
          `key ${keyId} is in state ${describeKeyState(key.keyState)}, in which the KMS ` +
            `deletes no material; wait until its state changes, or ${context.words.retain}`,
          { attribute: context.words.name('onDestroy'), cause: error },
        );
  }
  try {
    await waitUntil(context, gone.waitingFor, describe, isGone);
  } catch (cause) {
    throw isByokError(cause) && context.signal.aborted
      ? new ByokError(
          cause.code,
          `the KMS said that it deleted the material of key ${keyId}; then, before the key showed it, ${cause.message}`,
          { attribute: cause.attribute, cause },
        )
      : cause;
  }
}

function isGone(key: KeyDetail | undefined): boolean {
  return key === undefined || key.keyState === keyStates.pendingImport;
}
