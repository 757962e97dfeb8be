/**
 * A change of expiry: delete the material, and import the same material again. This is the one
 * dangerous path. Nothing is deleted before the way back is verified, and after the delete every
 * step aims at having material in the key again.
 */
import { ByokError, isByokError } from '../errors';
import { hasApiCode } from '../kms/kms-error';
import { isLostAnswer } from '../kms/lost-answer';
import type { CallOptions, KeyDetail } from '../kms/model';
import { stopped } from '../stopped';
import {
  type ExpirationInstant,
  formatExpirationTime,
  sameExpiration,
} from '../terms/expiration-time';
import { hasMaterial, keyStates } from '../terms/kms';
import { change, type Effect, lookFor } from './change';
import { type LifecycleContext, messageOf, type Notice, uninterruptible } from './context';
import { importAndProve } from './import-and-prove';
import { type ImportSource, importMaterial } from './import-material';
import type { MaterialOutcome, MaterialRequest } from './material-request';
import { verifyWayBack } from './verify-way-back';
import type { Wording } from './wording';

export interface Renewal {
  readonly source: Extract<ImportSource, { readonly material: unknown }>;
  readonly from: ExpirationInstant;
  readonly to: ExpirationInstant;
}

export async function renewMaterial(
  context: LifecycleContext,
  request: MaterialRequest,
  renewal: Renewal,
  atHand: string | undefined,
): Promise<MaterialOutcome> {
  const { words } = context;
  const { keyId } = request;
  const { source, to } = renewal;
  await verifyWayBack(context, keyId, source);
  requireGoing(context, keyId);
  const outage = uninterruptible(context);
  const start = context.now();
  const gone = await deleteCommitted(outage, keyId, context);
  try {
    const outcome = await importAndProve(
      outage,
      request,
      { keyId, expiration: to, source, isWayBack: true },
      atHand,
    );
    return {
      ...outcome,
      notices: [...outcome.notices, outageNotice(context.now().getTime() - start.getTime())],
    };
  } catch (cause) {
    throw gone || !(await stillHolds(outage, keyId, renewal.from))
      ? await backOut(outage, keyId, renewal, cause)
      : new ByokError(
          'ERR_TIMEOUT',
          `delete-imported-key-material reported success, but key ${keyId} still holds its ` +
            `material, with its old expiry (${formatExpirationTime(renewal.from)}): a proxy may ` +
            `have answered instead of the KMS; check ${words.name('kmsEndpoint')} and the ` +
            `network, then ${words.retry}`,
          { attribute: words.name('keyId'), cause },
        );
  }
}

/** Until the delete is sent, and between its attempts, of which none has done anything. */
function requireGoing({ signal }: LifecycleContext, keyId: string, cause?: unknown): void {
  if (signal.aborted) {
    throw stopped(signal, `the renewal of the material of key ${keyId}`, {
      effect: `nothing was deleted${cause === undefined ? '' : `: ${messageOf(cause)}`}`,
    });
  }
}

/**
 * @param before the delete: its pauses can be interrupted
 * @returns whether the key shows it. After a clear success the import finds out by itself: the KMS
 *   refuses it with KMS.0310 as long as there is material.
 * @throws the KMS's error if, as far as we can tell, the material was not deleted
 */
async function deleteCommitted(
  context: LifecycleContext,
  keyId: string,
  before: LifecycleContext,
): Promise<boolean> {
  const effect: Effect<KeyDetail | undefined> = {
    waitingFor: `key ${keyId} to give up its material`,
    look: (options) => context.kms.describeKey(keyId, options),
    shows: (key) => key?.keyState === keyStates.pendingImport,
  };
  const remove = (options: CallOptions) =>
    context.kms.deleteImportedKeyMaterial(keyId, { ...options, signal: before.signal });
  const seen = await change(context, remove, effect, 'KMS.2701').catch(async (error: unknown) => {
    if (isStopped(error)) {
      requireGoing(before, keyId, error);
    }
    throw hasApiCode(error, 'KMS.2701') ? await overtaken(context, keyId, error) : error;
  });
  const gone = seen !== undefined || (await lookFor(context, effect)).shown === true;
  if (!gone) {
    context.log('warn', 'the key still showed its material', { key: keyId });
  }
  return gone;
}

/** A lost answer is another error: then the delete was sent. */
function isStopped(error: unknown): boolean {
  return (
    isByokError(error) &&
    (error.code === 'ERR_INTERRUPTED' || error.code === 'ERR_TIMEOUT') &&
    !isLostAnswer(error)
  );
}

/**
 * A key that had nothing to delete and holds material now was renewed by another writer in between.
 */
async function overtaken(
  context: LifecycleContext,
  keyId: string,
  cause: unknown,
): Promise<unknown> {
  const key = await tryDescribe(context, keyId);
  return key !== undefined && hasMaterial(key.keyState)
    ? new ByokError(
        'ERR_CHANGED_SINCE_PLAN',
        `key ${keyId} held no material when we wanted to delete it, and now holds material ` +
          `that expires ${formatExpirationTime(key.expirationTime)}: another writer imported at ` +
          `the same time; your material was not imported, ${context.words.again}`,
        { attribute: context.words.name('keyId'), cause },
      )
    : cause;
}

/** Undefined, too, if we cannot look at the key. */
async function tryDescribe(
  { kms, signal, log }: LifecycleContext,
  keyId: string,
): Promise<KeyDetail | undefined> {
  try {
    return await kms.describeKey(keyId, { signal });
  } catch (error) {
    log('warn', 'the key could not be examined', { reason: messageOf(error) });
    return undefined;
  }
}

async function stillHolds(
  context: LifecycleContext,
  keyId: string,
  expiration: ExpirationInstant,
): Promise<boolean> {
  const key = await tryDescribe(context, keyId);
  return (
    key !== undefined && hasMaterial(key.keyState) && sameExpiration(key.expirationTime, expiration)
  );
}

/**
 * If the KMS refuses the new expiry (its clock may be ahead of ours), restore the old one so the
 * key is never left empty.
 */
async function backOut(
  context: LifecycleContext,
  keyId: string,
  { source, from, to }: Renewal,
  cause: unknown,
): Promise<ByokError> {
  if (isByokError(cause) && cause.code === 'ERR_CHANGED_SINCE_PLAN') {
    // Another writer imported in between: the key works, and the message says so.
    return cause;
  }
  const [code, message] = isByokError(cause)
    ? [cause.code, cause.message]
    : (['ERR_INTERNAL', String(cause)] as const);
  if (!isLostAnswer(cause) && !hasApiCode(cause, 'KMS.2606')) {
    try {
      await importMaterial(context, { keyId, expiration: from, source });
      const attribute = context.words.name('expirationTime');
      return new ByokError(
        code,
        `the import with ${attribute} ${formatExpirationTime(to)} failed: ${message}; key ` +
          `${keyId} has its material back, with its old expiry (${formatExpirationTime(from)})`,
        { attribute, cause },
      );
    } catch (error) {
      context.log('warn', 'the old expiry was refused, too', { reason: messageOf(error) });
    }
  }
  return new ByokError(
    code,
    `${afterFailure(keyId, await tryDescribe(context, keyId))}: ${message}${adviceAfter(cause, context.words)}`,
    {
      cause,
    },
  );
}

/** Says only what we saw: an import that never answered may show late. */
function afterFailure(keyId: string, key: KeyDetail | undefined): string {
  if (key !== undefined && hasMaterial(key.keyState)) {
    return `key ${keyId} holds material that expires ${formatExpirationTime(key.expirationTime)}, although the import seemed to fail`;
  }
  return key?.keyState === keyStates.pendingImport
    ? `key ${keyId} has no material at the moment: the material was deleted, and importing it again failed`
    : `the material of key ${keyId} was deleted, importing it again failed, and we could not see whether the key holds any now`;
}

function adviceAfter(cause: unknown, { retry }: Wording): string {
  return hasApiCode(cause, 'KMS.2606')
    ? ''
    : `; fix the cause and ${retry}: the same material will be imported`;
}

function outageNotice(milliseconds: number): Notice {
  return {
    summary: 'The key could not be used for a moment',
    detail: `It held no material for ${milliseconds} milliseconds, between the deletion and the new import.`,
  };
}
