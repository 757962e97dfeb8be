/** What a plan says of the end of material, and what apply does about it. Nothing is deleted that the same run declares anew. */
import { ByokError } from '../errors';
import type { Notice } from '../lifecycle/context';
import { holdsMaterial } from '../lifecycle/material-status';
import { privateKeyStays, refuseRemoval, removeMaterial } from '../lifecycle/remove-material';
import { isAsymmetric } from '../schema/kms';
import type { Context } from '../tfplugin/provider';
import type { Values } from '../tfplugin/value';
import { text } from './attributes';
import { type Client, type ConnectedClient, lifecycleContext } from './client';
import { destroyPolicyOf, observationOf } from './material-config';
import { unknownKey } from './material-plan';
import type { MaterialPrivateState } from './private-state';
import { warn } from './refuse';

/**
 * Also called for the destroy leg of a replacement, which has no plan call of its own.
 *
 * @param successorFor keys that other material comes to instead, also `unknownKey`
 * @returns the same, and the key itself when another address of this plan has material in it: what the destroy is to know
 */
export function planDestroy(
  prior: Values,
  successorFor: readonly string[],
  { run, destroying }: Client,
  context: Context,
): readonly string[] {
  const keyId = text(prior, 'key_id') ?? '';
  const policy = destroyPolicyOf(prior);
  if (policy === 'retain' || !holdsMaterial(observationOf(prior).status)) {
    return successorFor;
  }
  if (policy === 'refuse') {
    context.diagnostics.thrown('The material is protected', refuseRemoval(keyId));
  } else if (isAsymmetric(text(prior, 'key_spec') ?? '')) {
    warn(context, [privateKeyStays(keyId)]);
  } else if (mayBe(successorFor, keyId) || run.material.isTaken(keyId) || (!destroying() && run.planDeleted(keyId))) {
    warn(context, [staysForSuccessor(keyId)]);
    return [...successorFor, keyId];
  } else {
    context.diagnostics.warning(
      'The key material will be deleted',
      `Key ${keyId} stops encrypting and decrypting at once, and for every service that uses it: pending_days of the key is no grace period here. Only importing the very same material brings it back.`,
    );
  }
  return successorFor;
}

/** @returns why material must not be planned in a key that the same plan empties under another address: then it must be at hand */
export function refuseEmptied(keyId: string): ByokError {
  return new ByokError(
    'ERR_REFUSED',
    `another address of this plan deletes the material of key ${keyId} (on_destroy = "delete_material"), and the same material is not at hand to be imported again; provide it, or if this is a renaming add a moved block`,
    { attribute: 'key_id' },
  );
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
function mayBe(successorFor: readonly string[], keyId: string): boolean {
  return successorFor.includes(unknownKey) || successorFor.includes(keyId);
}

function staysForSuccessor(keyId: string): Notice {
  return {
    summary: 'The material is not deleted',
    detail: `The same run declares material anew for key ${keyId}, as far as its plan can know: so the material stays there, whatever on_destroy says, and is adopted. Should another key come next, delete it by hand.`,
    attribute: 'on_destroy',
  };
}
