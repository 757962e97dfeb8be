/**
 * What a plan of `byok_key_material` shows of an object that is new: from configuration, the
 * material if it is at hand, and the key as it is.
 */
import { ByokError } from '../../errors';
import type { KeyDetail } from '../../kms/model';
import type { Notice } from '../../lifecycle/context';
import { decide } from '../../lifecycle/decide';
import { decideFirst } from '../../lifecycle/decide-first';
import { isRolling } from '../../lifecycle/expiration-wish';
import { observeMaterial } from '../../lifecycle/material-status';
import type { Proof } from '../../lifecycle/proof';
import {
  refuseAnyExpiration,
  refuseForeignMaterial,
  refusePastExpiration,
  refuseUnpinned,
} from '../../lifecycle/refusals';
import { formatExpirationTime, parseExpirationTime } from '../../terms/expiration-time';
import { unknown, type Values } from '../../tfplugin/values/value';
import { sameFingerprint } from '../../wrap/fingerprint';
import { text } from '../attributes';
import { wording } from '../wording';
import { type AtHand, sourceNotices } from './at-hand';
import { expirationText, isVerified, wishOf } from './config';
import { type MaterialPlan, unknownKey } from './plan';
import type { MaterialMemory } from './private-state';
import { preWrappedOf } from './source';

const firstReason = 'first import into this key';

/** What is known of the key before apply. */
export interface KnownKey {
  /**
   * As it was found; undefined when it was not looked at, since it is only known after apply or was
   * made by this very run.
   */
  readonly key: KeyDetail | undefined;
  /** What was known of its material by the object that this one comes after in the same run. */
  readonly before: MaterialMemory | undefined;
  /** That object is planned to stay, or to go by a forced replacement, which no plan shows. */
  readonly isKept: boolean;
  /** Of a private key, by the public half that the KMS shows. */
  readonly shown: Proof | undefined;
  /** It may turn out to be one that holds material. */
  readonly mayHoldMaterial: boolean;
}

/** @param proposed configuration completed by Terraform; write-only values are null in it */
export function planCreate(
  proposed: Values,
  config: Values,
  atHand: AtHand,
  known: KnownKey,
  now: Date,
): MaterialPlan {
  const { key, before } = known;
  const plan =
    key === undefined
      ? planUnseen(proposed, config, atHand, known, now)
      : before?.proof === undefined
        ? planSeen(proposed, config, atHand, key, known.shown, now)
        : planProven(proposed, config, atHand, { ...known, key }, before, now);
  const importDue = plan.permitted.includes('import');
  return {
    ...plan,
    successorFor: [text(config, 'key_id') ?? unknownKey],
    refusals: [
      importDue ? atHand.unusable : undefined,
      importDue && atHand.isPrivateKey
        ? refuseAnyExpiration(wishOf(config, true), 'the source holds a private key', wording)
        : undefined,
      ...plan.refusals,
    ].filter((refusal) => refusal !== undefined),
    notices: [...plan.notices, ...sourceNotices(config, atHand, importDue)],
  };
}

function planUnseen(
  proposed: Values,
  config: Values,
  atHand: AtHand,
  { before, mayHoldMaterial }: KnownKey,
  now: Date,
): MaterialPlan {
  const declared = text(config, 'expiration_time');
  const planned = plannedImport(proposed, config, atHand);
  // Should it be there already, what is at hand is not said to be it.
  const differs =
    before?.proof !== undefined &&
    atHand.fingerprint !== undefined &&
    !sameFingerprint(before.proof.fingerprint, atHand.fingerprint);
  const guarded: Values = {
    ...planned,
    import_reason: unknown,
    ...(differs ? {} : { fingerprint: config.fingerprint ?? unknown }),
  };
  return {
    planned: mayHoldMaterial ? guarded : { ...planned, import_reason: firstReason },
    permitted: mayHoldMaterial ? ['delete', 'import'] : ['import'],
    refusals: [
      refuseUnpinned(text(config, 'fingerprint'), atHand.fingerprint, wording),
      declared === undefined
        ? undefined
        : refusePastExpiration(parseExpirationTime(declared, wording), now, wording),
    ],
    notices: [],
  };
}

function planSeen(
  proposed: Values,
  config: Values,
  atHand: AtHand,
  key: KeyDetail,
  shown: Proof | undefined,
  now: Date,
): MaterialPlan {
  const wish = wishOf(config, false);
  const { step, expiration, refusal } = decideFirst(wish, key, now, wording);
  if (step === 'import') {
    const planned: Values = {
      ...plannedImport(proposed, config, atHand),
      key_spec: key.keySpec ?? unknown,
      import_reason: firstReason,
    };
    const unpinned = refuseUnpinned(text(config, 'fingerprint'), atHand.fingerprint, wording);
    return { planned, permitted: ['import'], refusals: [refusal, unpinned], notices: [] };
  }
  const foreign =
    shown === undefined
      ? undefined
      : refuseForeignMaterial(wish, { proof: shown, atHand: atHand.fingerprint }, wording);
  const proven =
    shown === undefined
      ? 'which material it is nothing proves: fingerprint_verified will be false'
      : 'its public key proves which it is';
  const detail = `Key ${key.keyId} holds material that expires ${formatExpirationTime(expiration)}, as declared. Nothing is imported, and ${proven}.`;
  return {
    planned: plannedAdoption(proposed, config, key, shown),
    permitted: [],
    refusals: [refusal, foreign],
    notices:
      refusal === undefined && foreign === undefined
        ? [
            {
              summary: 'The key already holds material, which is adopted',
              detail,
              attribute: 'key_id',
            },
          ]
        : [],
  };
}

/** As an update of the object that was there before: the KMS binds material to its key for ever. */
function planProven(
  proposed: Values,
  config: Values,
  atHand: AtHand,
  { key, shown, isKept }: KnownKey & { readonly key: KeyDetail },
  { proof, disabled }: MaterialMemory,
  now: Date,
): MaterialPlan {
  const knowledge = {
    observation: observeMaterial(key, undefined, now),
    proof,
    atHand: atHand.fingerprint,
    preWrapped: preWrappedOf(config, null),
    disabled,
  };
  // Whatever the other object declared: of what is there, an expiry that this one does not declare
  // is kept.
  const wish = wishOf(config, false);
  const { steps, reason, expiration, refusal, notices } = decide(wish, knowledge, now, wording);
  if (steps.length === 0) {
    // What an object that exists may wait for, a new one cannot: it would be said to have the
    // declared expiry.
    const refusals = [refusal ?? decideFirst(wish, key, now, wording).refusal];
    return {
      planned: plannedAdoption(proposed, config, key, shown),
      permitted: [],
      refusals,
      notices,
    };
  }
  if (steps.includes('delete') && isKept) {
    const refused = refuseReplacedRenewal(key, reason ?? '');
    return {
      planned: plannedAdoption(proposed, config, key, shown),
      permitted: [],
      refusals: [refused],
      notices,
    };
  }
  const again: Notice = {
    summary: 'The material is imported again',
    detail: `${reason ?? ''}.`,
    attribute: 'key_id',
  };
  const fixed = config.expiration_time ?? formatExpirationTime(expiration);
  const planned: Values = {
    ...plannedImport(proposed, config, atHand),
    key_spec: key.keySpec ?? unknown,
    expiration_time: isRolling(wish.expiration) ? unknown : fixed,
    // Whether what was known of an empty key has come along may differ from plan to apply.
    import_reason: steps.includes('delete') ? (reason ?? null) : firstReason,
  };
  return {
    planned,
    permitted: steps,
    refusals: [],
    notices: steps.includes('delete') ? notices : [...notices, again],
  };
}

/** Under create_before_destroy the new object would not know what was proven, and so not do it. */
function refuseReplacedRenewal({ keyId }: KeyDetail, reason: string): ByokError {
  return new ByokError(
    'ERR_REFUSED',
    `a resource of this configuration has the material of key ${keyId}, and this new one (as -replace, taint and replace_triggered_by make it) declares another expiry: ${reason}; nothing was done: change the expiry in an apply of its own, without the replacement`,
    { attribute: 'expiration_time' },
  );
}

function plannedImport(proposed: Values, config: Values, atHand: AtHand): Values {
  return {
    ...proposed,
    id: proposed.key_id ?? unknown,
    key_state: unknown,
    key_spec: unknown,
    material_status: unknown,
    expiration_time: config.expiration_time ?? unknown,
    fingerprint: config.fingerprint ?? atHand.fingerprint ?? unknown,
    fingerprint_verified: unknown,
    imported_at: unknown,
  };
}

function plannedAdoption(
  proposed: Values,
  config: Values,
  key: KeyDetail,
  shown: Proof | undefined,
): Values {
  const fingerprint = config.fingerprint ?? shown?.fingerprint ?? unknown;
  return {
    ...proposed,
    id: proposed.key_id ?? unknown,
    key_state: unknown,
    key_spec: key.keySpec ?? unknown,
    material_status: unknown,
    expiration_time: config.expiration_time ?? expirationText(null, key.expirationTime),
    // Apply may know better what was proven before: in create_before_destroy it does not. What
    // nothing proves is not written down, pins apart.
    fingerprint,
    fingerprint_verified: shown === undefined ? unknown : isVerified(shown, fingerprint),
    imported_at: null,
    import_reason: null,
  };
}
