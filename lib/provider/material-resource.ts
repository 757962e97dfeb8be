/** `byok_key_material`: translates between Terraform and the lifecycle of imported material. */
import { ByokError } from '../errors';
import { KmsError } from '../kms/kms-error';
import type { KeyDetail } from '../kms/model';
import type { LifecycleContext, Notice } from '../lifecycle/context';
import { createMaterial } from '../lifecycle/create-material';
import type { Proof } from '../lifecycle/decision';
import { adoptedNotice } from '../lifecycle/import-and-prove';
import type { MaterialOutcome, MaterialRequest } from '../lifecycle/material-request';
import { holdsMaterial, isAbsent, type MaterialObservation, observeMaterial } from '../lifecycle/material-status';
import { provePublicKey } from '../lifecycle/prove-public-key';
import { reconcileMaterial } from '../lifecycle/reconcile-material';
import { keyNotFound, requireExternalKey } from '../lifecycle/require-external-key';
import { formatInstant, parseExpirationTime, sameExpiration } from '../schema/expiration-time';
import { keyMaterialSchema } from '../schema/key-material';
import { hasMaterial } from '../schema/kms';
import type { AttributeSchema } from '../schema/model';
import type { Context, PlanResult, ResourceDefinition, StateResult } from '../tfplugin/provider';
import { unknown, type Values } from '../tfplugin/value';
import { complete, isUnknown, text } from './attributes';
import { type Client, type ConnectedClient, isConnected, lifecycleContext, requireConnection, warnNotConnected } from './client';
import { describeForImport } from './import-state';
import { declaredOf, expirationOf, expirationText, isVerified, rollingOf } from './material-config';
import { destroyMaterial, planDestroy, refuseEmptied, refuseSecond, refuseUnrestorable } from './material-destroy';
import { planCreate } from './material-first-plan';
import { lookAtMaterial, type MaterialPlan, nothingAtHand, planUpdate, unknownKey } from './material-plan';
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
    const emptied = client.run.material.found(keyId);
    const observation = observeMaterial(key, expirationOf(state), client.now(), rollingOf(state)?.renewBeforeMs);
    const moved =
      isAbsent(observation.status) || observation.status === 'expiring' || !sameExpiration(observation.expiration, expirationOf(state));
    const memory = decodePrivateState(privateState, state);
    // Asked once, on adoption: imported private keys cannot be replaced.
    const proof =
      memory.proof ?? (holdsMaterial(observation.status) ? await proofOnRefresh(client, keyId, key?.keySpec, context) : undefined);
    const fingerprint = text(state, 'fingerprint') ?? proof?.fingerprint ?? null;
    return {
      private: encodePrivateState({
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
        // Null, so that the plan shows the reason even when it reads like the last one.
        import_reason: moved ? null : (state.import_reason ?? null),
      },
    };
  },

  async plan({ prior, proposed, config, priorPrivate }, client, context) {
    const { run } = client;
    const memory = decodePrivateState(priorPrivate, prior);
    if (proposed === null || config === null) {
      const successorFor = await planDestroy(prior ?? {}, [], client, context);
      return { planned: null, requiresReplace: [], private: encodePrivateState({ ...memory, successorFor }) };
    }
    if (prior === null) {
      return planNewMaterial(proposed, config, client, context);
    }
    const keyId = text(prior, 'key_id') ?? '';
    run.remember(keyId, memory);
    const now = client.now();
    const opening = { env: client.env, signal: context.signal };
    const lost = text(prior, 'material_status') === 'key_not_found';
    const otherKey = isUnknown(config, 'key_id') || config.key_id !== prior.key_id;
    if (otherKey || lost) {
      const successorFor = await planDestroy(prior, [text(config, 'key_id') ?? unknownKey], client, context);
      run.declareReplaced(declarationOf(config), memory);
      if (lost) {
        sayLost(keyId, config, client, context);
      } else if (isUnknown(config, 'key_id') && mayChangeExpiration(prior, config)) {
        warn(context, [mayBeInterrupted(keyId)]);
      }
      // Thrown away by Terraform, which plans the new object next.
      const nothingKnown = { key: undefined, before: memory, isKept: false, shown: undefined, mayHoldMaterial: true };
      const { planned } = planCreate(proposed, config, nothingAtHand, nothingKnown, now);
      return {
        planned,
        requiresReplace: [otherKey ? 'key_id' : 'material_status'],
        private: encodePrivateState({ ...memory, permitted: [], successorFor }),
      };
    }
    const atHand = await lookAtMaterial(config, text(prior, 'key_spec'), false, opening);
    if (run.material.keep(keyId) && !memory.emptied) {
      refuse(context, client, notPlanned, refuseEmptied(keyId));
    } else if (memory.emptied && atHand.fingerprint === undefined) {
      refuse(context, client, notPlanned, refuseUnrestorable(keyId));
    }
    const circumstances = { now, rescued: run.isRescued(keyId), knownDisabled: run.hasKey(keyId) };
    return finishPlan(planUpdate(prior, proposed, config, memory, atHand, circumstances), config, memory, [], client, context);
  },

  async apply({ prior, planned, config, plannedPrivate }, unconnected, context) {
    const client = requireConnection(unconnected);
    const { run } = client;
    if (planned === null || config === null) {
      await destroyMaterial(prior ?? {}, decodePrivateState(plannedPrivate, prior), client, context);
      return { state: null, private: noPrivateState };
    }
    const opening = { env: client.env, signal: context.signal, mayRunCommands: true };
    const memory = decodePrivateState(plannedPrivate, prior);
    const keyId = text(planned, 'key_id') ?? '';
    await run.material.take(keyId, !run.isMade(keyId));
    if (prior === null) {
      const before = run.recall(keyId);
      const lifecycle = lifecycleContext(client, context, 'create', planned);
      const outcome =
        before?.proof === undefined
          ? await createMaterial(lifecycle, {
              ...requestOf(prior, planned, config, opening, memory),
              first: memory.permitted.length === 0 ? 'adopt' : 'import',
            })
          : await takeUp(lifecycle, requestOf(prior, planned, config, opening, { ...memory, ...before }));
      refuseHalfDone(planned, outcome);
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

/** The key is asked as it is, if it is known: so the plan says what apply will do, and refuses what it would refuse. */
async function planNewMaterial(proposed: Values, config: Values, client: Client, context: Context): Promise<PlanResult> {
  const { run } = client;
  const keyId = text(config, 'key_id');
  const predecessor = run.predecessorOf(declarationOf(config));
  const isKept = keyId !== undefined && run.material.isKept(keyId);
  if (keyId !== undefined) {
    if (run.material.isAnnounced(keyId)) {
      refuse(context, client, notPlanned, refuseSecond(keyId));
    } else if (run.material.announce(keyId)) {
      refuse(context, client, notPlanned, refuseEmptied(keyId));
    }
  }
  const looks = keyId !== undefined && !run.isMade(keyId) && isConnected(client) && !client.destroying();
  const say = keyId === undefined ? refuseFirst : refuse;
  const found = looks ? await tryDescribe(keyId, client, context) : undefined;
  // What it holds shows once its deletion is taken back.
  const isRescued = found?.keyState === '4' && run.isRescued(found.keyId);
  const key = isRescued ? undefined : found;
  const shown =
    key !== undefined && hasMaterial(key.keyState)
      ? await proofOnRefresh(client as ConnectedClient, key.keyId, key.keySpec, context)
      : undefined;
  const atHand = await lookAtMaterial(config, key?.keySpec, true, { env: client.env, signal: context.signal });
  const before = keyId === undefined ? predecessor : run.recall(keyId);
  const known = { key, before, isKept, shown, mayHoldMaterial: predecessor !== undefined || isRescued };
  const plan = planCreate(proposed, config, atHand, known, client.now());
  const successorFor = [...(plan.successorFor ?? []), ...run.material.staying];
  return finishPlan({ ...plan, successorFor }, config, before ?? nothingRemembered, [], client, context, say);
}

async function tryDescribe(keyId: string, client: ConnectedClient, context: Context): Promise<KeyDetail | undefined> {
  try {
    return requireExternalKey(keyId, await client.reads.refreshKey(keyId, { signal: context.signal }), client.kms.place, 'key_id');
  } catch (error) {
    refuse(context, client, notPlanned, error);
    return undefined;
  }
}

/** Material that is protected is not given up for a key that may only be in another place. */
function sayLost(keyId: string, config: Values, client: Client, context: Context): void {
  const { summary, detail } = keyNotFound(keyId, isConnected(client) ? client.kms.place : 'this provider block');
  if (text(config, 'on_destroy') === 'refuse') {
    const message = `${detail.replace(/\.$/, '')}; on_destroy of its material is "refuse", so nothing is made in its place: once you are sure that the key is gone, set on_destroy = "retain"`;
    refuse(context, client, summary, new ByokError('ERR_REFUSED', message, { attribute: 'key_id' }));
  } else {
    warn(context, [{ summary, detail, attribute: 'key_id' }]);
  }
}

/** What tells the two plan calls of a replacement apart from those of other objects. Write-only values may be another one in each. */
function declarationOf(config: Values): string {
  const written = Object.entries(keyMaterialSchema.attributes as Readonly<Record<string, AttributeSchema>>).filter(
    ([, { writeOnly }]) => writeOnly !== true,
  );
  return JSON.stringify(written.map(([name]) => (isUnknown(config, name) ? { unknown: true } : (config[name] ?? null))));
}

function mayChangeExpiration(prior: Values, config: Values): boolean {
  const declared = text(config, 'expiration_time');
  return declared !== undefined && !sameExpiration(parseExpirationTime(declared), expirationOf(prior));
}

function mayBeInterrupted(keyId: string): Notice {
  return {
    summary: 'The key is only known after apply',
    detail: `Should it be key ${keyId} again, the change of expiration_time means that the same material is deleted and imported again, with a short outage.`,
    attribute: 'key_id',
  };
}

/** Of a key whose material was proven by the object that this one comes after. */
async function takeUp(lifecycle: LifecycleContext, request: MaterialRequest): Promise<MaterialOutcome> {
  const outcome = await reconcileMaterial(lifecycle, request);
  const adopted = outcome.importedAt === undefined ? [adoptedNotice(request.keyId, 'proof from before')] : [];
  return { ...outcome, notices: [...outcome.notices, ...adopted] };
}

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
    if (!sameExpiration(parseExpirationTime(declared), observation.expiration) || isAbsent(observation.status)) {
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
  config: Values,
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
      declared: declaredOf(config),
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
