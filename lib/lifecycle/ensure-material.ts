/**
 * For callers that keep no state: the key itself tells whether this is its first import. They may
 * keep the proof, which never goes stale.
 */
import { ByokError } from '../errors';
import { formatExpirationTime, sameExpiration } from '../terms/expiration-time';
import { hasMaterial, keyStates } from '../terms/kms';
import type { LifecycleContext } from './context';
import { createMaterial, findKey, tryFingerprint } from './create-material';
import { adoptedNotice, proveIfShown } from './import-and-prove';
import { noticesOfKept } from './kept-expiry';
import type {
  MaterialOutcome,
  MaterialRequest,
  ReconcileRequest,
  UnreviewedRequest,
} from './material-request';
import { reconcileMaterial } from './reconcile-material';
import { refuseForeignMaterial } from './refusals';

/** @throws ByokError and KmsError; the key is untouched unless the message says otherwise */
export async function ensureMaterial(
  context: LifecycleContext,
  request: UnreviewedRequest,
): Promise<MaterialOutcome> {
  const { keyId, wish } = request;
  const key = await findKey(context, keyId);
  const { keyState, keySpec } = key;
  const held = hasMaterial(keyState);
  const shown =
    request.proof === undefined && held
      ? await proveIfShown(context, keyId, keySpec, undefined)
      : undefined;
  const proof = request.proof ?? shown;
  // Single runs are not reviewed: the review of the wish said what they may do.
  const whole: ReconcileRequest = {
    ...request,
    proof,
    permitted: ['delete', 'import'],
    reviewed: undefined,
  };
  if (!held && (proof === undefined || keyState !== keyStates.pendingImport)) {
    return createMaterial(context, whole, key);
  }
  const outcome = await reconcileMaterial(context, whole, key);
  if (outcome.reason !== undefined) {
    return outcome;
  }
  // Nothing was due, so nothing was opened: we must not claim that other material is in the key.
  const refusal = refuseForeignMaterial(
    wish,
    { proof, atHand: await tryFingerprint(context, whole, keySpec) },
    context.words,
  );
  if (refusal !== undefined) {
    throw refusal;
  }
  refusePostponed(context, whole, outcome);
  const { observation, notices } = outcome;
  const adopted =
    proof === undefined
      ? [adoptedNotice(keyId, observation.expiration, undefined, context.words)]
      : [];
  const kept = noticesOfKept(wish.expiration, observation, context.now(), context.words);
  return { ...outcome, notices: [...notices, ...adopted, ...kept] };
}

/**
 * No later look would show that the change was postponed, so we refuse: the new expiry must not
 * seem to be in place.
 */
function refusePostponed(
  { words }: LifecycleContext,
  { keyId, wish: { expiration: wished } }: MaterialRequest,
  { observation: { status, expiration } }: MaterialOutcome,
): void {
  if (
    status === 'key_disabled' &&
    wished.kind === 'fixed' &&
    !sameExpiration(wished.instant, expiration)
  ) {
    throw new ByokError(
      'ERR_REFUSED',
      `key ${keyId} is disabled, and changing ${words.name('expirationTime')} from ` +
        `${formatExpirationTime(expiration)} to ${formatExpirationTime(wished.instant)} would enable ` +
        `it; enable the key, then ${words.retry}`,
      { attribute: words.name('expirationTime') },
    );
  }
}
