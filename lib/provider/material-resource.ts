/** `byok_key_material`: translates between Terraform and the lifecycle of imported material. */
import { ByokError } from '../errors';
import { KmsError } from '../kms/kms-error';
import type { Notice } from '../lifecycle/context';
import { createMaterial } from '../lifecycle/create-material';
import { keyLost } from '../lifecycle/decide';
import type { Proof } from '../lifecycle/decision';
import type { MaterialOutcome } from '../lifecycle/material-request';
import { holdsMaterial, isAbsent, observeMaterial } from '../lifecycle/material-status';
import { provePublicKey } from '../lifecycle/prove-public-key';
import { reconcileMaterial } from '../lifecycle/reconcile-material';
import { privateKeyStays, refuseRemoval, removeMaterial } from '../lifecycle/remove-material';
import { formatInstant, parseExpirationTime, sameExpiration } from '../schema/expiration-time';
import { keyMaterialSchema } from '../schema/key-material';
import { isAsymmetric } from '../schema/kms';
import type { Context, PlanResult, ResourceDefinition, StateResult } from '../tfplugin/provider';
import { unknown, type Values } from '../tfplugin/value';
import { complete, isUnknown, text } from './attributes';
import { type Client, type ConnectedClient, isConnected, lifecycleContext, requireConnection, warnNotConnected } from './client';
import { describeForImport } from './import-state';
import { destroyPolicyOf, expirationOf, expirationText, isVerified, observationOf, rollingOf } from './material-config';
import { type AtHand, lookAtMaterial, type MaterialPlan, planCreate, planUpdate, unknownKey } from './material-plan';
import { requestOf } from './material-request';
import { validateMaterial } from './material-validate';
import { decodePrivateState, encodePrivateState, type MaterialMemory } from './private-state';
import { refuse, refuseFirst, warn } from './refuse';

const noPrivateState = new Uint8Array();
const nothingRemembered = { proof: undefined, ours: undefined };
const notPlanned = 'The material cannot be planned as declared';

export const keyMaterialResource = {
  schema: keyMaterialSchema,

  validate: validateMaterial,

  async read({ state, private: privateState }, client, context) {
    if (!isConnected(client)) {
      warnNotConnected(context);
      return { state, private: privateState };
    }
    const keyId = text(state, 'key_id') ?? '';
    const key = await client.reads.refreshKey(keyId, { signal: context.signal });
    const observation = observeMaterial(key, expirationOf(state), client.now(), rollingOf(state)?.renewBeforeMs);
    const moved =
      isAbsent(observation.status) || observation.status === 'expiring' || !sameExpiration(observation.expiration, expirationOf(state));
    const memory = decodePrivateState(privateState, state);
    // Asked once, on adoption: imported private keys cannot be replaced.
    const proof =
      memory.proof ?? (holdsMaterial(observation.status) ? await proofOnRefresh(client, keyId, key?.keySpec, context) : undefined);
    const fingerprint = text(state, 'fingerprint') ?? proof?.fingerprint ?? null;
    return {
      private: encodePrivateState({ proof, ours: memory.ours, permitted: [] }),
      state: {
        ...state,
        key_state: observation.keyState ?? text(state, 'key_state') ?? null,
        key_spec: observation.keySpec ?? text(state, 'key_spec') ?? null,
        material_status: observation.status,
        expiration_time: expirationText(state.expiration_time, observation.expiration),
        fingerprint,
        fingerprint_verified: isVerified(proof, fingerprint),
        // Null, so that the plan shows the reason even when it reads like the last one.
        import_reason: moved ? null : (state.import_reason ?? null),
      },
    };
  },

  async plan({ prior, proposed, config, priorPrivate }, client, context) {
    if (proposed === null || config === null) {
      planDestroy(prior ?? {}, context);
      return { planned: null, requiresReplace: [], private: priorPrivate };
    }
    const now = client.now();
    const lost = prior !== null && text(prior, 'material_status') === 'key_not_found';
    const otherKey = prior !== null && (isUnknown(config, 'key_id') || config.key_id !== prior.key_id);
    // Of another key nothing is known, its spec neither.
    const atHand = await lookAtMaterial(config, lost || otherKey ? null : prior, { env: client.env, signal: context.signal });
    if (prior === null) {
      const say = isUnknown(config, 'key_id') ? refuseFirst : refuse;
      return finishPlan(planCreate(proposed, config, atHand, now), nothingRemembered, [], client, context, say);
    }
    const memory = decodePrivateState(priorPrivate, prior);
    if (otherKey || lost) {
      planDestroy(prior, context);
      warn(context, lost ? [keyLost] : []);
      const replacement = planCreate(proposed, config, atHand, now);
      const refusals = isUnknown(config, 'key_id') ? [refuseUnsureReplacement(prior, memory.proof, atHand)] : [];
      const plan = { ...replacement, refusals: [...replacement.refusals, ...refusals.filter((refusal) => refusal !== undefined)] };
      return finishPlan(plan, memory, [otherKey ? 'key_id' : 'material_status'], client, context);
    }
    return finishPlan(planUpdate(prior, proposed, config, memory, atHand, now), memory, [], client, context);
  },

  async apply({ prior, planned, config, plannedPrivate }, unconnected, context) {
    const client = requireConnection(unconnected);
    if (planned === null || config === null) {
      const state = prior ?? {};
      const { successorFor } = decodePrivateState(plannedPrivate, prior);
      if (destroyPolicyOf(state) === 'delete_material' && mayBe(successorFor, text(state, 'key_id'))) {
        warn(context, [staysForSuccessor(text(state, 'key_id') ?? '')]);
        return { state: null, private: noPrivateState };
      }
      warn(
        context,
        await removeMaterial(lifecycleContext(client, context, 'delete', state), text(state, 'key_id') ?? '', destroyPolicyOf(state)),
      );
      return { state: null, private: noPrivateState };
    }
    const memory = decodePrivateState(plannedPrivate, prior);
    const request = requestOf(prior, planned, config, { env: client.env, signal: context.signal, mayRunCommands: true }, memory);
    if (prior === null) {
      const outcome = await createMaterial(lifecycleContext(client, context, 'create', planned), request);
      return finishApply(prior, planned, outcome, outcome.importedAt !== undefined, context);
    }
    const outcome = await reconcileMaterial(lifecycleContext(client, context, 'update', planned), request);
    refuseHalfDone(planned, outcome);
    return finishApply(prior, planned, outcome, memory.ours, context);
  },

  async importState({ id }, client, context) {
    const key = await describeForImport(requireConnection(client), id, context);
    const empty = [...Object.keys(keyMaterialSchema.attributes), ...Object.keys(keyMaterialSchema.blocks)].map((name) => [name, null]);
    return {
      state: { ...Object.fromEntries(empty), id: key.keyId, key_id: key.keyId },
      private: encodePrivateState({ proof: undefined, ours: false, permitted: [] }),
    };
  },
} as const satisfies ResourceDefinition<Client>;

/** Apply may do fewer steps than were planned, but then the state must not say that they were done. */
function refuseHalfDone(planned: Values, { importedAt, observation, notices }: MaterialOutcome): void {
  const declared = text(planned, 'expiration_time');
  if (importedAt === undefined && declared !== undefined && isUnknown(planned, 'imported_at')) {
    if (!sameExpiration(parseExpirationTime(declared), observation.expiration)) {
      const why = notices.map(({ summary, detail }) => `${summary}. ${detail}`).join(' ');
      throw new ByokError('ERR_CHANGED_SINCE_PLAN', `the key changed since this plan, and nothing was done: ${why} Plan again`, {
        attribute: 'key_id',
      });
    }
  }
}

/** A get-publickey that is refused, as for want of a permission, costs the proof and not the refresh. */
async function proofOnRefresh(
  { kms }: ConnectedClient,
  keyId: string,
  keySpec: string | undefined,
  context: Context,
): Promise<Proof | undefined> {
  try {
    return await provePublicKey({ kms, signal: context.signal }, keyId, keySpec, undefined);
  } catch (error) {
    if (!(error instanceof KmsError)) {
      throw error;
    }
    context.diagnostics.warning(
      'The private key is not proven',
      `The public key of key ${keyId} was not answered: ${error.message}.`,
      'fingerprint',
    );
    return undefined;
  }
}

function finishPlan(
  plan: MaterialPlan,
  memory: Partial<MaterialMemory>,
  requiresReplace: readonly string[],
  client: Client,
  context: Context,
  say = refuse,
): PlanResult {
  for (const refusal of plan.refusals) {
    say(context, client, notPlanned, refusal);
  }
  warn(context, plan.notices);
  return {
    planned: plan.planned,
    requiresReplace,
    private: encodePrivateState({
      proof: memory.proof,
      ours: memory.ours,
      permitted: plan.permitted,
      successorFor: plan.successorFor,
    }),
  };
}

/** Also called for the destroy leg of a replacement, which has no plan call of its own. */
function planDestroy(prior: Values, context: Context): void {
  const keyId = text(prior, 'key_id') ?? '';
  const policy = destroyPolicyOf(prior);
  if (policy === 'retain' || !holdsMaterial(observationOf(prior).status)) {
    return;
  }
  if (policy === 'refuse') {
    context.diagnostics.thrown('The material is protected', refuseRemoval(keyId));
  } else if (isAsymmetric(text(prior, 'key_spec') ?? '')) {
    warn(context, [privateKeyStays(keyId)]);
  } else {
    context.diagnostics.warning(
      'The key material will be deleted',
      `Key ${keyId} stops encrypting and decrypting at once, and for every service that uses it: pending_days of the key is no grace period here. Only importing the very same material brings it back.`,
    );
  }
}

/** The destroy leg of a replacement comes first, and nothing has verified the way back: for the same key the material stays, and is adopted. */
function mayBe(successorFor: string | undefined, keyId: string | undefined): boolean {
  return successorFor === unknownKey || (successorFor !== undefined && successorFor === keyId);
}

function staysForSuccessor(keyId: string): Notice {
  return {
    summary: 'The material was not deleted',
    detail: `This replaces the material of key ${keyId}, by what was known when it was planned for the very same key: it stays there, and what comes next adopts it.`,
    attribute: 'on_destroy',
  };
}

/** A key id that is not known yet may turn out to be the same: the material would be deleted, and must then be there to come back. */
function refuseUnsureReplacement(prior: Values, proof: Proof | undefined, atHand: AtHand): ByokError | undefined {
  const deletes =
    destroyPolicyOf(prior) === 'delete_material' &&
    holdsMaterial(observationOf(prior).status) &&
    !isAsymmetric(text(prior, 'key_spec') ?? '');
  const sure = proof !== undefined && atHand.fingerprint === proof.fingerprint;
  return deletes && !sure
    ? new ByokError(
        'ERR_REFUSED',
        'key_id is only known after apply, so this may replace the material of the very same key: on_destroy = "delete_material" would delete it, and the same material is not at hand to be imported again; provide it, or set on_destroy to "retain" and apply that first',
        { attribute: 'key_id' },
      )
    : undefined;
}

function finishApply(prior: Values | null, planned: Values, outcome: MaterialOutcome, ours: boolean, context: Context): StateResult {
  const { observation, proof, importedAt, reason, notices } = outcome;
  warn(context, notices);
  const fingerprint = planned.fingerprint === unknown ? (proof?.fingerprint ?? null) : (planned.fingerprint ?? null);
  const state = complete(planned, {
    id: planned.key_id ?? null,
    key_state: observation.keyState ?? null,
    key_spec: observation.keySpec ?? prior?.key_spec ?? null,
    material_status: observation.status,
    import_reason: reason ?? prior?.import_reason ?? null,
    expiration_time: expirationText(prior?.expiration_time, observation.expiration),
    fingerprint,
    fingerprint_verified: isVerified(proof, fingerprint),
    imported_at: importedAt === undefined ? (prior?.imported_at ?? null) : formatInstant(importedAt),
  });
  return { state, private: encodePrivateState({ proof, ours, permitted: [] }) };
}
