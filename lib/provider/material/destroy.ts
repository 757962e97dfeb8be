/**
 * What a plan says of the end of material, and what apply does about it. Nothing is deleted that
 * the same run declares anew.
 */
import { ByokError } from '../../errors';
import type { Notice } from '../../lifecycle/context';
import { holdsMaterial } from '../../lifecycle/material-status';
import { privateKeyStays, refuseRemoval, removeMaterial } from '../../lifecycle/remove-material';
import { keyNotFound } from '../../lifecycle/require-external-key';
import { isAsymmetric } from '../../terms/kms';
import type { Context } from '../../tfplugin/provider';
import type { Values } from '../../tfplugin/values/value';
import { text } from '../attributes';
import { type Client, type ConnectedClient, isConnected, lifecycleContext } from '../client';
import { warn, warnOfUnshared } from '../refuse';
import { wording } from '../wording';
import { destroyPolicyOf, observationOf } from './config';
import { unknownKey } from './plan';
import type { MaterialPrivateState } from './private-state';

/**
 * Also called for the destroy leg of a replacement, which has no plan call of its own.
 *
 * @param successorFor keys that other material comes to instead, also `unknownKey`
 * @returns the same, and the keys of this plan whose material must stay: what the destroy is to
 *   know
 */
export async function planDestroy(
  prior: Values,
  successorFor: readonly string[],
  client: Client,
  context: Context,
): Promise<readonly string[]> {
  const { run } = client;
  const keyId = text(prior, 'key_id') ?? '';
  const policy = destroyPolicyOf(prior);
  const { status } = observationOf(prior);
  const isHeld = holdsMaterial(status);
  const deletes =
    isHeld && policy === 'delete_material' && !isAsymmetric(text(prior, 'key_spec') ?? '');
  if (!deletes) {
    if (isHeld && policy === 'refuse' && !client.destroying()) {
      await run.settled(client.sleep, context.signal);
    }
    const others = run.material.leave(keyId);
    if (status === 'key_not_found') {
      warn(context, [
        keyNotFound(keyId, isConnected(client) ? client.kms.place : 'this provider block', wording),
      ]);
    } else if (isHeld && policy === 'refuse' && !others) {
      context.diagnostics.thrown('The material is protected', refuseRemoval(keyId, wording));
    } else if (isHeld && policy === 'refuse') {
      run.material.stay(keyId);
      warn(context, [staysForAnother(keyId)]);
    } else if (isHeld) {
      warn(context, [policy === 'retain' ? materialStays(keyId) : privateKeyStays(keyId, wording)]);
    }
    return [...successorFor, ...run.material.staying];
  }
  if (!client.destroying()) {
    await run.settled(client.sleep, context.signal);
  }
  if (mayBe(successorFor, keyId)) {
    run.material.leave(keyId);
    warn(context, [staysForSuccessor(keyId)]);
  } else if (run.material.giveUp(keyId)) {
    warn(context, [staysForAnother(keyId)]);
  } else {
    context.diagnostics.warning(
      'The key material will be deleted',
      `Key ${keyId} stops encrypting and decrypting at once, and for every service that uses it: pending_days of the key is no grace period here. Only importing the very same material brings it back.`,
    );
    warnOfUnshared(keyId, client, context);
  }
  return [...successorFor, ...run.material.staying];
}

/**
 * Material is not brought to a key that the same plan empties under another address: which of the
 * two comes first nobody knows.
 */
export function refuseEmptied(keyId: string): ByokError {
  return new ByokError(
    'ERR_REFUSED',
    `another address of this plan deletes the material of key ${keyId} (on_destroy = "delete_material"), and this one declares it; nothing was done: if this is a renaming add a moved block, else set on_destroy = "retain" there and apply that first`,
    { attribute: 'key_id' },
  );
}

/** Of an object that would import it again, had it the material. */
export function refuseUnrestorable(keyId: string): ByokError {
  return new ByokError(
    'ERR_REFUSED',
    `another address of this plan deletes the material of key ${keyId} (on_destroy = "delete_material"), and the same material is not at hand to be imported again; provide it, or set on_destroy = "retain" there and apply that first`,
    { attribute: 'key_id' },
  );
}

/**
 * Its destroy leg would be refused when it is too late: the new object is there by then, or the old
 * one deposed for ever.
 */
export function refuseReplacedProtected(keyId: string): ByokError {
  return new ByokError(
    'ERR_REFUSED',
    `a resource has the material of key ${keyId} under on_destroy = "refuse", and this is a new one for the same key, as -replace, taint and replace_triggered_by make it; nothing was done: undo what forces it (terraform untaint), or set on_destroy to "retain" and apply that first`,
    { attribute: 'on_destroy' },
  );
}

export function refuseSecond(keyId: string): ByokError {
  return new ByokError(
    'ERR_REFUSED',
    `two new resources of this plan are for the material of key ${keyId}, and a key has one material; give each its own key (with for_each, refer to the key by each.key)`,
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
  const { run } = client;
  run.remember(keyId, { proof, ours, disabled });
  if (policy === 'retain') {
    return;
  }
  if (mayBe(successorFor, keyId) || run.material.mustStay(keyId)) {
    warn(context, [staysForSuccessor(keyId)]);
    return;
  }
  const isTold = client.destroying() || client.testing?.() === true;
  if (policy === 'delete_material' && run.material.wasPermitted(keyId) === false && !isTold) {
    warn(context, [staysUnseen(keyId)]);
    return;
  }
  const remove = () =>
    removeMaterial(lifecycleContext(client, context, 'delete', state), keyId, policy);
  warn(context, (await run.material.unlessTaken(keyId, remove)) ?? [staysForSuccessor(keyId)]);
}

/**
 * The destroy leg of a replacement comes first, and nothing has verified the way back: for the same
 * key the material stays, and is adopted.
 */
function mayBe(successorFor: readonly string[], keyId: string): boolean {
  return successorFor.includes(unknownKey) || successorFor.includes(keyId);
}

function materialStays(keyId: string): Notice {
  return {
    summary: 'The material stays in the key',
    detail: `Key ${keyId} keeps its material and goes on working for as long as it lives: only Terraform forgets it, and what proves which material it is (on_destroy = "retain"). To have it deleted, set on_destroy = "delete_material" and apply that first.`,
    attribute: 'on_destroy',
  };
}

export function staysForAnother(keyId: string): Notice {
  return {
    summary: 'The material is not deleted',
    detail: `Another address of the same run has the material of key ${keyId}, too: so it stays there, whatever on_destroy says. To have it deleted, remove the other one as well.`,
    attribute: 'on_destroy',
  };
}

function staysUnseen(keyId: string): Notice {
  return {
    summary: 'The material is not deleted',
    detail: `This object was left over by a replacement, and Terraform tells its destroy nothing of the plan before: whether another object has the material of key ${keyId}, too, is not known here. So it stays; to have it deleted, use byok remove.`,
    attribute: 'on_destroy',
  };
}

function staysForSuccessor(keyId: string): Notice {
  return {
    summary: 'The material is not deleted',
    detail: `The same run declares material anew for key ${keyId}, as far as its plan can know: so the material stays there, whatever on_destroy says, and is adopted. Should another key come next, delete it by hand.`,
    attribute: 'on_destroy',
  };
}
