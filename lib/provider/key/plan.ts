/**
 * What a plan of `byok_external_key` finds out about aliases, in its own run and at the KMS: taken,
 * scheduled, taken over, or free.
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
import { refuseOutright, warn } from '../refuse';
import { wording } from '../wording';

const notPlanned = 'The key cannot be planned as declared';

/**
 * A new key.
 *
 * @param before the key that it comes in place of
 * @param wish undefined while something of it is only known after apply
 * @returns the key of this alias that it takes over in place of making one
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
  // The list is one of before this run: what a change of it did to the alias, create-key will tell.
  if (refusal !== undefined && !client.reads.changed) {
    refuseOutright(context, client, notPlanned, refusal);
  }
  if (adopts !== undefined && run.keys.announce(adopts.keyId)) {
    refuseOutright(context, client, notPlanned, sharedKey(adopts.keyId, 'ends with'));
  } else if (adopts !== undefined) {
    const detail = `Key ${adopts.keyId} has alias "${wish.alias}" and holds no material, as an interrupted apply leaves a key: it is taken over, and no key is made. If it belongs to somebody else, choose another alias.`;
    warn(context, [{ summary: 'An existing key will be adopted', detail, attribute: 'alias' }]);
  }
  return adopts?.keyId;
}

/** A key of the state that stays. @param alias in the end; undefined while it is not known */
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
    refuseOutright(
      context,
      client,
      notPlanned,
      sharedKey(keyId, ends ? 'ends with' : 'is to take over'),
    );
  } else if (alias !== undefined && alias !== now) {
    await lookForAlias(keyId, alias, client, context);
  }
}

/** Keys of other objects of this plan that have the alias were told of already. */
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
 * Another object of this plan, planned before this one, ends with the key. Where the same command
 * applies the plan, that is taken back. @returns whether it was
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
    detail: `Key ${keyId} is given up by one address of this run, and another one has it. To move a key between addresses, use a moved block.`,
    attribute: 'alias',
  };
}

/** @param what the other object does to the key */
export function sharedKey(keyId: string, what: string): ByokError {
  return new ByokError(
    'ERR_REFUSED',
    `another address of this plan ${what} key ${keyId}, which this one has or is to have; nothing was done: if this is a renaming add a moved block, else take one of the two out of the state (terraform state rm <address>) and give it a key of its own`,
    { attribute: 'key_id' },
  );
}

/**
 * Of a replacement: the old key is scheduled before Terraform knows the alias. Said in the first of
 * its two plans: of the second Terraform shows errors only.
 */
export function aliasOnlyKnownLater(keyId: string): Notice {
  return {
    summary: 'The alias of the new key is only known after apply',
    detail: `Should it be that of key ${keyId}, which ends in this plan and keeps its alias until it is gone, then the new key cannot be made: take back the deletion of the old one in that case, and choose another alias.`,
    attribute: 'alias',
  };
}

export function conflictError(conflict: AliasConflict): ByokError {
  const { kind, alias } = conflict;
  const keyId = 'keyId' in conflict ? conflict.keyId : '';
  const said: Readonly<Record<Exclude<AliasConflict['kind'], 'shared'>, string>> = {
    twice: `two keys of this plan have alias "${alias}", and an alias belongs to one key; nothing was done: give each its own (with for_each, put each.key into it)`,
    kept: `the key is to be replaced by another one of the same alias "${alias}" (by -replace, or since it is tainted: terraform untaint), or a second resource wants it, and it stays with key ${keyId} of this configuration; nothing was done: give the new key another alias, or if it is the same key under another address add a moved block`,
    ended: `alias "${alias}" belongs to key ${keyId}, whose resource ends in this plan, and a key keeps its alias until it is gone, so no other could have it; nothing was done: if this is a renaming of the resource add moved { from = …, to = … }, else choose another alias`,
    unordered: `key ${keyId} gives up alias "${alias}" in this plan and another key takes it, but nothing tells Terraform which comes first; nothing was done: add depends_on with the resource of key ${keyId} to the other key, or apply the renaming first; of instances of one resource whose keys or numbers moved on, add moved blocks that follow them`,
    unknown: `the resource of key ${keyId}, of alias "${alias}", ends in this plan, and a new key has an alias that is only known after apply, perhaps the same; nothing was done: if this is a renaming of the resource add moved { from = …, to = … }, else give the new key an alias that is known at plan, or do it in two applies`,
  };
  return kind === 'shared'
    ? sharedKey(keyId, 'has, with another alias,')
    : new ByokError('ERR_REFUSED', said[kind], { attribute: 'alias' });
}

/**
 * One list for all new keys of a plan, which also tries the login. @returns undefined where this
 * user may not list keys: said, not refused
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
      'Whether the alias is free was not looked up',
      `${error.message}. Should a key of this alias exist, apply will say so.`,
      'alias',
    );
    return undefined;
  }
}
