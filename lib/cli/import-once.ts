/**
 * One import from the command line, by the rules of the lifecycle: it checks first, finds out what
 * happened if the answer is lost, and never deletes anything.
 */
import { ByokError } from '../errors';
import type { KeyDetail } from '../kms/model';
import type { LifecycleContext } from '../lifecycle/context';
import { createMaterial } from '../lifecycle/create-material';
import type {
  MaterialOutcome,
  MaterialRequest,
  RequestSource,
} from '../lifecycle/material-request';
import { type DeclaredMaterial, wishOf } from '../lifecycle/wish';
import type { Wording } from '../lifecycle/wording';
import { oneLine } from '../printable';
import { formatExpirationTime, formatInstant } from '../terms/expiration-time';
import {
  defaultKeySpec,
  describeKeyState,
  hasMaterial,
  isAsymmetric,
  keyStates,
} from '../terms/kms';

export interface ImportRequest {
  readonly keyId: string;
  /** Undeclared, the material never expires. */
  readonly declared: DeclaredMaterial;
  readonly source: RequestSource;
}

/** The state of the key afterwards, in the spelling of --json. */
export interface ImportOutcome {
  readonly key_id: string;
  readonly key_spec: string;
  /** As the KMS says it, for example "2". */
  readonly key_state: string;
  /** RFC 3339; null if the material never expires. */
  readonly expiration_time: string | null;
  /**
   * Fingerprint of the material; for an asymmetric key, the one that its public key in the KMS
   * proves. Null if the material was wrapped elsewhere.
   */
  readonly fingerprint: string | null;
  /** False: the key already held this very private key. */
  readonly imported: boolean;
  /** What could not be verified; usually empty. */
  readonly warnings: readonly string[];
}

/** @throws ByokError and KmsError; the key is untouched unless the message says otherwise */
export async function importOnce(
  context: LifecycleContext,
  { keyId, declared, source }: ImportRequest,
): Promise<ImportOutcome> {
  const { kms, signal, words } = context;
  const key = await kms.describeKey(keyId, { signal });
  // We can compare a given private key with what the KMS shows. Nothing else that is there can be
  // compared.
  if (!('open' in source && holdsMaterial(key) && isAsymmetric(key?.keySpec ?? ''))) {
    requirePendingImport(keyId, key, words);
  }
  const request: MaterialRequest = {
    keyId,
    wish: { ...wishOf(declared, true, words), warnBeforeMs: 0 },
    reviewed: undefined,
    proof: undefined,
    source,
    sourceAttribute: undefined,
  };
  const outcome = await createMaterial(context, request, key);
  if (outcome.importedAt === undefined && (outcome.proof === undefined || !('open' in source))) {
    throw new ByokError(
      'ERR_CHANGED_SINCE_PLAN',
      `another writer imported material into key ${keyId} at the same time, and nothing ` +
        'proves that it is the same; your material was not imported',
      { attribute: words.name('keyId') },
    );
  }
  return outcomeOf(keyId, key?.keySpec, outcome);
}

/** @throws ByokError ERR_KEY_NOT_FOUND, or ERR_KEY_UNSUITABLE unless the key waits for material */
export function requirePendingImport(
  keyId: string,
  key: KeyDetail | undefined,
  words: Wording,
): asserts key is KeyDetail {
  if (key === undefined) {
    throw new ByokError(
      'ERR_KEY_NOT_FOUND',
      `the KMS does not know key "${keyId}"; check the id, --region and --project-id`,
      {
        attribute: words.name('keyId'),
      },
    );
  }
  const refuse = (reason: string): ByokError =>
    new ByokError('ERR_KEY_UNSUITABLE', `key ${keyId} ${reason}`, {
      attribute: words.name('keyId'),
    });
  if (key.origin !== 'external') {
    throw refuse(`has origin "${key.origin}"; only keys of origin "external" accept material`);
  }
  if (holdsMaterial(key)) {
    throw refuse(
      `is in state ${describeKeyState(key.keyState)} and already holds material that expires ` +
        `${formatExpirationTime(key.expirationTime)}; nothing was changed`,
    );
  }
  if (key.keyState !== keyStates.pendingImport) {
    throw refuse(
      `is in state ${describeKeyState(key.keyState)}, and import needs state ${describeKeyState(keyStates.pendingImport)}; nothing was changed`,
    );
  }
}

/** The text for people. */
export function describeImport(key: ImportOutcome): string {
  const { key_id, key_spec, key_state, expiration_time, fingerprint, imported, warnings } = key;
  const rows = [
    ['key', `${key_id} (${key_spec})`],
    ['state', describeKeyState(key_state)],
    ['expires', expiration_time ?? 'never'],
    ...(fingerprint === null ? [] : [['fingerprint', fingerprint]]),
    ...warnings.map((warning) => ['warning', warning]),
  ];
  const headline = imported
    ? 'The key material is imported.'
    : 'The key already holds this very private key: nothing was imported.';
  return `${headline}\n\n${rows.map(([name = '', value = '']) => `  ${name.padEnd(11)}  ${oneLine(value)}\n`).join('')}`;
}

function holdsMaterial(key: KeyDetail | undefined): boolean {
  return key?.origin === 'external' && hasMaterial(key.keyState);
}

function outcomeOf(
  keyId: string,
  keySpec: string | undefined,
  { observation, proof, importedAt, notices }: MaterialOutcome,
): ImportOutcome {
  const { keyState, expiration } = observation;
  const imported = importedAt !== undefined;
  return {
    key_id: keyId,
    key_spec: keySpec ?? defaultKeySpec,
    key_state: keyState ?? '',
    expiration_time: expiration === undefined ? null : formatInstant(expiration),
    fingerprint: proof?.fingerprint ?? null,
    imported,
    // This outcome itself says that the material was there already.
    warnings: imported ? notices.map(({ summary, detail }) => `${summary}. ${detail}`) : [],
  };
}
