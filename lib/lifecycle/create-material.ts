/**
 * A first import: into an empty key, or the adoption of material that is already there. It never
 * deletes anything.
 */
import { ByokError, isByokError } from '../errors';
import type { ImportParameters, KeyDetail } from '../kms/model';
import { isAsymmetric, keyStates } from '../terms/kms';
import { type LifecycleContext, messageOf, waitUntil } from './context';
import { decideFirst } from './decide-first';
import { disableAgain } from './disable-again';
import { adoptedNotice, importAndProve, proveIfShown } from './import-and-prove';
import type { ImportSource, ImportStep } from './import-material';
import { type MaterialOutcome, type MaterialRequest, withSource } from './material-request';
import { type MaterialObservation, observeMaterial } from './material-status';
import { refuseForeignMaterial, requireStrength } from './refusals';
import { requireExternalKey } from './require-external-key';

/**
 * For material about which the caller knows nothing yet.
 *
 * @param seen the key as described a moment ago
 * @default we look at it
 * @throws ByokError and KmsError; the key is then untouched
 */
export async function createMaterial(
  context: LifecycleContext,
  request: MaterialRequest,
  seen?: KeyDetail,
): Promise<MaterialOutcome> {
  const { keyId, made, source, first } = request;
  if (made !== undefined && 'open' in source && first !== 'adopt') {
    return importIntoMade(context, request, made);
  }
  return takeFirstStep(context, request, seen ?? (await findKey(context, keyId)), (key, use) =>
    withSource(context, request, key.keySpec, use),
  );
}

/**
 * The KMS gives out import parameters only for an external key that waits for material. So they
 * prove both, and save a look at the key. If it refuses them (the key may not be ready yet), a look
 * tells why.
 */
function importIntoMade(
  context: LifecycleContext,
  request: MaterialRequest,
  made: KeyDetail,
): Promise<MaterialOutcome> {
  const { expiration, refusal } = decideFirst(request.wish, made, context.now(), context.words);
  throwIfRefused(refusal);
  return withSource(context, request, made.keySpec, async (source, atHand) => {
    checkSource(context, request, source, atHand);
    const parameters = await tryParameters(context, made.keyId, source);
    if (parameters !== undefined) {
      return importFirst(
        context,
        request,
        { keyId: made.keyId, expiration, source, parameters },
        atHand,
      );
    }
    return takeFirstStep(context, request, await findKey(context, made.keyId), (_key, use) =>
      use(source, atHand),
    );
  });
}

async function tryParameters(
  { kms, signal, log }: LifecycleContext,
  keyId: string,
  source: ImportSource,
): Promise<ImportParameters | undefined> {
  if (!('material' in source)) {
    return undefined;
  }
  try {
    return await kms.getParametersForImport(keyId, source.wrappingAlgorithm, { signal });
  } catch (error) {
    log('info', 'no import parameters for the new key; looking at it', {
      key: keyId,
      reason: messageOf(error),
    });
    return undefined;
  }
}

type Lend = (
  key: KeyDetail,
  use: (source: ImportSource, atHand: string | undefined) => Promise<MaterialOutcome>,
) => Promise<MaterialOutcome>;

async function takeFirstStep(
  context: LifecycleContext,
  request: MaterialRequest,
  key: KeyDetail,
  lend: Lend,
): Promise<MaterialOutcome> {
  const { keyId, wish, first } = request;
  const { step, expiration, refusal } = decideFirst(wish, key, context.now(), context.words);
  throwIfRefused(refusal);
  if (first !== undefined && step !== first) {
    throw changed(
      context,
      keyId,
      step === 'adopt'
        ? 'now holds material: another writer, or another object of this run, imported at the same time'
        : 'no longer holds material',
    );
  }
  if (step === 'adopt') {
    return adopt(context, request, observeMaterial(key, undefined, context.now()));
  }
  return lend(key, async (source, atHand) => {
    checkSource(context, request, source, atHand);
    return importFirst(context, request, { keyId, expiration, source }, atHand);
  });
}

function checkSource(
  { words }: LifecycleContext,
  { wish, proof }: MaterialRequest,
  source: ImportSource,
  atHand: string | undefined,
): void {
  throwIfRefused(refuseForeignMaterial(wish, { proof, atHand }, words));
  if ('material' in source) {
    requireStrength(wish, source.material);
  }
}

async function importFirst(
  context: LifecycleContext,
  request: MaterialRequest,
  step: ImportStep,
  atHand: string | undefined,
): Promise<MaterialOutcome> {
  const outcome = await importAndProve(context, request, step, atHand);
  if (
    request.first === 'import' &&
    outcome.importedAt === undefined &&
    outcome.proof === undefined
  ) {
    const how =
      'holds material that another writer imported at the same time, and nothing proves that it is the same';
    throw changed(context, step.keyId, how);
  }
  return disableAgain(context, request, outcome);
}

/** The review showed something else, so a new review must show what happens now. */
function changed({ words }: LifecycleContext, keyId: string, how: string): ByokError {
  return new ByokError(
    'ERR_CHANGED_SINCE_PLAN',
    `key ${keyId} changed since this ${words.review}: it ${how}; your material was not imported, ${words.again}`,
    { attribute: words.name('keyId') },
  );
}

/**
 * Waits until a newly made key is ready.
 * @throws ByokError ERR_KEY_NOT_FOUND, ERR_KEY_UNSUITABLE, ERR_TIMEOUT
 */
export async function findKey(context: LifecycleContext, keyId: string): Promise<KeyDetail> {
  const key = await waitUntil(
    context,
    `key ${keyId} to become ready`,
    () => context.kms.describeKey(keyId, { signal: context.signal }),
    (answer) => answer?.keyState !== keyStates.toBeActivated,
  );
  return requireExternalKey(
    keyId,
    key,
    context.kms.place,
    context.words,
    context.words.name('keyId'),
  );
}

/**
 * The public half, which the KMS shows, proves a private key. Nothing can prove symmetric material.
 */
async function adopt(
  context: LifecycleContext,
  request: MaterialRequest,
  observation: MaterialObservation,
): Promise<MaterialOutcome> {
  const { keyId, wish } = request;
  const atHand = isAsymmetric(observation.keySpec ?? '')
    ? await tryFingerprint(context, request, observation.keySpec)
    : undefined;
  const pinned =
    wish.pin === undefined
      ? undefined
      : { fingerprint: wish.pin, named: 'fingerprint is pinned to' };
  const expected =
    atHand === undefined ? pinned : { fingerprint: atHand, named: 'the given material has' };
  const proof = await proveIfShown(context, keyId, observation.keySpec, expected);
  const shown = proof !== undefined && expected !== undefined ? 'public key' : undefined;
  return {
    observation,
    proof: proof ?? request.proof,
    importedAt: undefined,
    reason: undefined,
    notices: [
      adoptedNotice(
        keyId,
        observation.expiration,
        shown ?? (request.proof === undefined ? undefined : 'proof from before'),
        context.words,
      ),
    ],
  };
}

/** Of the given material; undefined if it cannot be opened, because adopting needs none. */
export async function tryFingerprint(
  context: LifecycleContext,
  request: MaterialRequest,
  keySpec: string | undefined,
): Promise<string | undefined> {
  try {
    return await withSource(context, request, keySpec, async (_source, atHand) => atHand);
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
