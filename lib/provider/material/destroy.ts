/**
 * What a plan says about destroying material, and what apply does. Nothing is deleted that the same
 * run declares again.
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
import { warn, warnOfUnshared } from '../warn';
import { wording } from '../wording';
import { destroyPolicyOf, observationOf } from './config';
import type { MaterialMemory } from './memory';
import { unknownKey } from './plan';

/**
 * Also called for the destroy part of a replacement, which has no plan call of its own.
 *
 * @param successorFor keys that get other material instead; may include `unknownKey`
 * @returns the same, and the keys of this plan whose material must stay: the destroy must know them
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
      `Key ${keyId} stops encrypting and decrypting at once, for every service that uses it. ` +
        'The pending_days of the key give no grace period here. Only importing the very same ' +
        'material brings the key back.',
    );
    warnOfUnshared(keyId, client, context);
  }
  return [...successorFor, ...run.material.staying];
}

/**
 * We bring no material to a key that the same plan empties under another address: we cannot know
 * which of the two comes first.
 */
export function refuseEmptied(keyId: string): ByokError {
  return new ByokError(
    'ERR_REFUSED',
    `another address of this plan deletes the material of key ${keyId} (on_destroy = ` +
      '"delete_material"), and this address declares it; nothing was done: if you renamed the ' +
      'resource, add a moved block; otherwise set on_destroy = "retain" there and apply that ' +
      'first',
    { attribute: 'key_id' },
  );
}

/** About an object that would import the material again, if it had it. */
export function refuseUnrestorable(keyId: string): ByokError {
  return new ByokError(
    'ERR_REFUSED',
    `another address of this plan deletes the material of key ${keyId} (on_destroy = ` +
      '"delete_material"), and the material is not available here to be imported again; provide ' +
      'it, or set on_destroy = "retain" there and apply that first',
    { attribute: 'key_id' },
  );
}

/**
 * Its destroy part would be refused too late: by then the new object exists, or the old one is
 * deposed for ever.
 */
export function refuseReplacedProtected(keyId: string): ByokError {
  return new ByokError(
    'ERR_REFUSED',
    `a resource protects the material of key ${keyId} (on_destroy = "refuse"), and this plan ` +
      'makes a new resource for the same key (by -replace, taint or replace_triggered_by, for ' +
      'example); nothing was done: undo what forces the replacement (terraform untaint), or set ' +
      'on_destroy to "retain" and apply that first',
    { attribute: 'on_destroy' },
  );
}

export function refuseSecond(keyId: string): ByokError {
  return new ByokError(
    'ERR_REFUSED',
    `two new resources of this plan declare the material of key ${keyId}, and a key has only ` +
      'one material; give each its own key (with for_each, refer to the key by each.key)',
    { attribute: 'key_id' },
  );
}

/** Leaves what is known of the key to a creation in the same run. */
export async function destroyMaterial(
  state: Values,
  { proof, ours, disabled, successorFor }: MaterialMemory,
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
 * The destroy part of a replacement comes first, and nothing has verified the way back. So if the
 * key is the same, the material stays and is adopted.
 */
function mayBe(successorFor: readonly string[], keyId: string): boolean {
  return successorFor.includes(unknownKey) || successorFor.includes(keyId);
}

function materialStays(keyId: string): Notice {
  return {
    summary: 'The material stays in the key',
    detail:
      `Key ${keyId} keeps its material and keeps working (on_destroy = "retain"). Only ` +
      'Terraform forgets the material, and the proof of which material it is. To delete it, set ' +
      'on_destroy = "delete_material" and apply that first.',
    attribute: 'on_destroy',
  };
}

function staysForAnother(keyId: string): Notice {
  return {
    summary: 'The material is not deleted',
    detail:
      `Another address of this run also declares the material of key ${keyId}, so it stays, ` +
      'whatever on_destroy says. To delete it, remove the other address as well.',
    attribute: 'on_destroy',
  };
}

function staysUnseen(keyId: string): Notice {
  return {
    summary: 'The material is not deleted',
    detail:
      'A replacement left this object over, and Terraform does not pass the plan to its ' +
      'destroy. So we cannot know whether another object also declares the material of key ' +
      `${keyId}, and leave it there. To delete it, use byok remove.`,
    attribute: 'on_destroy',
  };
}

function staysForSuccessor(keyId: string): Notice {
  return {
    summary: 'The material is not deleted',
    detail:
      `As far as its plan can know, this run declares material for key ${keyId} again. So the ` +
      'material stays, whatever on_destroy says, and is adopted. If the new declaration turns ' +
      'out to be for another key, delete the material by hand.',
    attribute: 'on_destroy',
  };
}

/**
 * Another object of this plan, planned before this one, removes the material. If the same command
 * applies the plan, the removal is cancelled.
 *
 * @returns whether it was
 */
export function keepForAnother(
  keyId: string,
  { run, appliesAtOnce }: Client,
  context: Context,
): boolean {
  if (appliesAtOnce?.() !== true) {
    return false;
  }
  run.material.stay(keyId);
  warn(context, [staysForAnother(keyId)]);
  return true;
}
