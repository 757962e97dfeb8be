/**
 * The plan of `byok_key_material`: gathers what is known of the key and of the run, and passes it
 * to the functions that decide.
 */
import type { ByokError } from '../../errors';
import { holdsMaterial } from '../../lifecycle/material-status';
import type { Context, PlanRequest, PlanResult, PrivateState } from '../../tfplugin/provider';
import type { Values } from '../../tfplugin/values/value';
import { sameFingerprint } from '../../wrap/fingerprint';
import { isUnknown, text } from '../attributes';
import type { Client } from '../client';
import { refuse, refuseFirst } from '../refuse';
import { warn } from '../warn';
import { type AtHand, lookAtMaterial, nothingAtHand } from './at-hand';
import { destroyPolicyOf, observationOf } from './config';
import { keepForAnother, planDestroy, refuseEmptied, refuseUnrestorable } from './destroy';
import { finishPlan, nothingRemembered, withRefusals } from './finish-plan';
import { planCreate } from './first-plan';
import { planNewMaterial } from './first-planning';
import { decodeMaterialMemory, encodeMaterialMemory, type MaterialMemory } from './memory';
import { planUpdate, unknownKey } from './plan';
import { declarationOf, mayBeInterrupted, mayChangeExpiration, sayLost } from './replacement';
import { malformedIn } from './validate';

export async function planMaterial(
  { prior, proposed, config, priorPrivate }: PlanRequest,
  client: Client,
  context: Context,
): Promise<PlanResult> {
  const { run } = client;
  const memory = memoryOfPlan(priorPrivate, prior, client);
  if (proposed === null || config === null) {
    run.remember(text(prior ?? {}, 'key_id') ?? '', memory);
    run.material.come(text(prior ?? {}, 'key_id') ?? '');
    const successorFor = await planDestroy(prior ?? {}, [], client, context);
    return {
      planned: null,
      requiresReplace: [],
      private: encodeMaterialMemory({ ...memory, successorFor, refused: undefined }),
    };
  }
  const malformed = malformedIn(config);
  if (malformed !== undefined) {
    const nothing = { planned: proposed, permitted: [], refusals: [malformed], notices: [] };
    return finishPlan(
      nothing,
      config,
      nothingRemembered,
      client,
      context,
      prior === null ? refuseFirst : refuse,
    );
  }
  if (prior === null) {
    return planNewMaterial(proposed, config, client, context);
  }
  const keyId = text(prior, 'key_id') ?? '';
  run.remember(keyId, memory);
  run.material.come(keyId);
  const now = client.now();
  const opening = { env: client.env, signal: context.signal };
  const lost = text(prior, 'material_status') === 'key_not_found';
  const otherKey = isUnknown(config, 'key_id') || config.key_id !== prior.key_id;
  if (otherKey || lost) {
    const successorFor = await planDestroy(
      prior,
      [text(config, 'key_id') ?? unknownKey],
      client,
      context,
    );
    run.declareReplaced(declarationOf(config), memory);
    if (lost) {
      sayLost(keyId, config, client, context);
    } else if (isUnknown(config, 'key_id') && mayChangeExpiration(prior, config)) {
      warn(context, [mayBeInterrupted(keyId)]);
    }
    // Terraform discards this and plans the new object next.
    const nothingKnown = {
      key: undefined,
      before: memory,
      isKept: false,
      shown: undefined,
      mayHoldMaterial: true,
    };
    const { planned } = planCreate(proposed, config, nothingAtHand, nothingKnown, now);
    return {
      planned,
      requiresReplace: [otherKey ? 'key_id' : 'material_status'],
      private: encodeMaterialMemory({ ...memory, permitted: [], successorFor }),
    };
  }
  const atHand = await lookAtMaterial(config, text(prior, 'key_spec'), false, opening);
  if (destroyPolicyOf(prior) === 'refuse') {
    run.declareProtected(keyId);
  }
  const ends = run.material.keep(keyId) || memory.emptied;
  const refusal =
    ends && !keepForAnother(keyId, client, context)
      ? refuseLoss(keyId, memory, atHand, client)
      : undefined;
  const emptied = memory.emptied && client.appliesAtOnce?.() !== true;
  const circumstances = {
    now,
    rescued: run.isRescued(keyId),
    disables: run.declaredEnabled(keyId) === false,
    knownDisabled: run.hasKey(keyId),
    isAgain: !run.hasRead,
  };
  const plan = planUpdate(prior, proposed, config, { ...memory, emptied }, atHand, circumstances);
  return finishPlan(withRefusals(plan, refusal), config, memory, client, context);
}

/**
 * If the same run disables the key, it must be disabled again, whatever happens to its material in
 * between.
 */
function memoryOfPlan(
  priorPrivate: PrivateState,
  prior: Values | null,
  { run }: Client,
): MaterialMemory {
  const memory = decodeMaterialMemory(priorPrivate, prior);
  const isDisabledFirst =
    prior !== null && run.declaredEnabled(text(prior, 'key_id') ?? '') === false;
  return isDisabledFirst && holdsMaterial(observationOf(prior).status)
    ? { ...memory, disabled: true }
    : memory;
}

/**
 * A saved plan deletes as planned, so the material must come back, and must be proven to be the
 * same.
 */
function refuseLoss(
  keyId: string,
  memory: MaterialMemory,
  { fingerprint }: AtHand,
  { run }: Client,
): ByokError | undefined {
  if (!memory.emptied) {
    return refuseEmptied(keyId);
  }
  const proof = memory.proof ?? run.recall(keyId)?.proof;
  const isSure =
    fingerprint !== undefined &&
    proof !== undefined &&
    sameFingerprint(fingerprint, proof.fingerprint);
  return isSure ? undefined : refuseUnrestorable(keyId);
}
