/** `byok_key_material`: translates between Terraform and the lifecycle of imported material. */
import { ByokError } from '../errors';
import { KmsError } from '../kms/kms-error';
import { createMaterial } from '../lifecycle/create-material';
import { keyLost } from '../lifecycle/decide';
import type { Proof } from '../lifecycle/decision';
import type { MaterialOutcome } from '../lifecycle/material-request';
import { holdsMaterial, isAbsent, type MaterialObservation, observeMaterial } from '../lifecycle/material-status';
import { provePublicKey } from '../lifecycle/prove-public-key';
import { reconcileMaterial } from '../lifecycle/reconcile-material';
import { formatInstant, parseExpirationTime, sameExpiration } from '../schema/expiration-time';
import { keyMaterialSchema } from '../schema/key-material';
import type { Context, PlanResult, ResourceDefinition, StateResult } from '../tfplugin/provider';
import { unknown, type Values } from '../tfplugin/value';
import { complete, isUnknown, text } from './attributes';
import { type Client, type ConnectedClient, isConnected, lifecycleContext, requireConnection, warnNotConnected } from './client';
import { describeForImport } from './import-state';
import { expirationOf, expirationText, isVerified, rollingOf } from './material-config';
import { destroyMaterial, planDestroy, refuseEmptied } from './material-destroy';
import { lookAtMaterial, type MaterialPlan, planCreate, planUpdate } from './material-plan';
import { requestOf } from './material-request';
import { validateMaterial } from './material-validate';
import { decodePrivateState, encodePrivateState, type MaterialMemory } from './private-state';
import { refuse, refuseFirst, warn } from './refuse';

const noPrivateState = new Uint8Array();
const nothingRemembered = { proof: undefined, ours: undefined, disabled: false };
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
      private: encodePrivateState({ proof, ours: memory.ours, disabled: isDisabled(observation, state, memory, client), permitted: [] }),
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
      const successorFor = planDestroy(prior ?? {}, [], client, context);
      return {
        planned: null,
        requiresReplace: [],
        private: encodePrivateState({ ...decodePrivateState(priorPrivate, prior), successorFor }),
      };
    }
    const now = client.now();
    const lost = prior !== null && text(prior, 'material_status') === 'key_not_found';
    const otherKey = prior !== null && (isUnknown(config, 'key_id') || config.key_id !== prior.key_id);
    // Of another key nothing is known, its spec neither.
    const atHand = await lookAtMaterial(config, lost || otherKey ? null : prior, { env: client.env, signal: context.signal });
    const keyId = text(config, 'key_id');
    if (keyId !== undefined && client.run.planKept(keyId) && atHand.fingerprint === undefined) {
      refuse(context, client, notPlanned, refuseEmptied(keyId));
    }
    if (prior === null) {
      const say = isUnknown(config, 'key_id') ? refuseFirst : refuse;
      return finishPlan(planCreate(proposed, config, atHand, now), nothingRemembered, [], client, context, say);
    }
    const memory = decodePrivateState(priorPrivate, prior);
    if (otherKey || lost) {
      const replacement = planCreate(proposed, config, atHand, now);
      const successorFor = planDestroy(prior, replacement.successorFor ?? [], client, context);
      warn(context, lost ? [keyLost] : []);
      return finishPlan({ ...replacement, successorFor }, memory, [otherKey ? 'key_id' : 'material_status'], client, context);
    }
    return finishPlan(planUpdate(prior, proposed, config, memory, atHand, now), memory, [], client, context);
  },

  async apply({ prior, planned, config, plannedPrivate }, unconnected, context) {
    const client = requireConnection(unconnected);
    if (planned === null || config === null) {
      await destroyMaterial(prior ?? {}, decodePrivateState(plannedPrivate, prior), client, context);
      return { state: null, private: noPrivateState };
    }
    const opening = { env: client.env, signal: context.signal, mayRunCommands: true };
    const memory = decodePrivateState(plannedPrivate, prior);
    if (prior === null) {
      const keyId = text(planned, 'key_id') ?? '';
      await client.run.material.take(keyId);
      const before = client.run.recall(keyId);
      const request = requestOf(prior, planned, config, opening, { ...memory, proof: before?.proof });
      const outcome = await createMaterial(lifecycleContext(client, context, 'create', planned), request);
      return finishApply(prior, planned, outcome, before?.ours === true || outcome.importedAt !== undefined, context);
    }
    const request = requestOf(prior, planned, config, opening, memory);
    const outcome = await reconcileMaterial(lifecycleContext(client, context, 'update', planned), request);
    refuseHalfDone(planned, outcome);
    return finishApply(prior, planned, outcome, memory.ours, context);
  },

  async importState({ id }, client, context) {
    const key = await describeForImport(requireConnection(client), id, context);
    const empty = [...Object.keys(keyMaterialSchema.attributes), ...Object.keys(keyMaterialSchema.blocks)].map((name) => [name, null]);
    return {
      state: { ...Object.fromEntries(empty), id: key.keyId, key_id: key.keyId },
      private: encodePrivateState({ proof: undefined, ours: false, disabled: false, permitted: [] }),
    };
  },
} as const satisfies ResourceDefinition<Client>;

/** Whether the key is disabled, or was when it was last seen with material: an import would enable it. */
function isDisabled({ status }: MaterialObservation, state: Values, memory: MaterialMemory, { run }: ConnectedClient): boolean {
  if (holdsMaterial(status)) {
    return status === 'key_disabled';
  }
  return run.declaredEnabled(text(state, 'key_id') ?? '') === undefined
    ? memory.disabled || text(state, 'key_state') === '3'
    : run.declaredEnabled(text(state, 'key_id') ?? '') === false;
}

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
      disabled: memory.disabled ?? false,
      permitted: plan.permitted,
      successorFor: plan.successorFor,
    }),
  };
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
  const disabled = observation.status === 'key_disabled';
  return { state, private: encodePrivateState({ proof, ours, disabled, permitted: [] }) };
}
