/**
 * Before material is deleted to be imported again: proves, with the key intact, that the import can
 * be made. Nothing that is sent here can change the key.
 */
import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { ByokError, isByokError } from '../errors';
import { blamesRequest, hasApiCode } from '../kms/kms-error';
import { Secret } from '../secret';
import type { WrappingAlgorithm } from '../terms/kms';
import { type LifecycleContext, messageOf } from './context';
import type { ImportSource } from './import-material';
import type { Wording } from './wording';

/**
 * Anything wrong stops here, with the key intact: we check that the material wraps, and that we may
 * make both calls of the import.
 */
export async function verifyWayBack(
  context: LifecycleContext,
  keyId: string,
  { material, wrappingAlgorithm }: Extract<ImportSource, { readonly material: unknown }>,
): Promise<void> {
  // An HSM that refuses is found out now.
  await material.wrap(wrappingAlgorithm, await throwAwayWrappingKey());
  try {
    await requireParametersCall(context, keyId, wrappingAlgorithm);
    await requireImportCall(context, keyId);
  } catch (cause) {
    const code = isByokError(cause) ? cause.code : 'ERR_INTERNAL';
    throw new ByokError(
      code,
      `nothing was deleted${context.signal.aborted ? '' : ', because importing the material again may fail'}: ${messageOf(cause)}`,
      {
        attribute: context.words.name('keyId'),
        cause,
      },
    );
  }
}

/**
 * KMS.0310 ("not in Pending import state") is the answer we want: the KMS answers, and we may fetch
 * parameters.
 */
async function requireParametersCall(
  { kms, signal, words }: LifecycleContext,
  keyId: string,
  wrappingAlgorithm: WrappingAlgorithm,
): Promise<void> {
  try {
    const parameters = await kms.getParametersForImport(keyId, wrappingAlgorithm, { signal });
    parameters.importToken.wipe();
  } catch (error) {
    if (hasApiCode(error, 'KMS.0310')) {
      return;
    }
    throw error;
  }
  throw lostItself(words);
}

/**
 * Sends noise, which no KMS can import: the KMS says so only if we have the permission to import.
 * It is not documented which refusal comes first for a key that holds material, so any refusal that
 * blames the request will do.
 */
async function requireImportCall(
  { kms, signal, words }: LifecycleContext,
  keyId: string,
): Promise<void> {
  const noise = {
    importToken: Secret.fromText(randomBytes(600).toString('base64')),
    encryptedKeyMaterial: randomBytes(256),
  };
  try {
    await kms.importKeyMaterial({ keyId, ...noise }, { signal });
  } catch (error) {
    if (blamesRequest(error)) {
      return;
    }
    throw error;
  }
  throw new ByokError(
    'ERR_KMS_UNREACHABLE',
    'import-key-material reported success for random bytes, which no KMS can import: a proxy ' +
      `answers instead of the KMS; check ${words.name('kmsEndpoint')} and the network, then ` +
      `${words.retry}`,
  );
}

function lostItself({ again }: Wording): ByokError {
  return new ByokError(
    'ERR_CHANGED_SINCE_PLAN',
    `the key lost its material after we looked at it; ${again}`,
  );
}

/** One for all renewals of this process: making a pair takes a tenth of a second. */
let throwAway: Promise<Buffer> | undefined;

/** We drop the private half here, so what it wraps stays closed. */
function throwAwayWrappingKey(): Promise<Buffer> {
  throwAway ??= promisify(generateKeyPair)('rsa', { modulusLength: 2048 }).then(({ publicKey }) =>
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  return throwAway;
}
