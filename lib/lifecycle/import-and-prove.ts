/** An import, and what it proves about the material that the key holds. */
import { isByokError } from '../errors';
import { KmsError } from '../kms/kms-error';
import { type ExpirationInstant, formatExpirationTime } from '../terms/expiration-time';
import { type LifecycleContext, messageOf, type Notice } from './context';
import { type ImportStep, importMaterial } from './import-material';
import type { MaterialOutcome, MaterialRequest } from './material-request';
import { type MaterialObservation, observeMaterial } from './material-status';
import type { Proof } from './proof';
import { provePublicKey } from './prove-public-key';
import type { Wording } from './wording';

/** @param atHand undefined for material that was wrapped elsewhere */
export async function importAndProve(
  context: LifecycleContext,
  request: MaterialRequest,
  step: ImportStep,
  atHand: string | undefined,
): Promise<MaterialOutcome> {
  const { how, key, notices } = await importMaterial(context, step);
  const observation: MaterialObservation =
    key === undefined
      ? {
          status: 'unknown',
          expiration: step.expiration,
          keyState: undefined,
          keySpec: undefined,
          scheduledDeletionDate: undefined,
        }
      : observeMaterial(key, step.expiration, context.now());
  const publicKeyProof = await proveIfShown(
    context,
    step.keyId,
    key?.keySpec,
    atHand === undefined
      ? undefined
      : {
          fingerprint: atHand,
          named: how === 'acknowledged' ? 'what we tried to import has' : 'the given material has',
        },
  ).catch((error: unknown) => {
    // The import is done, and stays done if our time ends here.
    if (isByokError(error) && ['ERR_INTERRUPTED', 'ERR_TIMEOUT'].includes(error.code)) {
      context.log('warn', 'the public key was not fetched', { reason: messageOf(error) });
      return undefined;
    }
    throw error;
  });
  const acknowledgedProof =
    how === 'acknowledged' && atHand !== undefined
      ? ({ fingerprint: atHand, proof: 'imported' } as const)
      : undefined;
  const proof = publicKeyProof ?? acknowledgedProof ?? request.proof;
  const doubts: Readonly<Record<typeof how, readonly Notice[]>> = {
    acknowledged: [],
    unseen: [],
    settled: proof === undefined ? [unprovenNotice(step.keyId, context.words)] : [],
    theirs: [
      adoptedNotice(
        step.keyId,
        observation.expiration,
        publicKeyProof === undefined ? undefined : 'public key',
        context.words,
      ),
    ],
  };
  return {
    observation,
    proof,
    importedAt: how === 'theirs' ? undefined : context.now(),
    reason: undefined,
    notices: [...notices, ...doubts[how]],
  };
}

/**
 * If the KMS refuses get-publickey (no permission, or the key is disabled), we lose the proof and
 * nothing else.
 */
export async function proveIfShown(
  context: LifecycleContext,
  keyId: string,
  keySpec: string | undefined,
  expected: Parameters<typeof provePublicKey>[3],
): Promise<Proof | undefined> {
  try {
    return await provePublicKey(context, keyId, keySpec, expected);
  } catch (error) {
    if (error instanceof KmsError) {
      context.log('warn', 'the public key could not be fetched', { reason: error.message });
      return undefined;
    }
    throw error;
  }
}

/**
 * Another writer may have imported other bytes at the same moment, and nothing that the KMS shows
 * would tell.
 */
function unprovenNotice(keyId: string, words: Wording): Notice {
  return {
    summary: 'The import is not proven',
    detail:
      `The answer to the import was lost. Key ${keyId} holds material with the expiry that was ` +
      `sent. It is most likely this material, but nothing proves it: ${words.unproven}, and ` +
      `changing the expiry will need ${words.name('allowUnverifiedRenewal')}.`,
    attribute: words.name('keyId'),
  };
}

const provenBy = {
  'public key': 'Its public key proves that it is the given material.',
  'proof from before': 'An earlier import proved what it holds.',
} as const;

/** @param by what proves which material the key holds; undefined if nothing does */
export function adoptedNotice(
  keyId: string,
  expiration: ExpirationInstant,
  by: keyof typeof provenBy | undefined,
  words: Wording,
): Notice {
  return {
    summary: 'Material already in the key was adopted',
    detail: `Key ${keyId} held material that expires ${formatExpirationTime(expiration)}, so nothing was imported. ${
      by === undefined
        ? `Nothing proves that it is the given material: ${words.unproven}.`
        : provenBy[by]
    }`,
    attribute: words.name('keyId'),
  };
}
