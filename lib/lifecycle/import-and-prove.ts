/** An import, and what it proves about the material that the key holds. */
import { KmsError } from '../kms/kms-error';
import type { LifecycleContext, Notice } from './context';
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
          named:
            how === 'acknowledged' ? 'what was to be imported has' : 'the material at hand has',
        },
  );
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
 * A get-publickey that is refused, for want of a permission or since the key is disabled, costs the
 * proof and no more.
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
 * Another writer may have imported other bytes at the same moment: nothing that the KMS shows would
 * tell.
 */
function unprovenNotice(keyId: string, words: Wording): Notice {
  return {
    summary: 'The import is not proven',
    detail: `The answer to the import was lost. Key ${keyId} holds material with the expiry that was sent, most likely this one, but nothing proves it: ${words.unproven}, and a change of expiry will need ${words.name('allowUnverifiedRenewal')}.`,
    attribute: words.name('keyId'),
  };
}

const provenBy = {
  'public key': 'Its public key proves that it is the material at hand.',
  'proof from before': 'What it holds was proven before, and is known still.',
} as const;

/** @param by what proves which material it is; undefined: nothing */
export function adoptedNotice(
  keyId: string,
  by: keyof typeof provenBy | undefined,
  words: Wording,
): Notice {
  return {
    summary: 'The key already held material, which was adopted',
    detail: `Key ${keyId} held material with the declared expiry, so nothing was imported. ${
      by === undefined
        ? `Whether it is the material at hand is not proven: ${words.unproven}.`
        : provenBy[by]
    }`,
    attribute: words.name('keyId'),
  };
}
