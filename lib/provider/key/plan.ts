/**
 * What a plan of `byok_external_key` finds out about aliases, in its own run and at the KMS: taken,
 * scheduled, adoptable, or free.
 */

import { ByokError } from '../../errors';
import { KmsError } from '../../kms/kms-error';
import type { KeyDetail } from '../../kms/model';
import type { Notice } from '../../lifecycle/context';
import { judgeAlias, judgeRename } from '../../lifecycle/make-or-adopt-key';
import type { KeyWish } from '../../lifecycle/reconcile-key';
import { keyStates } from '../../terms/kms';
import { blamesLogin } from '../../terms/kms-reactions';
import type { Context } from '../../tfplugin/provider';
import type { Values } from '../../tfplugin/values/value';
import type { AliasConflict } from '../aliases';
import { text } from '../attributes';
import { type Client, type ConnectedClient, isConnected } from '../client';
import { refuseOutright } from '../refuse';
import { warn } from '../warn';
import { wording } from '../wording';

const notPlanned = 'The key cannot be planned as declared';

/**
 * A new key.
 *
 * @param before the key that it replaces
 * @param wish undefined while a part of it is known only after apply
 * @returns the existing key of this alias that it adopts instead of making one
 */
export async function planNewKey(
  alias: string | undefined,
  wish: KeyWish | undefined,
  declaration: string,
  before: string | undefined,
  client: Client,
  context: Context,
): Promise<string | undefined> {
  const { run } = client;
  const conflict = run.aliases.want(alias, declaration, before);
  if (conflict !== undefined) {
    refuseOutright(context, client, notPlanned, conflictError(conflict));
    return undefined;
  }
  if (wish === undefined || !isConnected(client) || client.destroying()) {
    return undefined;
  }
  const keys = await tryListKeys(client, context);
  const holder = keys?.find(
    ({ keyAlias, keyState }) => keyAlias === wish.alias && keyState !== keyStates.pendingDeletion,
  );
  if (
    keys === undefined ||
    (holder !== undefined &&
      holder.keyState !== keyStates.pendingImport &&
      run.aliases.isFreedBy(holder.keyId, wish.alias))
  ) {
    return undefined;
  }
  const { adopts, refusal, notices } = judgeAlias(wish, keys, wording, (keyId) =>
    run.aliases.has(keyId),
  );
  warn(context, notices);
  // The list dates from before this run. If the run changed this alias, create-key will tell.
  if (refusal !== undefined && !client.reads.changed) {
    refuseOutright(context, client, notPlanned, refusal);
  }
  if (adopts !== undefined && run.keys.announce(adopts.keyId)) {
    refuseOutright(context, client, notPlanned, sharedKey(adopts.keyId, 'gives up'));
  } else if (adopts !== undefined) {
    const detail =
      `Key ${adopts.keyId} has alias "${wish.alias}" and holds no material, as an interrupted ` +
      'apply leaves a key. Apply adopts it and makes no new key. If it is not yours, choose ' +
      'another alias.';
    warn(context, [{ summary: 'An existing key will be adopted', detail, attribute: 'alias' }]);
  }
  return adopts?.keyId;
}

/**
 * A key in the state that stays.
 * @param alias afterwards; undefined while unknown
 */
export async function planKeptKey(
  prior: Values,
  alias: string | undefined,
  declaration: string,
  client: Client,
  context: Context,
): Promise<void> {
  const { run } = client;
  const [keyId, now] = [text(prior, 'key_id') ?? '', text(prior, 'alias') ?? ''];
  const conflict = run.aliases.keep(keyId, now, alias, declaration);
  const ends = run.keys.keep(keyId) && !keepForAnother(keyId, client, context);
  if (conflict !== undefined) {
    refuseOutright(context, client, notPlanned, conflictError(conflict));
  } else if (ends || run.keys.isAnnounced(keyId)) {
    refuseOutright(context, client, notPlanned, sharedKey(keyId, ends ? 'gives up' : 'adopts'));
  } else if (alias !== undefined && alias !== now) {
    await lookForAlias(keyId, alias, client, context);
  }
}

/** Keys of other objects of this plan that have the alias were reported already. */
async function lookForAlias(
  keyId: string,
  alias: string,
  client: Client,
  context: Context,
): Promise<void> {
  const keys =
    !isConnected(client) || client.destroying() ? undefined : await tryListKeys(client, context);
  const others = keys?.filter((key) => !client.run.aliases.has(key.keyId)) ?? [];
  const { refusal, notices } = judgeRename(keyId, alias, others, wording);
  warn(context, notices);
  if (refusal !== undefined) {
    refuseOutright(context, client, notPlanned, refusal);
  }
}

/**
 * Another object of this plan, planned before this one, removes the key. If the same command
 * applies the plan, the removal is cancelled.
 * @returns whether it was
 */
function keepForAnother(keyId: string, { run, appliesAtOnce }: Client, context: Context): boolean {
  if (appliesAtOnce?.() !== true) {
    return false;
  }
  run.keys.stay(keyId);
  warn(context, [takenNotice(keyId)]);
  return true;
}

export function takenNotice(keyId: string): Notice {
  return {
    summary: 'The key is not scheduled for deletion',
    detail:
      `One address of this run gives up key ${keyId}, and another address uses it. To move a ` +
      'key between addresses, use a moved block.',
    attribute: 'alias',
  };
}

/** @param what the other object does to the key */
export function sharedKey(keyId: string, what: string): ByokError {
  return new ByokError(
    'ERR_REFUSED',
    `another address of this plan ${what} key ${keyId}, which this address uses or is about ` +
      'to use; nothing was done: if you renamed the resource, add a moved block; otherwise ' +
      'remove one of the two from the state (terraform state rm <address>) and give it a key of ' +
      'its own',
    { attribute: 'key_id' },
  );
}

/**
 * For a replacement: the old key is scheduled before Terraform knows the new alias. Reported in the
 * first of its two plans, because Terraform shows only errors of the second.
 */
export function aliasOnlyKnownLater(keyId: string): Notice {
  return {
    summary: 'The alias of the new key is known only after apply',
    detail:
      `If it is the alias of key ${keyId}, whose resource this plan destroys, the new key cannot ` +
      'be made: the old one keeps its alias until the KMS deletes it. In that case cancel the ' +
      'deletion of the old key and choose another alias.',
    attribute: 'alias',
  };
}

export function conflictError(conflict: AliasConflict): ByokError {
  const { kind, alias } = conflict;
  const keyId = 'keyId' in conflict ? conflict.keyId : '';
  const said: Readonly<Record<Exclude<AliasConflict['kind'], 'shared'>, string>> = {
    twice:
      `two keys of this plan have alias "${alias}", and an alias belongs to one key; nothing ` +
      'was done: give each key its own alias (with for_each, put each.key into it)',
    kept:
      `a new key is to have alias "${alias}", but the alias stays with key ${keyId} of this ` +
      'configuration; nothing was done. If the key is being replaced (-replace, or it is ' +
      'tainted), undo that (terraform untaint) or give the new key another alias; if a second ' +
      'resource declares the same key, add a moved block',
    ended:
      `alias "${alias}" belongs to key ${keyId}, whose resource this plan destroys, and a key ` +
      'keeps its alias until the KMS deletes it; nothing was done: if you renamed the resource, ' +
      'add moved { from = …, to = … }; otherwise choose another alias',
    unordered:
      `key ${keyId} gives up alias "${alias}" in this plan and another key takes it, but ` +
      'nothing tells Terraform which comes first; nothing was done: add depends_on with the ' +
      `resource of key ${keyId} to the other key, or apply the renaming first; if instances of ` +
      'one resource changed their keys or numbers, add moved blocks that follow them',
    unknown:
      `this plan destroys the resource of key ${keyId} (alias "${alias}"), and a new key has an ` +
      'alias that is known only after apply and may be the same; nothing was done: if you ' +
      'renamed the resource, add moved { from = …, to = … }; otherwise give the new key an alias that is ' +
      'known at plan, or do it in two applies',
  };
  return kind === 'shared'
    ? sharedKey(keyId, 'uses, under another alias,')
    : new ByokError('ERR_REFUSED', said[kind], { attribute: 'alias' });
}

/**
 * One list for all new keys of a plan, which also tests the login.
 * @returns undefined if this user may not list keys, which is a warning and not a refusal
 */
async function tryListKeys(
  client: ConnectedClient,
  context: Context,
): Promise<readonly KeyDetail[] | undefined> {
  const { run, reads } = client;
  try {
    return await run.keysBefore(() => reads.refreshKeys());
  } catch (error) {
    if (
      !(error instanceof KmsError) ||
      error.status !== 403 ||
      blamesLogin(error.status, error.apiCode)
    ) {
      refuseOutright(context, client, notPlanned, error);
      return undefined;
    }
    context.diagnostics.warning(
      'We could not check whether the alias is free',
      `${error.message}. If a key of this alias exists, apply will say so.`,
      'alias',
    );
    return undefined;
  }
}
