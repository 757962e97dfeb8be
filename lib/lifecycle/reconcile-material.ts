/**
 * Makes the material of a key what was wished: observe, ensure, sync, return. Does at most what was reviewed, and deletes nothing
 * before the way back is verified.
 */
import { ByokError, isByokError } from '../errors';
import { hasApiCode } from '../kms/kms-error';
import type { Material } from '../material/material';
import type { PreWrapped } from '../material/pre-wrapped';
import type { ExpirationInstant } from '../schema/expiration-time';
import type { WrappingAlgorithm } from '../schema/kms';
import { sameFingerprint } from '../wrap/fingerprint';
import type { LifecycleContext, Notice } from './context';
import { type Decision, decide, type Proof, type Step, type Wish } from './decide';
import { type ImportSource, importMaterial } from './import-material';
import { type MaterialObservation, observeMaterial } from './material-status';
import { provePublicKey } from './prove-public-key';
import { deleteMaterial } from './remove-material';

/** Where what is imported comes from; opened only when an import is due. */
export type RequestSource =
  /** @throws ByokError when it is not at hand */
  | { readonly open: () => Promise<Material>; readonly wrappingAlgorithm: WrappingAlgorithm }
  | { readonly preWrapped: 'fresh' | 'used'; readonly openPreWrapped: () => PreWrapped };

export interface MaterialRequest {
  readonly keyId: string;
  readonly wish: Wish;
  readonly allowWeakMaterial: boolean;
  /** Steps that the reviewed plan showed. */
  readonly permitted: readonly Step[];
  /** Fingerprint that the reviewed plan showed; undefined when the material was not at hand then. */
  readonly reviewed: string | undefined;
  /** Expiry known from before. */
  readonly lastKnown: ExpirationInstant;
  readonly proof: Proof | undefined;
  readonly source: RequestSource;
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
  return withSource(request, observation.keySpec, async (source, atHand) => {
    decideOrThrow(context, request, observation, atHand);
    const step = { keyId: request.keyId, expiration: decision.expiration, source };
    return decision.steps.includes('delete') && 'material' in source
      ? renew(context, request, source.wrappingAlgorithm, () => importAndObserve(uninterruptible(context), request, step, atHand))
      : importAndObserve(context, request, step, atHand);
  });
}

/** Reads and checks the material, lends it, and wipes it. */
export async function withSource<T>(
  request: MaterialRequest,
  keySpec: string | undefined,
  use: (source: ImportSource, atHand: string | undefined) => Promise<T>,
): Promise<T> {
  if ('openPreWrapped' in request.source) {
    return use({ preWrapped: request.source.openPreWrapped() }, undefined);
  }
  const material = await request.source.open();
  try {
    material.checkFits(keySpec ?? 'AES_256');
    if (request.reviewed !== undefined && !sameFingerprint(request.reviewed, material.fingerprint)) {
      throw new ByokError(
        'ERR_MATERIAL_DIFFERS',
        `the plan showed material of fingerprint ${request.reviewed}, but now it has ${material.fingerprint}; the source is not stable or was changed: plan again`,
        { attribute: request.sourceAttribute },
      );
    }
    // Never when the key is bound to it already: nothing would be won, and the key lost.
    if (request.proof === undefined && !request.allowWeakMaterial) {
      material.checkStrength();
    }
    return await use({ material, wrappingAlgorithm: request.source.wrappingAlgorithm }, material.fingerprint);
  } finally {
    material.wipe();
  }
}

/** @param atHand undefined for material that was wrapped elsewhere */
export async function importAndObserve(
  context: LifecycleContext,
  request: MaterialRequest,
  step: { readonly keyId: string; readonly expiration: ExpirationInstant; readonly source: ImportSource },
  atHand: string | undefined,
): Promise<MaterialOutcome> {
  const result = await importMaterial(context, step);
  const observation = await observe(context, request);
  const publicKeyProof = await provePublicKey(context, step.keyId, observation.keySpec, atHand);
  if (result === 'theirs') {
    return {
      observation,
      proof: publicKeyProof ?? request.proof,
      importedAt: undefined,
      notices: [adoptedNotice(step.keyId, publicKeyProof !== undefined)],
    };
  }
  const imported = atHand === undefined ? undefined : ({ fingerprint: atHand, proof: 'imported' } as const);
  return { observation, proof: publicKeyProof ?? imported, importedAt: context.now(), notices: [] };
}

export function adoptedNotice(keyId: string, proven: boolean): Notice {
  return {
    summary: 'The key already held material, which was adopted',
    detail: `Key ${keyId} held material with the declared expiry, so nothing was imported. ${
      proven
        ? 'Its public key proves that it is the material at hand.'
        : 'Whether it is the material at hand is not proven: fingerprint_verified is false.'
    }`,
    attribute: 'key_id',
  };
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
  const preWrapped = 'preWrapped' in request.source ? request.source.preWrapped : undefined;
  const decision = decide(request.wish, { observation, proof: request.proof, atHand, preWrapped }, context.now());
  if (decision.refusal !== undefined) {
    throw decision.refusal;
  }
  return decision;
}

/** From the delete on nothing but the deadline stops it: an interruption would only prolong the outage. */
function uninterruptible(context: LifecycleContext): LifecycleContext {
  return { ...context, signal: new AbortController().signal };
}

/** Delete and import again. */
async function renew(
  context: LifecycleContext,
  request: MaterialRequest,
  wrappingAlgorithm: WrappingAlgorithm,
  importAgain: () => Promise<MaterialOutcome>,
): Promise<MaterialOutcome> {
  await verifyWayBack(context, request.keyId, wrappingAlgorithm);
  const start = context.now();
  await deleteMaterial(uninterruptible(context), request.keyId);
  try {
    const outcome = await importAgain();
    return { ...outcome, notices: [...outcome.notices, outage(context, start)] };
  } catch (cause) {
    const [code, message] = isByokError(cause) ? [cause.code, cause.message] : ['ERR_INTERNAL' as const, String(cause)];
    throw new ByokError(
      code,
      `key ${request.keyId} has no material at the moment: it was deleted, and importing it again failed: ${message}; apply again, which imports the same material`,
      { cause },
    );
  }
}

/**
 * KMS.0310 ("not in Pending import state") is the answer wanted before the delete: the KMS answers, and we may fetch import
 * parameters. Anything else stops here, with the key intact.
 */
async function verifyWayBack({ kms, signal }: LifecycleContext, keyId: string, wrappingAlgorithm: WrappingAlgorithm): Promise<void> {
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

function outage(context: LifecycleContext, start: Date): Notice {
  return {
    summary: 'The key could not be used for a moment',
    detail: `Between the deletion of its material and the new import lay ${context.now().getTime() - start.getTime()} milliseconds.`,
  };
}
