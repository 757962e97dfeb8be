/**
 * What a plan says about destroying a key, and what apply does: it follows `on_destroy`, except for
 * keys that may not be ours.
 */
import { ByokError } from '../../errors';
import type { Notice } from '../../lifecycle/context';
import { removeKey } from '../../lifecycle/remove-key';
import {
  defaultKeyDestroyPolicy,
  defaultPendingDays,
  type KeyDestroyPolicy,
} from '../../terms/key';
import type { Context } from '../../tfplugin/provider';
import { unknown, type Values } from '../../tfplugin/values/value';
import { integer, text } from '../attributes';
import { type Client, type ConnectedClient, lifecycleContext } from '../client';
import { refuseOutright } from '../refuse';
import { warn, warnOfUnshared } from '../warn';
import type { KeyMemory } from './memory';
import { conflictError, takenNotice } from './plan';

export async function destroyKey(
  state: Values,
  memory: KeyMemory,
  client: ConnectedClient,
  context: Context,
): Promise<void> {
  const keyId = text(state, 'key_id') ?? '';
  const policy = destroyPolicyOf(state, memory);
  refuseSuccessor(state, memory);
  if (
    policy === 'retain' ||
    memory.kept?.includes(keyId) === true ||
    client.run.keys.mustStay(keyId)
  ) {
    return;
  }
  const remove = async () => {
    await removeKey(
      lifecycleContext(client, context, 'delete', state),
      keyId,
      policy,
      pendingDaysOf(state),
    );
    return true;
  };
  if ((await client.run.keys.unlessTaken(keyId, remove)) === undefined) {
    warn(context, [takenNotice(keyId)]);
  }
}

/** Also called for the destroy part of a replacement, which has no plan call of its own. */
export async function planKeyDestroy(
  prior: Values,
  memory: KeyMemory,
  client: Client,
  context: Context,
): Promise<void> {
  const [keyId, alias] = [text(prior, 'key_id') ?? '', text(prior, 'alias') ?? ''];
  const policy = destroyPolicyOf(prior, memory);
  if (policy !== 'retain' && !client.destroying()) {
    await client.run.settled(client.sleep, context.signal);
  }
  const { run } = client;
  const conflict = run.aliases.end(keyId, alias);
  if (conflict !== undefined) {
    refuseOutright(context, client, 'The key cannot end as planned', conflictError(conflict));
  } else if (policy === 'retain') {
    warn(context, text(prior, 'on_destroy') === undefined ? [adoptedStays(keyId)] : []);
  } else if (run.isProtected(keyId)) {
    refuseOutright(context, client, 'The material is protected', refuseProtected(keyId));
  } else if (isLeftOver(memory, client)) {
    run.keys.stay(keyId);
    warn(context, [takenNotice(keyId)]);
  } else if (run.keys.giveUp(keyId)) {
    warn(context, [takenNotice(keyId)]);
  } else {
    warnOfScheduling(prior, keyId, context);
    warnOfUnshared(keyId, client, context);
  }
}

/**
 * If the material names its key by a literal id, Terraform does not know that they are destroyed
 * together.
 */
function refuseProtected(keyId: string): ByokError {
  return new ByokError(
    'ERR_REFUSED',
    `on_destroy of the material of key ${keyId} is "refuse", and deleting the key would ` +
      'delete the material; nothing was done: set it to "retain" and apply that first, or set ' +
      'on_destroy = "retain" on the key',
    { attribute: 'on_destroy' },
  );
}

/**
 * When a saved plan is applied, Terraform plans the destroy of an object left over by a replacement
 * once more, in a process that knows no other object. What Read found before the plan comes along
 * in the private state.
 */
function isLeftOver({ shared }: KeyMemory, { run, appliesAtOnce, destroying }: Client): boolean {
  return shared === true && !run.hasRead && appliesAtOnce?.() !== true && !destroying();
}

function warnOfScheduling(prior: Values, keyId: string, context: Context): void {
  const days = pendingDaysOf(prior);
  context.diagnostics.warning(
    'The key will be scheduled for deletion',
    `Key ${keyId} (alias "${text(prior, 'alias') ?? ''}"): the KMS will delete it after ` +
      `${days} days; until then you can rescue it. It stops encrypting and decrypting as soon ` +
      `as it is scheduled; after ${days} days everything encrypted under it is unreadable for ` +
      'ever. If you rescue it later, the proof of which material it holds is lost with the ' +
      'state.',
  );
}

/**
 * A key that is scheduled for deletion keeps its alias, so its successor could not be created, and
 * that would show too late.
 */
export function refuseSameAlias(
  prior: Values,
  proposed: Values,
  changed: readonly string[],
  client: Client,
  context: Context,
): void {
  if (proposed.alias === prior.alias && changed.some((name) => proposed[name] !== unknown)) {
    const message =
      `${changed.join(' and ')} changes, which needs a new key, but alias ` +
      `"${text(prior, 'alias') ?? ''}" stays with the old key until the KMS deletes it; give ` +
      'the new key another alias';
    refuseOutright(
      context,
      client,
      'The key cannot be replaced as declared',
      new ByokError('ERR_ARGUMENT', message, { attribute: 'alias' }),
    );
  }
}

/** For a key that was adopted by its alias. */
export function adoptedStays(keyId: string): Notice {
  return {
    summary: 'Destroy will leave the key in the KMS',
    detail:
      `Key ${keyId} existed before it was declared here and may not be yours, so destroy leaves ` +
      'it in the KMS. To delete it instead, set on_destroy = "schedule_deletion" in the ' +
      'configuration.',
    attribute: 'on_destroy',
  };
}

/**
 * `-replace` has no plan of its own that could refuse: the key would be scheduled or forgotten, and
 * its alias would not be free for its successor.
 */
function refuseSuccessor(prior: Values, { successorAlias }: KeyMemory): void {
  if (successorAlias !== undefined && successorAlias === text(prior, 'alias')) {
    throw new ByokError(
      'ERR_REFUSED',
      `a new key is to replace this one under the same alias "${successorAlias}", but the ` +
        `alias stays with key ${text(prior, 'key_id') ?? ''} until the KMS deletes it, so this ` +
        'key was left as it is; give the new key another alias',
      { attribute: 'alias' },
    );
  }
}

function destroyPolicyOf(state: Values, { adopted }: KeyMemory): KeyDestroyPolicy {
  return (text(state, 'on_destroy') ??
    (adopted ? 'retain' : defaultKeyDestroyPolicy)) as KeyDestroyPolicy;
}

function pendingDaysOf(state: Values): number {
  return integer(state, 'pending_days') ?? defaultPendingDays;
}
