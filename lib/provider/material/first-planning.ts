/**
 * The plan of new material: gathers what is known of its key and of the run, and passes it to
 * `planCreate`.
 */
import type { ByokError } from '../../errors';
import type { KeyDetail } from '../../kms/model';
import { requireExternalKey } from '../../lifecycle/require-external-key';
import { hasMaterial, keyStates } from '../../terms/kms';
import type { Context, PlanResult } from '../../tfplugin/provider';
import type { Values } from '../../tfplugin/values/value';
import { text } from '../attributes';
import { type Client, type ConnectedClient, isConnected } from '../client';
import { refuse, refuseFirst } from '../refuse';
import { wording } from '../wording';
import { lookAtMaterial } from './at-hand';
import { keepForAnother, refuseEmptied, refuseReplacedProtected, refuseSecond } from './destroy';
import { finishPlan, nothingRemembered, withRefusals } from './finish-plan';
import { planCreate } from './first-plan';
import { proofOnRefresh } from './proof-on-refresh';
import { declarationOf, lostProtected } from './replacement';

/**
 * If the key is known, we look at it now: so the plan says what apply will do, and refuses what
 * apply would refuse.
 */
export async function planNewMaterial(
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
