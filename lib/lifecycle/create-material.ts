/** A first import: into an empty key, or the adoption of material that is there already. Never deletes anything. */
import { ByokError, isByokError } from '../errors';
import type { KeyDetail } from '../kms/model';
import { type ExpirationInstant, formatExpirationTime, sameExpiration } from '../schema/expiration-time';
import { describeKeyState, hasMaterial, isAsymmetric } from '../schema/kms';
import { type LifecycleContext, waitUntil } from './context';
import { describeExpiration, type ExpirationWish, expirationOfImport, isRolling, keep } from './expiration-wish';
import { adoptedNotice, importAndProve, proveIfShown } from './import-and-prove';
import { type MaterialOutcome, type MaterialRequest, withSource } from './material-request';
import { type MaterialObservation, observeMaterial } from './material-status';
import { refuseExpiringPrivateKey, refuseForeignMaterial, refusePastExpiration } from './refusals';
import { requireExternalKey } from './require-external-key';

/** For a resource that does not exist in state yet. @throws ByokError and KmsError; the key is untouched then */
export async function createMaterial(context: LifecycleContext, request: MaterialRequest): Promise<MaterialOutcome> {
  const key = await findKey(context, request.keyId);
  const observation = observeMaterial(key, undefined, context.now());
  if (hasMaterial(key.keyState)) {
    return adopt(context, request, observation);
  }
  if (key.keyState !== '5') {
    throw new ByokError(
      'ERR_KEY_UNSUITABLE',
      `key ${request.keyId} is in state ${describeKeyState(key.keyState)}; material can be imported in state ${describeKeyState('5')} only`,
      { attribute: 'key_id' },
    );
  }
  const { wish } = request;
  const expiration = expirationOfImport(wish.expiration, undefined, context.now());
  throwIfRefused(refusePastExpiration(expiration, context.now()) ?? refuseExpiringPrivateKey(wish, key.keySpec));
  return withSource(request, key.keySpec, async (source, atHand) => {
    throwIfRefused(refuseForeignMaterial(wish, { proof: request.proof, atHand }));
    if ('material' in source && !request.allowWeakMaterial) {
      source.material.checkStrength();
    }
    return importAndProve(context, request, { keyId: request.keyId, expiration, source }, atHand);
  });
}

/** Waits for a key that was just made. @throws ByokError ERR_KEY_NOT_FOUND, ERR_KEY_UNSUITABLE, ERR_TIMEOUT */
export async function findKey(context: LifecycleContext, keyId: string): Promise<KeyDetail> {
  const key = await waitUntil(
    context,
    `key ${keyId} to become ready`,
    () => context.kms.describeKey(keyId, { signal: context.signal }),
    (answer) => answer?.keyState !== '1',
  );
  return requireExternalKey(keyId, key, 'key_id');
}

/** Private keys are proven by the public half that the KMS shows; of symmetric material nothing can be proven. */
async function adopt(context: LifecycleContext, request: MaterialRequest, observation: MaterialObservation): Promise<MaterialOutcome> {
  const { keyId, wish } = request;
  throwIfRefused(refuseExpiringPrivateKey(wish, observation.keySpec));
  if (!sameExpiration(adoptable(wish.expiration, observation.expiration), observation.expiration)) {
    throw new ByokError(
      'ERR_KEY_UNSUITABLE',
      `key ${keyId} already holds material that expires ${formatExpirationTime(observation.expiration)}, and ${describeExpiration(wish.expiration, expirationOfImport(wish.expiration, undefined, context.now()))} is declared; bring it under management first: terraform import <address> ${keyId}`,
      { attribute: 'expiration_time' },
    );
  }
  const atHand = isAsymmetric(observation.keySpec ?? '') ? await tryFingerprint(request, observation.keySpec) : undefined;
  const pinned = wish.pin === undefined ? undefined : { fingerprint: wish.pin, named: 'fingerprint is pinned to' };
  const expected = atHand === undefined ? pinned : { fingerprint: atHand, named: 'the material at hand has' };
  const proof = await proveIfShown(context, keyId, observation.keySpec, expected);
  const shown = proof !== undefined && expected !== undefined ? 'public key' : undefined;
  return {
    observation,
    proof: proof ?? request.proof,
    importedAt: undefined,
    reason: undefined,
    notices: [adoptedNotice(keyId, shown ?? (request.proof === undefined ? undefined : 'proof from before'))],
  };
}

/** Any expiry will do for a rolling one, which renews it in its window; none at all will not. */
function adoptable(wish: ExpirationWish, found: ExpirationInstant): ExpirationInstant {
  return isRolling(wish) && found === undefined ? new Date(0) : isRolling(wish) || wish === keep ? found : wish;
}

/** Of the material at hand; without any it is undefined, since adopting needs none. */
export async function tryFingerprint(request: MaterialRequest, keySpec: string | undefined): Promise<string | undefined> {
  try {
    return await withSource(request, keySpec, async (_source, atHand) => atHand);
  } catch (error) {
    if (isByokError(error) && error.code === 'ERR_MATERIAL_NOT_AT_HAND') {
      return undefined;
    }
    throw error;
  }
}

function throwIfRefused(refusal: ByokError | undefined): void {
  if (refusal !== undefined) {
    throw refusal;
  }
}
