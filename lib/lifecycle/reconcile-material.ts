/**
 * Makes the material of a key what was wished: observe, ensure, sync, return. Does at most what was reviewed, and deletes
 * nothing before the way back is verified.
 */
import { ByokError, isByokError } from '../errors';
import { hasApiCode } from '../kms/kms-error';
import { checkMaterialSize, checkMaterialStrength } from '../material/check';
import { type ExpirationInstant, formatExpirationTime, sameExpiration } from '../schema/expiration-time';
import { describeKeyState, type WrappingAlgorithm } from '../schema/kms';
import type { Secret } from '../secret';
import { fingerprint, sameFingerprint } from '../wrap/fingerprint';
import { type LifecycleContext, type Notice, waitUntil } from './context';
import { type Decision, decide, keep, type Proof, refusePastExpiration, refuseUnpinned, type Step, type Wish } from './decide';
import { importMaterial } from './import-material';
import { type MaterialObservation, observeMaterial } from './material-status';
import { deleteMaterial } from './remove-material';

export interface MaterialRequest {
  readonly keyId: string;
  readonly wish: Wish;
  readonly wrappingAlgorithm: WrappingAlgorithm;
  readonly allowWeakMaterial: boolean;
  /** Steps that the reviewed plan showed. */
  readonly permitted: readonly Step[];
  /** Fingerprint that the reviewed plan showed; undefined when the material was not at hand then. */
  readonly reviewed: string | undefined;
  /** Expiry known from before. */
  readonly lastKnown: ExpirationInstant;
  readonly proof: Proof | undefined;
  /** Reads the material; called only when an import is due. @throws ByokError when it is not at hand */
  readonly material: () => Promise<Secret>;
  /** The attribute that names the source, for errors. */
  readonly sourceAttribute: string | undefined;
}

export interface MaterialOutcome {
  readonly observation: MaterialObservation;
  readonly proof: Proof | undefined;
  /** When this run imported; undefined when it did not. */
  readonly importedAt: Date | undefined;
  readonly notices: readonly Notice[];
}

/** For a resource that exists in state. @throws ByokError and KmsError; the key is untouched unless the message says otherwise */
export async function reconcileMaterial(context: LifecycleContext, request: MaterialRequest): Promise<MaterialOutcome> {
  const observation = await observe(context, request);
  const decision = decideOrThrow(context, request, observation, undefined);
  if (decision.steps.length === 0) {
    return { observation, proof: request.proof, importedAt: undefined, notices: decision.notices };
  }
  const beyond = decision.steps.filter((step) => !request.permitted.includes(step));
  if (beyond.length > 0) {
    throw new ByokError(
      'ERR_CHANGED_SINCE_PLAN',
      `the key changed since this plan: ${decision.reason ?? 'more steps are needed'}; nothing was done, plan again`,
      {
        attribute: 'key_id',
      },
    );
  }
  return withMaterial(request, observation.keySpec, async (material, atHand) => {
    decideOrThrow(context, request, observation, atHand);
    return decision.steps.includes('delete')
      ? renew(context, request, decision.expiration, material, atHand)
      : importAndObserve(context, request, decision.expiration, material, atHand);
  });
}

/** For a resource that does not exist in state yet: imports, or adopts what is there; never deletes. */
export async function createMaterial(context: LifecycleContext, request: MaterialRequest): Promise<MaterialOutcome> {
  const key = await waitUntil(
    context,
    `key ${request.keyId} to become ready`,
    () => context.kms.describeKey(request.keyId, { signal: context.signal }),
    (answer) => answer?.keyState !== '1',
  );
  if (key === undefined) {
    throw new ByokError(
      'ERR_KEY_NOT_FOUND',
      `key_id is "${request.keyId}", which the KMS does not know; check key_id, region and project_id`,
      { attribute: 'key_id' },
    );
  }
  if (key.origin !== 'external') {
    throw new ByokError(
      'ERR_KEY_UNSUITABLE',
      `key ${request.keyId} has origin "${key.origin}"; material can be imported into keys of origin "external" only, such as byok_external_key makes`,
      {
        attribute: 'key_id',
      },
    );
  }
  const observation = observeMaterial(key, undefined, context.now());
  if (key.keyState === '2' || key.keyState === '3') {
    return adopt(request, observation);
  }
  if (key.keyState !== '5') {
    throw new ByokError(
      'ERR_KEY_UNSUITABLE',
      `key ${request.keyId} is in state ${describeKeyState(key.keyState)}; material can be imported in state ${describeKeyState('5')} only`,
      {
        attribute: 'key_id',
      },
    );
  }
  const expiration = request.wish.expiration === keep ? undefined : request.wish.expiration;
  const past = refusePastExpiration(expiration, context.now());
  if (past !== undefined) {
    throw past;
  }
  return withMaterial(request, observation.keySpec, async (material, atHand) => {
    const unpinned = refuseUnpinned(request.wish.pin, atHand);
    if (unpinned !== undefined) {
      throw unpinned;
    }
    return importAndObserve(context, request, expiration, material, atHand);
  });
}

async function observe(context: LifecycleContext, { keyId, lastKnown }: MaterialRequest): Promise<MaterialObservation> {
  const key = await context.kms.describeKey(keyId, { signal: context.signal });
  return observeMaterial(key, lastKnown, context.now());
}

function decideOrThrow(
  context: LifecycleContext,
  request: MaterialRequest,
  observation: MaterialObservation,
  atHand: string | undefined,
): Decision {
  const decision = decide(request.wish, { observation, proof: request.proof, atHand }, context.now());
  if (decision.refusal !== undefined) {
    throw decision.refusal;
  }
  return decision;
}

/** Reads and checks the material, lends it, and wipes it. */
async function withMaterial<T>(
  request: MaterialRequest,
  keySpec: string | undefined,
  use: (material: Secret, atHand: string) => Promise<T>,
): Promise<T> {
  const material = await request.material();
  try {
    checkMaterialSize(material.reveal(), keySpec ?? 'AES_256', request.sourceAttribute);
    const atHand = fingerprint(material.reveal());
    if (request.reviewed !== undefined && !sameFingerprint(request.reviewed, atHand)) {
      throw new ByokError(
        'ERR_MATERIAL_DIFFERS',
        `the plan showed material of fingerprint ${request.reviewed}, but now it has ${atHand}; the source is not stable or was changed: plan again`,
        { attribute: request.sourceAttribute },
      );
    }
    // Never when the key is bound to it already: nothing would be won, and the key lost.
    if (request.proof === undefined && !request.allowWeakMaterial) {
      checkMaterialStrength(material.reveal(), request.sourceAttribute);
    }
    return await use(material, atHand);
  } finally {
    material.wipe();
  }
}

/** Delete and import again. From the delete on nothing but the deadline stops it: an interruption would prolong the outage. */
async function renew(
  context: LifecycleContext,
  request: MaterialRequest,
  expiration: ExpirationInstant,
  material: Secret,
  atHand: string,
): Promise<MaterialOutcome> {
  await verifyWayBack(context, request);
  const uninterruptible = { ...context, signal: new AbortController().signal };
  const start = context.now();
  await deleteMaterial(uninterruptible, request.keyId);
  try {
    const outcome = await importAndObserve(uninterruptible, request, expiration, material, atHand);
    return { ...outcome, notices: [...outcome.notices, outage(context, start)] };
  } catch (cause) {
    const [code, message] = isByokError(cause) ? [cause.code, cause.message] : ['ERR_INTERNAL' as const, String(cause)];
    throw new ByokError(
      code,
      `key ${request.keyId} has no material at the moment: it was deleted, and importing it again failed: ${message}; apply again, which imports the same material`,
      {
        cause,
      },
    );
  }
}

/**
 * KMS.0310 ("not in Pending import state") is the answer wanted before the delete: the KMS answers, and we may fetch import
 * parameters. Anything else stops here, with the key intact.
 */
async function verifyWayBack({ kms, signal }: LifecycleContext, { keyId, wrappingAlgorithm }: MaterialRequest): Promise<void> {
  try {
    const parameters = await kms.getParametersForImport(keyId, wrappingAlgorithm, { signal });
    parameters.importToken.wipe();
  } catch (error) {
    if (hasApiCode(error, 'KMS.0310')) {
      return;
    }
    throw error;
  }
  throw new ByokError('ERR_CHANGED_SINCE_PLAN', `key ${keyId} lost its material since it was described; nothing was done, plan again`, {
    attribute: 'key_id',
  });
}

async function importAndObserve(
  context: LifecycleContext,
  request: MaterialRequest,
  expiration: ExpirationInstant,
  material: Secret,
  atHand: string,
): Promise<MaterialOutcome> {
  const { keyId, wrappingAlgorithm } = request;
  const result = await importMaterial(context, { keyId, wrappingAlgorithm, expiration }, material);
  const observation = await observe(context, request);
  return result === 'imported'
    ? { observation, proof: { fingerprint: atHand, proof: 'imported' }, importedAt: context.now(), notices: [] }
    : { observation, proof: request.proof, importedAt: undefined, notices: [adopted(keyId)] };
}

function adopt({ keyId, wish }: MaterialRequest, observation: MaterialObservation): MaterialOutcome {
  if (wish.expiration !== keep && !sameExpiration(wish.expiration, observation.expiration)) {
    throw new ByokError(
      'ERR_KEY_UNSUITABLE',
      `key ${keyId} already holds material that expires ${formatExpirationTime(observation.expiration)}, and ${formatExpirationTime(wish.expiration)} is declared; bring it under management first: terraform import <address> ${keyId}`,
      { attribute: 'expiration_time' },
    );
  }
  return { observation, proof: undefined, importedAt: undefined, notices: [adopted(keyId)] };
}

function adopted(keyId: string): Notice {
  return {
    summary: 'The key already held material, which was adopted',
    detail: `Key ${keyId} held material with the declared expiry, so nothing was imported. Whether it is the material at hand is not proven: fingerprint_verified is false.`,
    attribute: 'key_id',
  };
}

function outage(context: LifecycleContext, start: Date): Notice {
  return {
    summary: 'The key could not be used for a moment',
    detail: `Between the deletion of its material and the new import lay ${context.now().getTime() - start.getTime()} milliseconds.`,
  };
}
