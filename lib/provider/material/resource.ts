/** `byok_key_material`: translates between Terraform and the lifecycle of imported material. */

import { ByokError } from '../../errors';
import type { LifecycleContext } from '../../lifecycle/context';
import { createMaterial } from '../../lifecycle/create-material';
import { adoptedNotice } from '../../lifecycle/import-and-prove';
import type { MaterialOutcome, ReconcileRequest } from '../../lifecycle/material-request';
import {
  holdsMaterial,
  isAbsent,
  type MaterialObservation,
  observeMaterial,
} from '../../lifecycle/material-status';
import { reconcileMaterial } from '../../lifecycle/reconcile-material';
import { keyMaterialSchema } from '../../schema/key-material';
import {
  formatExpirationTime,
  formatInstant,
  parseExpirationTime,
  sameExpiration,
} from '../../terms/expiration-time';
import { keyStates } from '../../terms/kms';
import type { Context, ResourceDefinition, StateResult } from '../../tfplugin/provider';
import { unknown, type Values } from '../../tfplugin/values/value';
import { complete, isUnknown, text } from '../attributes';
import {
  type Client,
  type ConnectedClient,
  inTime,
  isConnected,
  lifecycleContext,
  requireConnection,
  warnNotConnected,
} from '../client';
import { describeForImport } from '../import-state';
import { requireMovedKey } from '../vendor-state';
import { warn } from '../warn';
import { wording } from '../wording';
import { destroyPolicyOf, expirationOf, expirationText, isVerified, rollingOf } from './config';
import { destroyMaterial } from './destroy';
import { decodeMaterialMemory, encodeMaterialMemory, type KnownMaterial } from './memory';
import { emptyMaterialState, movedMaterial } from './moved';
import { planMaterial } from './planning';
import { proofOnRefresh } from './proof-on-refresh';
import { requestOf } from './request';
import { excludedIn, validateMaterial } from './validate';

const noPrivateState = new Uint8Array();

export const keyMaterialResource = {
  schema: keyMaterialSchema,

  validate: validateMaterial,

  async read({ state, private: privateState }, client, context) {
    if (!isConnected(client)) {
      warnNotConnected(context);
      return { state, private: privateState };
    }
    client.run.hasRead = true;
    const timed = inTime(context, 'read', state);
    const keyId = text(state, 'key_id') ?? '';
    const key = await client.reads.refreshKey(keyId, { signal: timed.signal });
    const memory = decodeMaterialMemory(privateState, state);
    if (memory.moved !== undefined) {
      requireMovedKey(keyId, key, memory.moved, client.kms.place);
    }
    const emptied = client.run.material.found(keyId);
    const observation = observeMaterial(
      key,
      expirationOf(state),
      client.now(),
      rollingOf(state)?.renewBeforeMs,
    );
    if (destroyPolicyOf(state) === 'refuse') {
      client.run.declareProtected(keyId, observation.status === 'key_not_found');
    }
    const moved =
      isAbsent(observation.status) ||
      observation.status === 'expiring' ||
      !sameExpiration(observation.expiration, expirationOf(state));
    client.run.remember(keyId, memory);
    // Asked once, on adoption: imported private keys cannot be replaced.
    const proof =
      memory.proof ??
      (holdsMaterial(observation.status)
        ? await proofOnRefresh(client, keyId, key?.keySpec, timed)
        : undefined);
    const fingerprint = text(state, 'fingerprint') ?? proof?.fingerprint ?? null;
    return {
      private: encodeMaterialMemory({
        proof,
        ours: memory.ours,
        disabled: isDisabled(observation, state, memory, client),
        emptied,
        permitted: [],
      }),
      state: {
        ...state,
        key_state: observation.keyState ?? text(state, 'key_state') ?? null,
        key_spec: observation.keySpec ?? text(state, 'key_spec') ?? null,
        material_status: observation.status,
        expiration_time: expirationText(state.expiration_time, observation.expiration),
        fingerprint,
        fingerprint_verified: isVerified(proof, fingerprint),
        // Null, so that the plan shows the reason even if it reads like the last one.
        import_reason: moved ? null : (state.import_reason ?? null),
      },
    };
  },

  plan: planMaterial,

  async apply({ prior, planned, config, plannedPrivate }, unconnected, context) {
    const client = requireConnection(unconnected);
    const { run } = client;
    const memory = decodeMaterialMemory(plannedPrivate, prior);
    if (memory.refused !== undefined) {
      throw memory.refused;
    }
    if (planned === null || config === null) {
      await destroyMaterial(prior ?? {}, memory, client, context);
      return { state: null, private: noPrivateState };
    }
    const excluded = excludedIn(config);
    if (excluded !== undefined) {
      throw excluded;
    }
    const operation = prior === null ? 'create' : 'update';
    const lifecycle = lifecycleContext(client, context, operation, planned);
    const { signal } = lifecycle;
    const opening = { env: client.env, signal, mayRunCommands: true } as const;
    const keyId = text(planned, 'key_id') ?? '';
    await run.material.take(keyId, !run.isMade(keyId));
    if (prior === null) {
      const request = requestOf(prior, planned, config, opening, {
        ...memory,
        ...run.recall(keyId),
        ours: false,
      });
      const first = memory.permitted.length === 0 ? 'adopt' : 'import';
      const outcome =
        request.proof === undefined
          ? await createMaterial(lifecycle, { ...request, made: run.made(keyId), first })
          : await adoptProven(lifecycle, request);
      refuseHalfDone(planned, outcome);
      return finishApply(prior, planned, outcome, outcome.importedAt !== undefined, context);
    }
    const request = requestOf(prior, planned, config, opening, memory);
    const outcome = await reconcileMaterial(lifecycle, request);
    refuseHalfDone(planned, outcome);
    return finishApply(prior, planned, outcome, memory.ours, context);
  },

  move: movedMaterial,

  async importState({ id }, client, context) {
    const key = await describeForImport(requireConnection(client), id, context);
    return {
      state: { ...emptyMaterialState(), id: key.keyId, key_id: key.keyId },
      private: encodeMaterialMemory({
        proof: undefined,
        ours: false,
        disabled: false,
        permitted: [],
      }),
    };
  },
} as const satisfies ResourceDefinition<Client>;

/** For a key whose material the object before this one had proven. */
async function adoptProven(
  lifecycle: LifecycleContext,
  request: ReconcileRequest,
): Promise<MaterialOutcome> {
  const outcome = await reconcileMaterial(lifecycle, request);
  const adopted =
    outcome.importedAt === undefined
      ? [adoptedNotice(request.keyId, outcome.observation.expiration, 'proof from before', wording)]
      : [];
  return { ...outcome, notices: [...outcome.notices, ...adopted] };
}

/**
 * Whether the key is disabled, or was when it was last seen with material: an import would enable
 * it.
 */
function isDisabled(
  { status }: MaterialObservation,
  state: Values,
  memory: KnownMaterial,
  { run }: ConnectedClient,
): boolean {
  if (holdsMaterial(status)) {
    return status === 'key_disabled';
  }
  return run.declaredEnabled(text(state, 'key_id') ?? '') === undefined
    ? memory.disabled || text(state, 'key_state') === keyStates.disabled
    : run.declaredEnabled(text(state, 'key_id') ?? '') === false;
}

/**
 * Apply may do fewer steps than planned, or find another key than the plan did. Then the state must
 * not claim an expiry that the key does not have, nor an import if nothing proves that the key
 * holds the same material.
 */
function refuseHalfDone(
  planned: Values,
  { importedAt, observation, proof, notices }: MaterialOutcome,
): void {
  if (importedAt !== undefined) {
    return;
  }
  const isImportPlanned = isUnknown(planned, 'imported_at');
  const expiration = text(planned, 'expiration_time');
  const isOther =
    expiration !== undefined &&
    !sameExpiration(parseExpirationTime(expiration, wording), observation.expiration);
  if (isImportPlanned && (isOther || (expiration !== undefined && isAbsent(observation.status)))) {
    throw changedSincePlan(
      `, and nothing was done: ${notices.map(({ summary, detail }) => `${summary}. ${detail}`).join(' ')} Plan again`,
    );
  }
  if (isOther) {
    throw changedSincePlan(
      `: its material expires ${formatExpirationTime(observation.expiration)}, not ${expiration}; nothing was done, plan again`,
    );
  }
  if (
    isImportPlanned &&
    proof === undefined &&
    text(planned, 'import_reason') !== undefined &&
    holdsMaterial(observation.status)
  ) {
    const how =
      'it holds material that another writer imported at the same time, and nothing proves that it is the same';
    throw changedSincePlan(`: ${how}; your material was not imported, plan again`);
  }
}

function changedSincePlan(how: string): ByokError {
  return new ByokError('ERR_CHANGED_SINCE_PLAN', `the key changed since this plan${how}`, {
    attribute: 'key_id',
  });
}

function finishApply(
  prior: Values | null,
  planned: Values,
  outcome: MaterialOutcome,
  ours: boolean,
  context: Context,
): StateResult {
  const { observation, proof, importedAt, reason, notices } = outcome;
  warn(context, notices);
  const fingerprint =
    planned.fingerprint === unknown ? (proof?.fingerprint ?? null) : (planned.fingerprint ?? null);
  const state = complete(planned, {
    id: planned.key_id ?? null,
    key_state: observation.keyState ?? null,
    key_spec: observation.keySpec ?? prior?.key_spec ?? null,
    material_status: observation.status,
    import_reason: reason ?? prior?.import_reason ?? null,
    expiration_time: expirationText(prior?.expiration_time, observation.expiration),
    fingerprint,
    fingerprint_verified: isVerified(proof, fingerprint),
    imported_at:
      importedAt === undefined ? (prior?.imported_at ?? null) : formatInstant(importedAt),
  });
  const disabled = observation.status === 'key_disabled';
  return { state, private: encodeMaterialMemory({ proof, ours, disabled, permitted: [] }) };
}
