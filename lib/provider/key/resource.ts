/** `byok_external_key`: translates between Terraform and the lifecycle of a key. */
import { ByokError } from '../../errors';
import { anotherKey } from '../../lifecycle/make-or-adopt-key';
import { createKey, type KeyOutcome, updateKey } from '../../lifecycle/reconcile-key';
import { keyNotFound } from '../../lifecycle/require-external-key';
import { externalKeySchema } from '../../schema/external-key';
import { keySettings } from '../../terms/setting';
import type { Context, ResourceDefinition, StateResult } from '../../tfplugin/provider';
import { unknown, type Values } from '../../tfplugin/values/value';
import { complete, flag, isUnknown, text } from '../attributes';
import {
  type Client,
  inTime,
  isConnected,
  lifecycleContext,
  requireConnection,
  warnNotConnected,
} from '../client';
import { describeForImport } from '../import-state';
import { declaredIn, errorsIn, report } from '../validate';
import { requireMovedKey } from '../vendor-state';
import { warn } from '../warn';
import { wording } from '../wording';
import { declarationOf, isDeclared, plannedNew, wishOf } from './config';
import { adoptedStays, destroyKey, planKeyDestroy, refuseSameAlias } from './destroy';
import { decodeKeyMemory, encodeKeyMemory, withoutPlan } from './memory';
import { movedKey } from './moved';
import { aliasOnlyKnownLater, planKeptKey, planNewKey, sharedKey } from './plan';
import { emptyState, noticesOfState, observed, refreshed, refreshedTags } from './state';

const noPrivateState = new Uint8Array();

export const externalKeyResource = {
  schema: externalKeySchema,

  validate({ config }, context) {
    report(context, ...errorsIn(declaredIn(config, [...keySettings, 'timeouts'])));
  },

  async read({ state, private: privateState }, client, context) {
    if (!isConnected(client)) {
      warnNotConnected(context);
      return { state, private: privateState };
    }
    client.run.hasRead = true;
    const timed = inTime(context, 'read', state);
    const keyId = text(state, 'key_id') ?? '';
    client.run.keys.found(keyId);
    const key = await client.reads.refreshKey(keyId, { signal: timed.signal });
    const { moved } = decodeKeyMemory(privateState);
    if (moved !== undefined) {
      requireMovedKey(keyId, key, moved, client.kms.place);
    }
    if (key === undefined) {
      warn(context, [keyNotFound(keyId, client.kms.place, wording)]);
      return { state: null, private: privateState };
    }
    client.run.aliases.found(keyId, key.keyAlias);
    client.run.declareEnabled(keyId, flag(state, 'enabled'));
    const tags = await refreshedTags(client, key.keyId, state, timed);
    warn(context, noticesOfState(key, flag(state, 'enabled')));
    const kept = withoutPlan(privateState);
    const isShared = client.run.keys.isShared(keyId);
    const memory =
      isShared || moved !== undefined
        ? encodeKeyMemory({ adopted: decodeKeyMemory(kept).adopted, shared: isShared })
        : kept;
    return { state: { ...refreshed(state, key), tags }, private: memory };
  },

  async plan({ prior, proposed, config, priorPrivate }, client, context) {
    const kept = withoutPlan(priorPrivate);
    const memory = decodeKeyMemory(priorPrivate);
    const toldToDestroy = (ends?: string) =>
      encodeKeyMemory({ ...memory, kept: client.run.keys.staying, ends });
    if (proposed === null || config === null) {
      await planKeyDestroy(prior ?? {}, memory, client, context);
      return { planned: null, requiresReplace: [], private: toldToDestroy() };
    }
    if (prior === null) {
      const planned = plannedNew(proposed, config);
      client.run.declarePlanned(text(planned, 'key_spec'));
      const successorAlias = text(planned, 'alias');
      const adopts = await planNewKey(
        successorAlias,
        isDeclared(planned) ? wishOf(planned, null) : undefined,
        declarationOf(config),
        memory.ends,
        client,
        context,
      );
      // An unknown origin tells Terraform the plan that adopts a key from the plan that makes one.
      const found: Values =
        adopts === undefined ? {} : { id: adopts, key_id: adopts, origin: unknown };
      const memoryOfPlan = {
        adopted: memory.adopted,
        successorAlias,
        kept: client.run.keys.staying,
      };
      return {
        planned: { ...planned, ...found },
        requiresReplace: [],
        private: encodeKeyMemory(memoryOfPlan),
      };
    }
    const keyId = text(prior, 'key_id') ?? '';
    client.run.declareEnabled(keyId, flag(config, 'enabled'));
    const requiresReplace = (['key_spec', 'key_usage'] as const).filter(
      (name) => proposed[name] !== prior[name],
    );
    if (requiresReplace.length > 0) {
      await planKeyDestroy(prior, memory, client, context);
      refuseSameAlias(prior, proposed, requiresReplace, client, context);
      warn(context, isUnknown(proposed, 'alias') ? [aliasOnlyKnownLater(keyId)] : []);
      return {
        planned: plannedNew(proposed, config),
        requiresReplace,
        private: toldToDestroy(keyId),
      };
    }
    await planKeptKey(prior, text(proposed, 'alias'), declarationOf(config), client, context);
    if (
      flag(proposed, 'cancel_pending_deletion') === true &&
      flag(prior, 'cancel_pending_deletion') !== true
    ) {
      client.run.declareRescued(keyId);
    }
    return { planned: proposed, requiresReplace, private: kept };
  },

  async apply({ prior, planned, plannedPrivate }, unconnected, context) {
    const client = requireConnection(unconnected);
    const memory = decodeKeyMemory(plannedPrivate);
    if (planned === null) {
      await destroyKey(prior ?? {}, memory, client, context);
      return { state: null, private: noPrivateState };
    }
    const { keys } = client.run;
    if (prior === null) {
      const adoption = {
        reviewed: text(planned, 'key_id'),
        isClaimed: (keyId: string) => keys.isTaken(keyId),
      };
      const taken =
        adoption.reviewed === undefined ? undefined : await keys.take(adoption.reviewed);
      refuseTaken(taken, adoption.reviewed ?? '', planned);
      const outcome = await createKey(
        lifecycleContext(client, context, 'create', planned),
        wishOf(planned, null),
        adoption,
      );
      const { keyId } = outcome.key;
      if (outcome.adopted) {
        refuseTaken(taken === undefined ? await keys.take(keyId) : taken, keyId, planned);
        client.run.declareAdopted(keyId);
        warn(context, text(planned, 'on_destroy') === undefined ? [adoptedStays(keyId)] : []);
      } else {
        if ((await keys.take(keyId, false)) === 'again') {
          throw anotherKey(keyId, wording);
        }
        client.run.declareMade(outcome.key);
      }
      return finish(planned, outcome, outcome.adopted, context);
    }
    const keyId = text(prior, 'key_id') ?? '';
    if ((await keys.take(keyId)) === 'again' && client.run.isAdopted(keyId)) {
      throw sharedKey(keyId, 'has adopted');
    }
    const outcome = await updateKey(
      lifecycleContext(client, context, 'update', planned),
      keyId,
      wishOf(planned, prior),
    );
    return finish(planned, outcome, memory.adopted, context);
  },

  move: movedKey,

  async importState({ id }, client, context) {
    const key = await describeForImport(requireConnection(client), id, context);
    return {
      state: refreshed({ ...emptyState(), id: key.keyId, key_id: key.keyId }, key),
      private: noPrivateState,
    };
  },
} as const satisfies ResourceDefinition<Client>;

/**
 * @throws ByokError ERR_KEY_UNSUITABLE if the same run removes the key at another address, or uses
 *   it there
 */
function refuseTaken(
  taken: 'free' | 'again' | 'removed' | undefined,
  keyId: string,
  planned: Values,
): void {
  if (taken === 'again' || taken === 'removed') {
    const why =
      taken === 'removed'
        ? 'which this run has just scheduled for deletion under another address'
        : 'which another address of this run uses';
    throw new ByokError(
      'ERR_KEY_UNSUITABLE',
      `alias "${text(planned, 'alias') ?? ''}" belongs to key ${keyId}, ${why}; to keep it, ` +
        `cancel its deletion and import it: terraform import <address> ${keyId}`,
      { attribute: 'alias' },
    );
  }
}

function finish(
  planned: Values,
  { key, notices }: KeyOutcome,
  adopted: boolean,
  context: Context,
): StateResult {
  warn(context, notices);
  return {
    state: complete(planned, observed(key, planned)),
    private: encodeKeyMemory({ adopted }),
  };
}
