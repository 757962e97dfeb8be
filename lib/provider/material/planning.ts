/**
 * The plan of `byok_key_material`: gathers what is known of the key and of the run, and passes it
 * to the functions that decide.
 */
import { ByokError } from '../../errors';
import type { KeyDetail } from '../../kms/model';
import type { Notice } from '../../lifecycle/context';
import { holdsMaterial } from '../../lifecycle/material-status';
import {
  keyNotFound,
  requireExternalKey,
  whatIsNotFound,
} from '../../lifecycle/require-external-key';
import { keyMaterialSchema } from '../../schema/key-material';
import type { AttributeSchema } from '../../schema/model';
import { parseExpirationTime, sameExpiration } from '../../terms/expiration-time';
import { hasMaterial, keyStates } from '../../terms/kms';
import type { Context, PlanRequest, PlanResult, PrivateState } from '../../tfplugin/provider';
import { unknown, type Values } from '../../tfplugin/values/value';
import { sameFingerprint } from '../../wrap/fingerprint';
import { isUnknown, text } from '../attributes';
import { type Client, type ConnectedClient, isConnected } from '../client';
import { refuse, refuseFirst, refuseOutright } from '../refuse';
import { warn } from '../warn';
import { wording } from '../wording';
import { type AtHand, lookAtMaterial, nothingAtHand } from './at-hand';
import { declaredOf, destroyPolicyOf, expirationOf, observationOf } from './config';
import {
  planDestroy,
  refuseEmptied,
  refuseReplacedProtected,
  refuseSecond,
  refuseUnrestorable,
  staysForAnother,
} from './destroy';
import { planCreate } from './first-plan';
import {
  decodeMaterialMemory,
  encodeMaterialMemory,
  type KnownMaterial,
  type MaterialMemory,
} from './memory';
import { type MaterialPlan, planUpdate, unknownKey } from './plan';
import { proofOnRefresh } from './proof-on-refresh';
import { malformedIn } from './validate';

/** In a plan of a creation, `ours` is not known yet. */
type Remembered = Omit<KnownMaterial, 'ours'> & { readonly ours: boolean | undefined };

const nothingRemembered: Remembered = { proof: undefined, ours: undefined, disabled: false };
const notPlanned = 'The material cannot be planned as declared';

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
 * If the key is known, we look at it now: so the plan says what apply will do, and refuses what
 * apply would refuse.
 */
async function planNewMaterial(
  proposed: Values,
  config: Values,
  client: Client,
  context: Context,
): Promise<PlanResult> {
  const { run } = client;
  const keyId = text(config, 'key_id');
  const predecessor = run.predecessorOf(declarationOf(config));
  const isPlannedToStay = keyId !== undefined && run.material.isKept(keyId);
  const announced = keyId === undefined ? undefined : announce(keyId, client, context);
  const tainted = await unplanned(keyId, client, context);
  const isKept = isPlannedToStay || (keyId !== undefined && tainted.includes(keyId));
  const refusal = announced ?? refuseTainted(keyId, tainted, client);
  const looks =
    keyId !== undefined && !run.isMade(keyId) && isConnected(client) && !client.destroying();
  const say = keyId === undefined ? refuseFirst : refuse;
  const { found, unsuitable } = looks
    ? await tryDescribe(keyId, client, context)
    : { found: undefined, unsuitable: undefined };
  // What it holds shows once its deletion is cancelled.
  const isRescued = found?.keyState === keyStates.pendingDeletion && run.isRescued(found.keyId);
  const isDisabledFirst =
    found?.keyState === keyStates.enabled && run.declaredEnabled(found.keyId) === false;
  const key = isRescued
    ? undefined
    : isDisabledFirst
      ? { ...found, keyState: keyStates.disabled }
      : found;
  const shown =
    key !== undefined && hasMaterial(key.keyState)
      ? await proofOnRefresh(client as ConnectedClient, key.keyId, key.keySpec, context)
      : undefined;
  const opening = { env: client.env, signal: context.signal };
  const atHand = await lookAtMaterial(config, key?.keySpec, true, opening, run.onlySpecPlanned);
  const before = keyId === undefined ? predecessor : run.recall(keyId);
  const known = {
    key,
    before,
    isKept,
    shown,
    mayHoldMaterial: predecessor !== undefined || isRescued,
  };
  const plan = planCreate(proposed, config, atHand, known, client.now());
  const successorFor = [...(plan.successorFor ?? []), ...run.material.staying];
  const whole = withRefusals({ ...plan, successorFor }, refusal ?? unsuitable);
  // The destroy part of a replacement receives this private state, and what is remembered of one
  // key is not true of the other.
  const memory = { ...nothingRemembered, disabled: isKept && before?.disabled === true };
  return finishPlan(whole, config, memory, client, context, say);
}

/**
 * Another object of this plan, planned before this one, removes the material. If the same command
 * applies the plan, the removal is cancelled.
 *
 * @returns whether it was
 */
function keepForAnother(keyId: string, { run, appliesAtOnce }: Client, context: Context): boolean {
  if (appliesAtOnce?.() !== true) {
    return false;
  }
  run.material.stay(keyId);
  warn(context, [staysForAnother(keyId)]);
  return true;
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

function announce(keyId: string, client: Client, context: Context): ByokError | undefined {
  const { run } = client;
  if (run.material.isKept(keyId) && run.isProtected(keyId)) {
    return refuseReplacedProtected(keyId);
  }
  if (run.material.isAnnounced(keyId)) {
    return refuseSecond(keyId);
  }
  return run.material.announce(keyId) && !keepForAnother(keyId, client, context)
    ? refuseEmptied(keyId)
    : undefined;
}

/**
 * A tainted object has no plan but that of its successor, and what is known of it was read just
 * before that.
 *
 * @returns keys that such an object has: the one of this plan, or a lost one under `refuse`
 */
async function unplanned(
  keyId: string | undefined,
  { run, destroying, sleep }: Client,
  { signal }: Context,
): Promise<readonly string[]> {
  const found = () => [
    ...run.lostUnplanned,
    ...(keyId !== undefined && run.material.isUnplanned(keyId) ? [keyId] : []),
  ];
  if (found().length === 0 || destroying()) {
    return [];
  }
  // The plan of a renamed resource may be in progress.
  await run.settled(sleep, signal);
  return found();
}

function refuseTainted(
  keyId: string | undefined,
  tainted: readonly string[],
  client: Client,
): ByokError | undefined {
  const [other] = tainted.filter((one) => one !== keyId);
  if (keyId !== undefined && tainted.includes(keyId) && client.run.isProtected(keyId)) {
    return refuseReplacedProtected(keyId);
  }
  return other === undefined ? undefined : lostProtected(other, client);
}

async function tryDescribe(
  keyId: string,
  { reads, kms }: ConnectedClient,
  { signal }: Context,
): Promise<{ readonly found: KeyDetail | undefined; readonly unsuitable: unknown }> {
  try {
    const key = await reads.refreshKey(keyId, { signal });
    return {
      found: requireExternalKey(keyId, key, kms.place, wording, 'key_id'),
      unsuitable: undefined,
    };
  } catch (unsuitable) {
    return { found: undefined, unsuitable };
  }
}

function withRefusals(plan: MaterialPlan, refusal: unknown): MaterialPlan {
  return refusal === undefined ? plan : { ...plan, refusals: [refusal, ...plan.refusals] };
}

/** We do not give up protected material because the key may only be in another place. */
function sayLost(keyId: string, config: Values, client: Client, context: Context): void {
  const notice = keyNotFound(keyId, placeOf(client), wording);
  if (text(config, 'on_destroy') === 'refuse') {
    refuseOutright(context, client, notice.summary, lostProtected(keyId, client));
  } else {
    warn(context, [{ ...notice, attribute: 'key_id' }]);
  }
}

function lostProtected(keyId: string, client: Client): ByokError {
  const message =
    `${whatIsNotFound(keyId, placeOf(client), wording)}; on_destroy of its material is ` +
    '"refuse", so nothing replaces it: once you are sure that the key is gone, set on_destroy = ' +
    '"retain"';
  return new ByokError('ERR_REFUSED', message, { attribute: 'key_id' });
}

/** Which KMS was asked. */
function placeOf(client: Client): string {
  return isConnected(client) ? client.kms.place : 'this provider block';
}

/**
 * Tells the two plan calls of a replacement from those of other objects. Write-only values may
 * differ between the two.
 */
function declarationOf(config: Values): string {
  const written = Object.entries(
    keyMaterialSchema.attributes as Readonly<Record<string, AttributeSchema>>,
  ).filter(([, { writeOnly }]) => writeOnly !== true);
  return JSON.stringify(
    written.map(([name]) => (isUnknown(config, name) ? { unknown: true } : (config[name] ?? null))),
  );
}

function mayChangeExpiration(prior: Values, config: Values): boolean {
  const declared = text(config, 'expiration_time');
  return (
    declared !== undefined &&
    !sameExpiration(parseExpirationTime(declared, wording), expirationOf(prior))
  );
}

function mayBeInterrupted(keyId: string): Notice {
  return {
    summary: 'The key is known only after apply',
    detail:
      `If it is key ${keyId} again, the change of expiration_time deletes its material and ` +
      'imports the same material again, with a short outage.',
    attribute: 'key_id',
  };
}

function finishPlan(
  plan: MaterialPlan,
  config: Values,
  memory: Remembered,
  client: Client,
  context: Context,
  say = refuse,
): PlanResult {
  const [refused] = plan.refusals
    .map((refusal) => say(context, client, notPlanned, refusal))
    .filter((held) => held !== undefined);
  warn(context, plan.notices);
  return {
    // Without a difference there would be no apply to refuse it.
    planned: refused === undefined ? plan.planned : { ...plan.planned, material_status: unknown },
    requiresReplace: [],
    private: encodeMaterialMemory({
      proof: memory.proof,
      ours: memory.ours,
      disabled: memory.disabled,
      permitted: plan.permitted,
      successorFor: plan.successorFor,
      declared: declaredOf(config),
      refused,
    }),
  };
}
