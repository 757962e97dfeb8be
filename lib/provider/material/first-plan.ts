/**
 * What a plan of `byok_key_material` shows for a new object: from the configuration, the material
 * if it is available, and the key as it is.
 */
import { ByokError } from '../../errors';
import type { KeyDetail } from '../../kms/model';
import type { Notice } from '../../lifecycle/context';
import { decide } from '../../lifecycle/decide';
import { decideFirst } from '../../lifecycle/decide-first';
import { isRolling } from '../../lifecycle/expiration-wish';
import { noticesOfKept } from '../../lifecycle/kept-expiry';
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
import type { KnownMaterial } from './memory';
import { type MaterialPlan, unknownKey } from './plan';
import { preWrappedOf } from './source';

const firstReason = 'first import into this key';

/** What is known of the key before apply. */
export interface KnownKey {
  /**
   * As found; undefined if we did not look, because the key is known only after apply or this run
   * made it.
   */
  readonly key: KeyDetail | undefined;
  /** What the object before this one in the same run knew of its material. */
  readonly before: KnownMaterial | undefined;
  /** The plan keeps that object, or a forced replacement removes it, which no plan shows. */
  readonly isKept: boolean;
  /** The fingerprint of a private key, from the public half that the KMS shows. */
  readonly shown: Proof | undefined;
  /** The key may turn out to be one that holds material. */
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
  // If material is already there, we do not claim that it is the given one.
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
      ? 'nothing proves which material it is, so fingerprint_verified will be false'
      : 'its public key proves which material it is';
  const detail =
    `Key ${key.keyId} holds material that expires ${formatExpirationTime(expiration)}. ` +
    `Nothing is imported, and ${proven}.`;
  const kept = noticesOfKept(wish.expiration, observeMaterial(key, undefined, now), now, wording);
  return {
    planned: plannedAdoption(proposed, config, key, shown),
    permitted: [],
    refusals: [refusal, foreign],
    notices:
      refusal === undefined && foreign === undefined
        ? [
            {
              summary: 'Material already in the key will be adopted',
              detail,
              attribute: 'key_id',
            },
            ...kept,
          ]
        : [],
  };
}

/** Like an update of the earlier object: the KMS binds material to its key for ever. */
function planProven(
  proposed: Values,
  config: Values,
  atHand: AtHand,
  { key, shown, isKept }: KnownKey & { readonly key: KeyDetail },
  { proof, disabled }: KnownMaterial,
  now: Date,
): MaterialPlan {
  const knowledge = {
    observation: observeMaterial(key, undefined, now),
    proof,
    atHand: atHand.fingerprint,
    preWrapped: preWrappedOf(config, null),
    disabled,
  };
  // Whatever the other object declared: if this one declares no expiry, the existing one is kept.
  const wish = wishOf(config, false);
  const { steps, reason, expiration, refusal, notices } = decide(wish, knowledge, now, wording);
  if (steps.length === 0) {
    // An existing object may wait for this; a new one cannot, because its state would claim the
    // declared expiry.
    const refusals = [refusal ?? decideFirst(wish, key, now, wording).refusal];
    return {
      planned: plannedAdoption(proposed, config, key, shown),
      permitted: [],
      refusals,
      notices: [...notices, ...noticesOfKept(wish.expiration, knowledge.observation, now, wording)],
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
    // What was known of an empty key may come along to the plan and not to apply, or the other way
    // round.
    import_reason: steps.includes('delete') ? (reason ?? null) : firstReason,
  };
  return {
    planned,
    permitted: steps,
    refusals: [],
    notices: steps.includes('delete') ? notices : [...notices, again],
  };
}

/**
 * Under create_before_destroy the new object would not know the earlier proof, and so would not do
 * it.
 */
function refuseReplacedRenewal({ keyId }: KeyDetail, reason: string): ByokError {
  return new ByokError(
    'ERR_REFUSED',
    `a resource of this configuration has the material of key ${keyId}, and this new one (made ` +
      'by -replace, taint or replace_triggered_by, for example) declares another expiry: ' +
      `${reason}; nothing was done: change the expiry in an apply of its own, without the ` +
      'replacement',
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
    // Apply may know the earlier proof better; under create_before_destroy it does not. What
    // nothing proves is not written down, except pins.
    fingerprint,
    fingerprint_verified: shown === undefined ? unknown : isVerified(shown, fingerprint),
    imported_at: null,
    import_reason: null,
  };
}
