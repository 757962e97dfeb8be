/**
 * One import: fetch the parameters, wrap, send, and settle what happened. An answer that was lost
 * is no failure: describing the key tells. Never deletes anything.
 */
import { ByokError } from '../errors';
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
   * After a delete the material is the way back, and stays in memory until the key shows it.
   * Otherwise it is wiped as soon as the KMS says that it has it: a look that hangs must not keep
   * it. @default false
   */
  readonly isWayBack?: boolean;
  /** Fetched already, for the first attempt. @default fetched for each */
  readonly parameters?: ImportParameters | undefined;
}

/** What is sent, and whether it can be made anew for another token. */
export type ImportSource =
  | { readonly material: Material; readonly wrappingAlgorithm: WrappingAlgorithm }
  | { readonly preWrapped: PreWrapped };

export interface ImportResult {
  /**
   * `acknowledged`: the KMS answered our import with success. `settled`: the answer was lost, and
   * the key shows what was sent. `theirs`: somebody else imported with the same expiry. `unseen`:
   * the KMS answered with success, and to no look after that. Only the first proves which material
   * the key holds.
   */
  readonly how: 'acknowledged' | 'settled' | 'theirs' | 'unseen';
  /** The key with its material; undefined when it could not be looked at. */
  readonly key: KeyDetail | undefined;
  readonly notices: readonly Notice[];
}

const attempts = 3;

/**
 * @throws KmsError as the KMS refused, KMS.2606 (other material than this key is bound to) among
 *   others
 * @throws ByokError ERR_CHANGED_SINCE_PLAN when another writer imported with another expiry,
 *   ERR_TIMEOUT when the key goes on showing none
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
        context.log('info', 'the import parameters were refused, fetching new ones', {
          code: error.apiCode ?? '',
        });
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
      context.log(
        'warn',
        'no answer to the import and the key still holds no material, trying again',
        { attempt },
      );
    }
  }
  return acknowledged(context, step);
}

/** Pre-wrapped material brings its token along; everything else is wrapped for a fresh one. */
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
 * A success that was only said is none: the key must show it. A key that may not be looked at is
 * worth a notice.
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
    const detail = `The KMS accepted the material, but key ${keyId} could not be seen with it afterwards: ${messageOf(sight.failure)}. ${capital(words.nextLook)} shows how it is.${
      said ? '' : ' Until then nothing proves that it holds the material.'
    }`;
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

/** The KMS itself refused: it can be talked to, so the success before was its own, too. */
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
    `import-key-material was answered with success, but ${shortPatienceMs / 1000} seconds later key ${keyId} ${found}: something between may have answered in place of the KMS; check ${words.name('kmsEndpoint')} and the network, then ${words.retry}`,
    { attribute: words.name('keyId') },
  );
}

/**
 * After an answer that did not tell: undefined when the key holds no material. Reads may be stale
 * for a moment, so only the two clear answers end the waiting.
 */
async function settle(context: LifecycleContext, step: ImportStep): Promise<KeyDetail | undefined> {
  const isEmpty = (key: KeyDetail | undefined) =>
    key === undefined || key.keyState === keyStates.pendingImport;
  const sight = await lookFor(context, {
    waitingFor: `key ${step.keyId} to show what became of the import`,
    look: (options) => context.kms.describeKey(step.keyId, options),
    shows: (key) => isEmpty(key) || holds(step, key),
  });
  if (sight.shown === undefined) {
    throw sight.failure;
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
        `key ${keyId} holds material that expires ${formatExpirationTime(key.expirationTime)} although ${formatExpirationTime(expiration)} was sent: somebody else imported at the same time; ${words.again}`,
        { attribute: words.name('expirationTime') },
      )
    : new ByokError(
        'ERR_CHANGED_SINCE_PLAN',
        `key ${keyId} went to state ${describeKeyState(key.keyState)} during the import; ${words.again}`,
        { attribute: words.name('keyId') },
      );
}
