/**
 * Makes the material of a key what is wanted: observe, ensure, sync, return. It does at most what
 * was reviewed, and deletes nothing before it has verified the way back.
 */
import { ByokError } from '../errors';
import type { KeyDetail } from '../kms/model';
import type { LifecycleContext } from './context';
import { decide } from './decide';
import type { Decision } from './decision';
import { disableAgain } from './disable-again';
import { isRolling } from './expiration-wish';
import { importAndProve } from './import-and-prove';
import { type MaterialOutcome, type ReconcileRequest, withSource } from './material-request';
import { type MaterialObservation, observeMaterial } from './material-status';
import { renewMaterial } from './renew-material';

/**
 * For material that the caller knows.
 *
 * @param seen the key as described a moment ago
 * @default we look at it
 * @throws ByokError and KmsError; the key is untouched unless the message says otherwise
 */
export async function reconcileMaterial(
  context: LifecycleContext,
  request: ReconcileRequest,
  seen?: KeyDetail,
): Promise<MaterialOutcome> {
  const observation = await observe(context, request, seen);
  const decision = decideOrThrow(context, request, observation, undefined);
  if (decision.steps.length === 0) {
    return {
      observation,
      proof: request.proof,
      importedAt: undefined,
      reason: undefined,
      notices: decision.notices,
    };
  }
  const beyond = decision.steps.filter((step) => !request.permitted.includes(step));
  if (beyond.length > 0) {
    const { words } = context;
    throw new ByokError(
      'ERR_CHANGED_SINCE_PLAN',
      `the key changed since this ${words.review}: ${decision.reason ?? 'more steps are needed'}; nothing was done, ${words.again}`,
      { attribute: words.name('keyId') },
    );
  }
  return withSource(context, request, observation.keySpec, async (source, atHand) => {
    decideOrThrow(context, request, observation, atHand);
    const outcome =
      decision.steps.includes('delete') && 'material' in source
        ? await renewMaterial(
            context,
            request,
            { source, from: observation.expiration, to: decision.expiration },
            atHand,
          )
        : await importAndProve(
            context,
            request,
            { keyId: request.keyId, expiration: decision.expiration, source },
            atHand,
          );
    return { ...(await disableAgain(context, request, outcome)), reason: decision.reason };
  });
}

/** If the window opened since the review, the next review shows it. */
async function observe(
  context: LifecycleContext,
  { keyId, lastKnown, wish, permitted }: ReconcileRequest,
  seen: KeyDetail | undefined,
): Promise<MaterialObservation> {
  const key = seen ?? (await context.kms.describeKey(keyId, { signal: context.signal }));
  const renews = isRolling(wish.expiration) && permitted.includes('delete');
  return observeMaterial(
    key,
    lastKnown,
    context.now(),
    renews ? wish.expiration.renewBeforeMs : undefined,
  );
}

function decideOrThrow(
  context: LifecycleContext,
  request: ReconcileRequest,
  observation: MaterialObservation,
  atHand: string | undefined,
): Decision {
  const preWrapped = 'preWrapped' in request.source ? request.source.preWrapped : undefined;
  const decision = decide(
    request.wish,
    { observation, proof: request.proof, atHand, preWrapped, disabled: request.disabled ?? false },
    context.now(),
    context.words,
  );
  if (decision.refusal !== undefined) {
    throw decision.refusal;
  }
  return decision;
}
