/**
 * One import: fetch the parameters, wrap, send, and settle what happened. An answer that was lost is no failure: describing the
 * key tells. Never deletes anything.
 */
import { ByokError, isByokError } from '../errors';
import { hasApiCode, hasReaction } from '../kms/kms-error';
import { isLostAnswer } from '../kms/lost-answer';
import type { KeyDetail } from '../kms/model';
import type { Material, WrappedMaterial } from '../material/material';
import type { PreWrapped } from '../material/pre-wrapped';
import { type ExpirationInstant, formatExpirationTime, sameExpiration } from '../schema/expiration-time';
import type { WrappingAlgorithm } from '../schema/kms';
import { describeKeyState } from '../schema/kms';
import type { Secret } from '../secret';
import { type LifecycleContext, messageOf, type Notice, shortPatienceMs, waitUntil, withPatience } from './context';

export interface ImportStep {
  readonly keyId: string;
  readonly expiration: ExpirationInstant;
  readonly source: ImportSource;
}

/** What is sent, and whether it can be made anew for another token. */
export type ImportSource =
  | { readonly material: Material; readonly wrappingAlgorithm: WrappingAlgorithm }
  | { readonly preWrapped: PreWrapped };

export interface ImportResult {
  /**
   * `acknowledged`: the KMS answered our import with success. `settled`: the answer was lost, and the key shows what was sent. `theirs`:
   * somebody else imported with the same expiry. Only the first proves which material the key holds.
   */
  readonly how: 'acknowledged' | 'settled' | 'theirs';
  /** The key with its material; undefined when an acknowledged import could not be looked at. */
  readonly key: KeyDetail | undefined;
  readonly notices: readonly Notice[];
}

const attempts = 3;

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
      break;
    } catch (error) {
      if (hasReaction(error, 'new-parameters') && renewable && !refetched) {
        refetched = true;
        context.log('info', 'the import parameters were refused, fetching new ones', { code: error.apiCode ?? '' });
        continue;
      }
      const lost = isLostAnswer(error);
      answerLost ||= lost;
      if (!lost && !hasApiCode(error, 'KMS.0310')) {
        throw error;
      }
      const key = await settle(context, step);
      if (key !== undefined) {
        return { how: answerLost ? 'settled' : 'theirs', key, notices: [] };
      }
      if (attempt === attempts || !renewable) {
        throw error;
      }
      context.log('warn', 'no answer to the import and the key still holds no material, trying again', { attempt });
    }
  }
  return acknowledged(context, step);
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

/** The import is done; whether the key shows it yet is worth a notice, not a failure. */
async function acknowledged(context: LifecycleContext, step: ImportStep): Promise<ImportResult> {
  try {
    const key = await waitUntil(
      withPatience(context, shortPatienceMs),
      `key ${step.keyId} to show its material`,
      () => describe(context, step),
      (answer) => holds(step, answer),
    );
    return { how: 'acknowledged', key, notices: [] };
  } catch (error) {
    const detail = `The KMS accepted the material, but key ${step.keyId} could not be seen with it afterwards: ${messageOf(
      error,
    )}. The next plan shows how it is.`;
    return { how: 'acknowledged', key: undefined, notices: [{ summary: 'The import was not confirmed', detail, attribute: 'key_id' }] };
  }
}

/**
 * After an answer that did not tell: undefined when the key holds no material. Reads may be stale for a moment, so only the two clear
 * answers end the waiting.
 */
async function settle(context: LifecycleContext, step: ImportStep): Promise<KeyDetail | undefined> {
  let last: KeyDetail | undefined;
  try {
    last = await waitUntil(
      withPatience(context, shortPatienceMs),
      `key ${step.keyId} to show what became of the import`,
      async () => {
        last = await describe(context, step);
        return last;
      },
      (key) => key === undefined || key.keyState === '5' || holds(step, key),
    );
  } catch (error) {
    if (!isByokError(error) || error.code !== 'ERR_TIMEOUT' || last === undefined) {
      throw error;
    }
    throw foreign(step, last);
  }
  return last !== undefined && holds(step, last) ? last : undefined;
}

function describe({ kms, signal }: LifecycleContext, { keyId }: ImportStep): Promise<KeyDetail | undefined> {
  return kms.describeKey(keyId, { signal });
}

function holds({ expiration }: ImportStep, key: KeyDetail | undefined): boolean {
  return key?.keyState === '2' && sameExpiration(key.expirationTime, expiration);
}

function foreign({ keyId, expiration }: ImportStep, key: KeyDetail): ByokError {
  return key.keyState === '2'
    ? new ByokError(
        'ERR_CHANGED_SINCE_PLAN',
        `key ${keyId} holds material that expires ${formatExpirationTime(key.expirationTime)} although ${formatExpirationTime(expiration)} was sent: somebody else imported at the same time; plan again`,
        { attribute: 'expiration_time' },
      )
    : new ByokError(
        'ERR_CHANGED_SINCE_PLAN',
        `key ${keyId} went to state ${describeKeyState(key.keyState)} during the import; plan again`,
        {
          attribute: 'key_id',
        },
      );
}
