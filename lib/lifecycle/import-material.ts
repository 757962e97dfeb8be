/**
 * One import: fetch the parameters, wrap, send, and settle what happened. An answer that was lost is no failure: describing the
 * key tells. Never deletes anything.
 */
import { ByokError } from '../errors';
import { hasApiCode } from '../kms/kms-error';
import { isLostAnswer } from '../kms/lost-answer';
import type { KeyDetail } from '../kms/model';
import type { Material, WrappedMaterial } from '../material/material';
import type { PreWrapped } from '../material/pre-wrapped';
import { type ExpirationInstant, formatExpirationTime, sameExpiration } from '../schema/expiration-time';
import type { WrappingAlgorithm } from '../schema/kms';
import { describeKeyState } from '../schema/kms';
import type { Secret } from '../secret';
import { type LifecycleContext, waitUntil } from './context';

export interface ImportStep {
  readonly keyId: string;
  readonly expiration: ExpirationInstant;
  readonly source: ImportSource;
}

/** What is sent, and whether it can be made anew for another token. */
export type ImportSource =
  | { readonly material: Material; readonly wrappingAlgorithm: WrappingAlgorithm }
  | { readonly preWrapped: PreWrapped };

/** `theirs`: somebody else imported with the same expiry in between, so nothing is proven about the material. */
export type ImportResult = 'imported' | 'theirs';

const attempts = 3;

/** New parameters help against these: the token is too old, for another key, or did not fit the wrapping. */
const parametersAtFault = ['KMS.2601', 'KMS.2603', 'KMS.2605', 'KMS.0311'];

/**
 * @throws KmsError as the KMS refused, KMS.2606 (other material than this key is bound to) among others
 * @throws ByokError ERR_CHANGED_SINCE_PLAN when another writer imported with another expiry
 */
export async function importMaterial(context: LifecycleContext, step: ImportStep): Promise<ImportResult> {
  const renewable = 'material' in step.source;
  let answerLost = false;
  let refetched = false;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { importToken, wrapped } = await prepare(context, step);
      await send(context, step, importToken, wrapped);
      await waitForMaterial(context, step);
      return 'imported';
    } catch (error) {
      if (hasApiCode(error, ...parametersAtFault) && renewable && !refetched) {
        refetched = true;
        context.log('info', 'the import parameters were refused, fetching new ones', { code: error.apiCode ?? '' });
        continue;
      }
      const lost = isLostAnswer(error);
      answerLost ||= lost;
      if (!lost && !hasApiCode(error, 'KMS.0310')) {
        throw error;
      }
      if (await settle(context, step)) {
        return answerLost ? 'imported' : 'theirs';
      }
      if (attempt === attempts || !renewable) {
        throw error;
      }
      context.log('warn', 'no answer to the import and the key still holds no material, trying again', { attempt });
    }
  }
}

/** Pre-wrapped material brings its token along; everything else is wrapped for a fresh one. */
async function prepare(
  { kms, signal }: LifecycleContext,
  { keyId, source }: ImportStep,
): Promise<{ importToken: Secret; wrapped: WrappedMaterial }> {
  if ('preWrapped' in source) {
    return source.preWrapped;
  }
  const { importToken, publicKey } = await kms.getParametersForImport(keyId, source.wrappingAlgorithm, { signal });
  return { importToken, wrapped: await source.material.wrap(source.wrappingAlgorithm, publicKey) };
}

async function send(
  { kms, signal }: LifecycleContext,
  { keyId, expiration }: ImportStep,
  importToken: Secret,
  wrapped: WrappedMaterial,
): Promise<void> {
  try {
    await kms.importKeyMaterial(
      { keyId, importToken, ...wrapped, ...(expiration === undefined ? {} : { expirationTime: expiration }) },
      { signal },
    );
  } finally {
    importToken.wipe();
  }
}

async function waitForMaterial(context: LifecycleContext, step: ImportStep): Promise<void> {
  const key = await waitUntil(context, `key ${step.keyId} to show its material`, () => describe(context, step), isSettled);
  checkExpiration(step, key);
}

/** True when the key holds material with the expiry that was sent; false when it holds none. */
async function settle(context: LifecycleContext, step: ImportStep): Promise<boolean> {
  const key = await describe(context, step);
  if (key === undefined || key.keyState === '5') {
    return false;
  }
  if (!isSettled(key)) {
    throw new ByokError(
      'ERR_CHANGED_SINCE_PLAN',
      `key ${step.keyId} went to state ${describeKeyState(key.keyState)} during the import; plan again`,
      {
        attribute: 'key_id',
      },
    );
  }
  checkExpiration(step, key);
  return true;
}

function describe({ kms, signal }: LifecycleContext, { keyId }: ImportStep): Promise<KeyDetail | undefined> {
  return kms.describeKey(keyId, { signal });
}

function isSettled(key: KeyDetail | undefined): boolean {
  return key?.keyState === '2';
}

function checkExpiration(step: ImportStep, key: KeyDetail | undefined): void {
  if (!sameExpiration(key?.expirationTime, step.expiration)) {
    throw new ByokError(
      'ERR_CHANGED_SINCE_PLAN',
      `key ${step.keyId} holds material that expires ${formatExpirationTime(key?.expirationTime)} although ${formatExpirationTime(step.expiration)} was sent: somebody else imported at the same time; plan again`,
      { attribute: 'expiration_time' },
    );
  }
}
