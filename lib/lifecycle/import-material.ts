/**
 * One import: fetch the parameters, wrap, send, and find out what happened. A lost answer is not
 * yet a failure: describing the key tells. It never deletes anything.
 */
import { ByokError, isByokError } from '../errors';
import { hasApiCode, hasReaction, KmsError } from '../kms/kms-error';
import { isLostAnswer } from '../kms/lost-answer';
import type { ImportParameters, KeyDetail } from '../kms/model';
import type { Material, WrappedMaterial } from '../material/material';
import type { PreWrapped } from '../material/pre-wrapped';
import type { Secret } from '../secret';
import {
  type ExpirationInstant,
  formatExpirationTime,
  sameExpiration,
} from '../terms/expiration-time';
import { describeKeyState, hasMaterial, keyStates, type WrappingAlgorithm } from '../terms/kms';
import { lookFor } from './change';
import {
  type LifecycleContext,
  messageOf,
  type Notice,
  shortPatienceMs,
  uninterruptible,
} from './context';
import { capital, type Wording } from './wording';

export interface ImportStep {
  readonly keyId: string;
  readonly expiration: ExpirationInstant;
  readonly source: ImportSource;
  /**
   * True after a delete: then the material is the way back, and stays in memory until the key shows
   * it. Otherwise it is wiped as soon as the KMS confirms it, because a look that hangs must not
   * keep it in memory.
   * @default false
   */
  readonly isWayBack?: boolean;
  /**
   * Already fetched, for the first attempt.
   * @default each attempt fetches its own
   */
  readonly parameters?: ImportParameters | undefined;
}

/** What is sent, and whether it can be wrapped again for another token. */
export type ImportSource =
  | { readonly material: Material; readonly wrappingAlgorithm: WrappingAlgorithm }
  | { readonly preWrapped: PreWrapped };

export interface ImportResult {
  /**
   * How the import ended:
   *
   * `acknowledged`: the KMS answered our import with success.
   *
   * `settled`: the answer was lost, and the key shows what we sent.
   *
   * `theirs`: another writer imported with the same expiry.
   *
   * `unseen`: the KMS answered with success, and then answered no look at the key.
   *
   * Only `acknowledged` proves which material the key holds.
   */
  readonly how: 'acknowledged' | 'settled' | 'theirs' | 'unseen';
  /** The key with its material; undefined if we could not look at it. */
  readonly key: KeyDetail | undefined;
  readonly notices: readonly Notice[];
}

const attempts = 3;

/**
 * @throws KmsError if the KMS refuses, for example with KMS.2606 (the key is bound to other
 *   material)
 * @throws ByokError ERR_CHANGED_SINCE_PLAN if another writer imported with another expiry,
 *   ERR_TIMEOUT if the key keeps showing no material
 */
export async function importMaterial(
  context: LifecycleContext,
  step: ImportStep,
): Promise<ImportResult> {
  const renewable = 'material' in step.source;
  let answerLost = false;
  let refetched = false;
  let { parameters } = step;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { importToken, wrapped } = await prepare(context, step, parameters);
      parameters = undefined;
      await send(context, step, importToken, wrapped);
      if ('material' in step.source && step.isWayBack !== true) {
        step.source.material.wipe();
      }
      break;
    } catch (error) {
      if (hasReaction(error, 'new-parameters') && renewable && !refetched) {
        refetched = true;
        context.log('info', 'the import parameters were refused; fetching new ones', {
          code: error.apiCode ?? '',
        });
        continue;
      }
      const lost = isLostAnswer(error);
      answerLost ||= lost;
      if (!lost && !hasApiCode(error, 'KMS.0310')) {
        throw error;
      }
      const key = await settle(context, step, error);
      if (key !== undefined) {
        return { how: answerLost ? 'settled' : 'theirs', key, notices: [] };
      }
      if (attempt === attempts || !renewable) {
        throw error;
      }
      context.log(
        'warn',
        'no answer to the import, and the key still holds no material; trying again',
        { attempt },
      );
    }
  }
  return acknowledged(context, step);
}

/** Pre-wrapped material brings its token along; all other material is wrapped for a fresh one. */
async function prepare(
  { kms, signal }: LifecycleContext,
  { keyId, source }: ImportStep,
  fetched: ImportParameters | undefined,
): Promise<{ importToken: Secret; wrapped: WrappedMaterial }> {
  if ('preWrapped' in source) {
    return source.preWrapped;
  }
  const { importToken, publicKey } =
    fetched ?? (await kms.getParametersForImport(keyId, source.wrappingAlgorithm, { signal }));
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
      {
        keyId,
        importToken,
        ...wrapped,
        ...(expiration === undefined ? {} : { expirationTime: expiration }),
      },
      { signal },
    );
  } finally {
    importToken.wipe();
  }
}

/**
 * An answer of success alone is not enough: the key must show its material. If we may not look at
 * the key, that deserves a notice.
 */
async function acknowledged(context: LifecycleContext, step: ImportStep): Promise<ImportResult> {
  const { words } = context;
  const { keyId } = step;
  const sight = await lookFor(uninterruptible(context), {
    waitingFor: `key ${keyId} to show its material`,
    look: (options) => context.kms.describeKey(keyId, options),
    shows: (found) => holds(step, found),
  });
  if (sight.shown === undefined) {
    const said = hasClearAnswer(sight.failure);
    const detail =
      `The KMS accepted the material, but we could not look at key ${keyId} afterwards: ` +
      `${messageOf(sight.failure)}. ${capital(words.nextLook)} shows whether it holds the ` +
      `material.${said ? '' : ' Until then nothing proves that it does.'}`;
    const notice = {
      summary: 'The import was not confirmed',
      detail,
      attribute: words.name('keyId'),
    };
    return { how: said ? 'acknowledged' : 'unseen', key: undefined, notices: [notice] };
  }
  const key = sight.found;
  if (
    key !== undefined &&
    (sight.shown ||
      (hasMaterial(key.keyState) && sameExpiration(key.expirationTime, step.expiration)))
  ) {
    return { how: 'acknowledged', key, notices: [] };
  }
  throw key === undefined || key.keyState === keyStates.pendingImport
    ? notThere(step, key, words)
    : foreign(step, key, words);
}

/**
 * True if the KMS itself refused: then we can reach it, so the success before was its own answer,
 * too.
 */
function hasClearAnswer(failure: unknown): boolean {
  return failure instanceof KmsError && failure.apiCode !== undefined && !isLostAnswer(failure);
}

function notThere({ keyId }: ImportStep, key: KeyDetail | undefined, words: Wording): ByokError {
  const found =
    key === undefined
      ? 'does not exist'
      : `is in state ${describeKeyState(key.keyState)}, without material`;
  return new ByokError(
    'ERR_TIMEOUT',
    `import-key-material reported success, but ${shortPatienceMs / 1000} seconds later key ` +
      `${keyId} ${found}: a proxy may have answered instead of the KMS; check ` +
      `${words.name('kmsEndpoint')} and the network, then ${words.retry}`,
    { attribute: words.name('keyId') },
  );
}

/**
 * After an answer that told us nothing. Undefined if the key holds no material. A read may be stale
 * for a moment, so only the two clear answers end the waiting.
 */
async function settle(
  context: LifecycleContext,
  step: ImportStep,
  doubt: unknown,
): Promise<KeyDetail | undefined> {
  const isEmpty = (key: KeyDetail | undefined) =>
    key === undefined || key.keyState === keyStates.pendingImport;
  const sight = await lookFor(context, {
    waitingFor: `key ${step.keyId} to show what became of the import`,
    look: (options) => context.kms.describeKey(step.keyId, options),
    shows: (key) => isEmpty(key) || holds(step, key),
  });
  if (sight.shown === undefined) {
    const { failure } = sight;
    throw isByokError(failure) && context.signal.aborted
      ? new ByokError(
          failure.code,
          `${messageOf(doubt)}; then ${failure.message}: ${context.words.nextLook} shows whether key ${step.keyId} holds the material`,
          { attribute: failure.attribute, cause: failure },
        )
      : failure;
  }
  if (sight.found === undefined || isEmpty(sight.found)) {
    return undefined;
  }
  if (!sight.shown) {
    throw foreign(step, sight.found, context.words);
  }
  return sight.found;
}

function holds({ expiration }: ImportStep, key: KeyDetail | undefined): boolean {
  return key?.keyState === keyStates.enabled && sameExpiration(key.expirationTime, expiration);
}

function foreign({ keyId, expiration }: ImportStep, key: KeyDetail, words: Wording): ByokError {
  return key.keyState === keyStates.enabled
    ? new ByokError(
        'ERR_CHANGED_SINCE_PLAN',
        `key ${keyId} holds material that expires ${formatExpirationTime(key.expirationTime)} ` +
          `although we sent ${formatExpirationTime(expiration)}: another writer imported at the ` +
          `same time; ${words.again}`,
        { attribute: words.name('expirationTime') },
      )
    : new ByokError(
        'ERR_CHANGED_SINCE_PLAN',
        `key ${keyId} changed to state ${describeKeyState(key.keyState)} during the import; ${words.again}`,
        { attribute: words.name('keyId') },
      );
}
