/** `byok_external_key`: translates between Terraform and the lifecycle of a key. */
import { ByokError } from '../../errors';
import { KmsError } from '../../kms/kms-error';
import type { KeyDetail } from '../../kms/model';
import { scheduledNotice } from '../../lifecycle/cancel-deletion';
import type { Notice } from '../../lifecycle/context';
import { anotherKey } from '../../lifecycle/make-or-adopt-key';
import { disabledNotice } from '../../lifecycle/notices';
import { createKey, type KeyOutcome, type KeyWish, updateKey } from '../../lifecycle/reconcile-key';
import { keyNotFound } from '../../lifecycle/require-external-key';
import { keyWishOf } from '../../lifecycle/wish';
import { externalKeySchema } from '../../schema/external-key';
import { formatInstant } from '../../terms/expiration-time';
import { defaultKeySpec, keyStates, tryFindKeySpec } from '../../terms/kms';
import { keySettings } from '../../terms/setting';
import type { Context, ResourceDefinition, StateResult } from '../../tfplugin/provider';
import { unknown, type Value, type Values } from '../../tfplugin/values/value';
import { complete, flag, isUnknown, text, textMap } from '../attributes';
import {
  type Client,
  type ConnectedClient,
  isConnected,
  lifecycleContext,
  requireConnection,
  warnNotConnected,
} from '../client';
import { describeForImport } from '../import-state';
import { declaredIn, errorsIn, report } from '../validate';
import { warn } from '../warn';
import { wording } from '../wording';
import { adoptedStays, destroyKey, planKeyDestroy, refuseSameAlias } from './destroy';
import { decodeKeyMemory, encodeKeyMemory, withoutPlan } from './memory';
import { aliasOnlyKnownLater, planKeptKey, planNewKey, sharedKey } from './plan';

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
    const keyId = text(state, 'key_id') ?? '';
    client.run.keys.found(keyId);
    const key = await client.reads.refreshKey(keyId, { signal: context.signal });
    if (key === undefined) {
      warn(context, [keyNotFound(keyId, client.kms.place, wording)]);
      return { state: null, private: privateState };
    }
    client.run.aliases.found(keyId, key.keyAlias);
    client.run.declareEnabled(keyId, flag(state, 'enabled'));
    const tags = await refreshedTags(client, key.keyId, state, context);
    warn(context, noticesOfState(key, flag(state, 'enabled')));
    const kept = withoutPlan(privateState);
    const memory = client.run.keys.isShared(keyId)
      ? encodeKeyMemory({ ...decodeKeyMemory(kept), shared: true })
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

/** What a person should act on, although the plan shows no difference. */
function noticesOfState(key: KeyDetail, enabled: boolean | undefined): readonly Notice[] {
  if (key.keyState === keyStates.pendingDeletion) {
    return [scheduledNotice(key, wording)];
  }
  return key.keyState === keyStates.disabled && enabled !== false
    ? [disabledNotice(wording, key.keyId)]
    : [];
}

/**
 * If we may not read the tags, we keep them as they were: a failed refresh would also block
 * destroy.
 */
async function refreshedTags(
  { reads }: ConnectedClient,
  keyId: string,
  state: Values,
  context: Context,
): Promise<Value> {
  const known = textMap(state, 'tags');
  if (known === undefined) {
    return null;
  }
  try {
    return { ...(await reads.refreshTags(keyId, known, { signal: context.signal })) };
  } catch (error) {
    if (!(error instanceof KmsError)) {
      throw error;
    }
    context.diagnostics.warning(
      'The tags of the key were not refreshed',
      `${error.message}. The last known ones are kept.`,
      'tags',
    );
    return state.tags ?? null;
  }
}

function emptyState(): Values {
  return Object.fromEntries(
    [...Object.keys(externalKeySchema.attributes), ...Object.keys(externalKeySchema.blocks)].map(
      (name) => [name, null],
    ),
  );
}

/** What the KMS says replaces what was known; attributes that the KMS does not hold stay. */
function refreshed(state: Values, key: KeyDetail): Values {
  const managed = flag(state, 'enabled');
  const enabledByState: Readonly<Record<string, boolean>> = {
    [keyStates.enabled]: true,
    [keyStates.disabled]: false,
  };
  return {
    ...state,
    ...observed(key, state),
    alias: key.keyAlias,
    description:
      key.keyDescription === '' && text(state, 'description') === undefined
        ? null
        : key.keyDescription,
    enabled: managed === undefined ? null : (enabledByState[key.keyState] ?? managed),
    // Someone scheduled the deletion behind our back. A difference to the configuration makes the
    // plan show the rescue.
    cancel_pending_deletion:
      key.keyState === keyStates.pendingDeletion && flag(state, 'cancel_pending_deletion') === true
        ? false
        : (state.cancel_pending_deletion ?? null),
  };
}

/** @param known stands in for what old answers leave out */
function observed(
  key: KeyDetail,
  known: Values,
): Record<'id' | 'key_id' | 'key_spec' | 'key_usage' | 'origin' | 'creation_date', Value> {
  return {
    id: key.keyId,
    key_id: key.keyId,
    key_spec: key.keySpec ?? text(known, 'key_spec') ?? defaultKeySpec,
    key_usage: key.keyUsage ?? text(known, 'key_usage') ?? null,
    origin: key.origin,
    creation_date: creationDate(key, text(known, 'creation_date')),
  };
}

/**
 * For a key made here, this is the moment when the KMS answered its creation. That is accurate
 * enough, so it stays and does not move by a second.
 */
const sameMomentMs = 60_000;

function creationDate(
  { creationDate: shown }: KeyDetail,
  known: string | undefined,
): string | null {
  if (shown === undefined) {
    return known ?? null;
  }
  const same = known !== undefined && Math.abs(Date.parse(known) - shown.getTime()) < sameMomentMs;
  return same ? known : formatInstant(shown);
}

/**
 * Terraform proposes unknown for what is computed and not configured; only the configuration tells
 * which of the two it is.
 */
function plannedNew(proposed: Values, config: Values): Values {
  const keySpec = isUnknown(config, 'key_spec')
    ? unknown
    : (text(config, 'key_spec') ?? defaultKeySpec);
  const usage = keySpec === unknown ? unknown : (tryFindKeySpec(keySpec)?.usages[0] ?? unknown);
  return {
    ...proposed,
    id: unknown,
    key_id: unknown,
    key_spec: keySpec,
    key_usage: config.key_usage ?? usage,
    origin: 'external',
    creation_date: unknown,
  };
}

/** Tells the two plan calls of a replacement from those of other objects. */
function declarationOf(config: Values): string {
  return JSON.stringify(
    Object.keys(externalKeySchema.attributes).map((name) =>
      isUnknown(config, name) ? { unknown: true } : (config[name] ?? null),
    ),
  );
}

/** Everything that create-key needs is known, so we can judge the existing keys. */
function isDeclared(planned: Values): boolean {
  return ['alias', 'description', 'key_spec'].every((name) => !isUnknown(planned, name));
}

function wishOf(planned: Values, prior: Values | null): KeyWish {
  return keyWishOf(
    {
      alias: text(planned, 'alias'),
      description: text(planned, 'description'),
      keySpec: text(planned, 'key_spec'),
      keyUsage: text(planned, 'key_usage'),
      enabled: flag(planned, 'enabled'),
      cancelPendingDeletion: flag(planned, 'cancel_pending_deletion'),
      tags: textMap(planned, 'tags'),
    },
    planned.tags === null && prior !== null && textMap(prior, 'tags') !== undefined,
  );
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
