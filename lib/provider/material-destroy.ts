/** What a plan says of the end of material, and what apply does about it. Nothing is deleted that the same run declares anew. */
import type { Notice } from '../lifecycle/context';
import { holdsMaterial } from '../lifecycle/material-status';
import { privateKeyStays, refuseRemoval, removeMaterial } from '../lifecycle/remove-material';
import { isAsymmetric } from '../schema/kms';
import type { Context } from '../tfplugin/provider';
import type { Values } from '../tfplugin/value';
import { text } from './attributes';
import { type ConnectedClient, lifecycleContext } from './client';
import { destroyPolicyOf, observationOf } from './material-config';
import { unknownKey } from './material-plan';
import type { MaterialPrivateState } from './private-state';
import { warn } from './refuse';

/**
 * Also called for the destroy leg of a replacement, which has no plan call of its own.
 *
 * @param successorFor key of the material that comes instead, or `unknownKey`; undefined when none comes
 */
export function planDestroy(prior: Values, successorFor: string | undefined, context: Context): void {
  const keyId = text(prior, 'key_id') ?? '';
  const policy = destroyPolicyOf(prior);
  if (policy === 'retain' || !holdsMaterial(observationOf(prior).status)) {
    return;
  }
  if (policy === 'refuse') {
    context.diagnostics.thrown('The material is protected', refuseRemoval(keyId));
  } else if (isAsymmetric(text(prior, 'key_spec') ?? '')) {
    warn(context, [privateKeyStays(keyId)]);
  } else if (mayBe(successorFor, keyId)) {
    warn(context, [staysForSuccessor(keyId)]);
  } else {
    context.diagnostics.warning(
      'The key material will be deleted',
      `Key ${keyId} stops encrypting and decrypting at once, and for every service that uses it: pending_days of the key is no grace period here. Only importing the very same material brings it back.`,
    );
  }
}

/** What is known of the key is left to a creation of the same run. */
export async function destroyMaterial(
  state: Values,
  { proof, ours, disabled, successorFor }: MaterialPrivateState,
  client: ConnectedClient,
  context: Context,
): Promise<void> {
  const keyId = text(state, 'key_id') ?? '';
  const policy = destroyPolicyOf(state);
  client.run.remember(keyId, { proof, ours, disabled });
  const notices =
    policy === 'delete_material' && mayBe(successorFor, keyId)
      ? undefined
      : await client.run.material.unlessTaken(keyId, () =>
          removeMaterial(lifecycleContext(client, context, 'delete', state), keyId, policy),
        );
  warn(context, notices ?? (policy === 'retain' ? [] : [staysForSuccessor(keyId)]));
}

/** The destroy leg of a replacement comes first, and nothing has verified the way back: for the same key the material stays, and is adopted. */
function mayBe(successorFor: string | undefined, keyId: string): boolean {
  return successorFor === unknownKey || successorFor === keyId;
}

function staysForSuccessor(keyId: string): Notice {
  return {
    summary: 'The material is not deleted',
    detail: `The same run declares material anew for key ${keyId}, as far as its plan can know: so the material stays there, whatever on_destroy says, and is adopted. Should another key come next, delete it by hand.`,
    attribute: 'on_destroy',
  };
}
