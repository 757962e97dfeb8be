/**
 * What a plan of `byok_key_material` shows of an object that there is: from prior state,
 * configuration and the material if it is at hand. Asks no KMS.
 */
import type { Notice } from '../../lifecycle/context';
import { decide } from '../../lifecycle/decide';
import type { Decision, Step, Wish } from '../../lifecycle/decision';
import { isInWindow, isRolling } from '../../lifecycle/expiration-wish';
import { disabledFirst, isAbsent, type MaterialObservation } from '../../lifecycle/material-status';
import type { Proof } from '../../lifecycle/proof';
import { parseExpirationTime, sameExpiration } from '../../terms/expiration-time';
import { unknown, type Values } from '../../tfplugin/values/value';
import { isUnknown, text } from '../attributes';
import { wording } from '../wording';
import { type AtHand, sourceNotices } from './at-hand';
import {
  expirationText,
  faultsOfWindow,
  isVerified,
  observationOf,
  rollingOf,
  wishOf,
} from './config';
import type { MaterialMemory } from './private-state';
import { preWrappedOf } from './source';

/** What a plan is told beside values. */
export interface Circumstances {
  readonly now: Date;
  /** The key is scheduled for deletion, and the same run takes that back. */
  readonly rescued: boolean;
  /** The same run disables the key, if it is not disabled yet. */
  readonly disables: boolean;
  /** Of the key, that it is disabled: meant so, or told by its own resource. */
  readonly knownDisabled: boolean;
  /**
   * Terraform plans once more at the start of apply: what the plan before could not know is known
   * by then.
   */
  readonly isAgain: boolean;
}

export interface MaterialPlan {
  readonly planned: Values;
  readonly permitted: readonly Step[];
  readonly refusals: readonly unknown[];
  readonly notices: readonly Notice[];
  /** Of a plan that makes a new object: the key that it is for, or `unknownKey`. */
  readonly successorFor?: readonly string[];
}

/** In place of a key id that is only known after apply. */
export const unknownKey = 'unknown';

/** At the same key: nothing, an import, or delete and import. */
export function planUpdate(
  prior: Values,
  proposed: Values,
  config: Values,
  { proof, ours, disabled, emptied }: MaterialMemory & { readonly emptied: boolean },
  atHand: AtHand,
  { now, rescued, disables, knownDisabled, isAgain }: Circumstances,
): MaterialPlan {
  const preWrapped = preWrappedOf(config, prior);
  if (['expiration_time', 'valid_for', 'renew_before'].some((name) => isUnknown(config, name))) {
    return planUnknownExpiration(prior, proposed, config, proof);
  }
  if (rescued && observationOf(prior).status === 'key_pending_deletion') {
    return planRescued(prior, proposed, config, proof);
  }
  const observation = disables ? disabledFirst(observationOf(prior)) : observationOf(prior);
  const knowledge = {
    observation,
    proof,
    atHand: atHand.fingerprint,
    preWrapped,
    disabled,
    emptied,
    knownDisabled,
  };
  const wish = wishOf(config, ours);
  const importedAt = importedAtOf(prior);
  const decision = decide(wish, { ...knowledge, importedAt, wishedLate: isAgain }, now, wording);
  const importDue = decision.steps.includes('import');
  return {
    planned: importDue
      ? plannedImport(prior, proposed, config, proof, atHand, wish, decision)
      : plannedQuiet(prior, proposed, config, proof),
    permitted: decision.steps,
    refusals: [
      ...faultsOfWindow(config),
      decision.refusal,
      importDue ? atHand.unusable : undefined,
    ].filter((refusal) => refusal !== undefined),
    notices: [
      ...decision.notices,
      ...noticesOfHeld(config, observation),
      ...noticesOfWindow(prior, config, observation, now),
      ...sourceNotices(config, atHand, importDue),
    ],
  };
}

/** Undefined for a rolling expiry, which is counted from its import and may move. */
function importedAtOf(prior: Values): Date | undefined {
  const importedAt = text(prior, 'imported_at');
  return importedAt === undefined || rollingOf(prior) !== undefined
    ? undefined
    : parseExpirationTime(importedAt, wording);
}

/** Configurations cannot give both, so Terraform holds the one or the other at what it was. */
function noticesOfHeld(config: Values, { status }: MaterialObservation): readonly Notice[] {
  const held = text(config, 'expiration_time');
  return held === undefined || rollingOf(config) === undefined || status === 'present'
    ? []
    : [
        {
          summary: 'The expiry does not roll',
          detail: `ignore_changes holds expiration_time at ${held}, so valid_for and renew_before do not act, and nothing renews the material. Take expiration_time (or "all") out of ignore_changes.`,
          attribute: 'valid_for',
        },
      ];
}

/**
 * Read told whether the window of a rolling expiry is open, by the renew_before in state: so a plan
 * that is applied later comes to the same. Another renew_before therefore counts from the next Read
 * on.
 */
function noticesOfWindow(
  prior: Values,
  config: Values,
  { status, expiration }: MaterialObservation,
  now: Date,
): readonly Notice[] {
  const [wished, known] = [rollingOf(config), rollingOf(prior)];
  if (
    wished === undefined ||
    wished.renewBeforeMs === known?.renewBeforeMs ||
    status !== 'present'
  ) {
    return [];
  }
  return isInWindow(expiration, wished.renewBeforeMs, now)
    ? [
        {
          summary: 'The material is renewed by the plan after this one',
          detail: `renew_before becomes "${wished.renewBefore}", by which the material is due already. It counts once it is in the state: apply, then plan again.`,
          attribute: 'renew_before',
        },
      ]
    : [];
}

/** The same run takes back the deletion of the key: what it holds then shows in apply. */
function planRescued(
  prior: Values,
  proposed: Values,
  config: Values,
  proof: Proof | undefined,
): MaterialPlan {
  const quiet = plannedQuiet(prior, proposed, config, proof);
  return {
    planned: {
      ...quiet,
      key_state: unknown,
      material_status: unknown,
      imported_at: unknown,
      import_reason: unknown,
    },
    permitted: ['import'],
    refusals: [],
    notices: [
      {
        summary: 'The key is rescued first',
        detail:
          'Its deletion is taken back by this run. If it then turns out to hold no material, the same material is imported again.',
        attribute: 'key_id',
      },
    ],
  };
}

function plannedImport(
  prior: Values,
  proposed: Values,
  config: Values,
  proof: Proof | undefined,
  atHand: AtHand,
  wish: Wish,
  decision: Decision,
): Values {
  const declared = config.fingerprint ?? atHand.fingerprint ?? proof?.fingerprint ?? unknown;
  return {
    ...proposed,
    key_state: unknown,
    material_status: unknown,
    // A rolling expiry counts from the import, so only apply knows it.
    expiration_time: isRolling(wish.expiration)
      ? unknown
      : (declaredText(prior, config) ?? expirationText(prior.expiration_time, decision.expiration)),
    fingerprint: declared,
    fingerprint_verified: isVerified(proof, declared) ? true : unknown,
    imported_at: unknown,
    import_reason: decision.reason ?? null,
  };
}

/**
 * Nothing happens in the KMS, and a change that is postponed is not written down as done. An
 * unproven fingerprint is not written down, pins apart: whether the material happens to be at hand
 * must not make a difference between one machine's plan and another's.
 */
function plannedQuiet(
  prior: Values,
  proposed: Values,
  config: Values,
  proof: Proof | undefined,
): Values {
  const known = config.fingerprint ?? proof?.fingerprint ?? prior.fingerprint ?? null;
  return {
    ...proposed,
    expiration_time: prior.expiration_time ?? config.expiration_time ?? null,
    fingerprint: known,
    fingerprint_verified: known === unknown ? unknown : isVerified(proof, known),
  };
}

/** What is declared, in the spelling that the state already has if that is the same instant. */
function declaredText(prior: Values, config: Values): string | undefined {
  const declared = text(config, 'expiration_time');
  if (declared === undefined) {
    return undefined;
  }
  const before = text(prior, 'expiration_time');
  return before !== undefined &&
    sameExpiration(parseExpirationTime(before, wording), parseExpirationTime(declared, wording))
    ? before
    : declared;
}

/** Whether there is anything to do shows at the start of apply, when Terraform plans once more. */
function planUnknownExpiration(
  prior: Values,
  proposed: Values,
  config: Values,
  proof: Proof | undefined,
): MaterialPlan {
  return {
    planned: {
      ...proposed,
      expiration_time: unknown,
      key_state: unknown,
      material_status: unknown,
      fingerprint: config.fingerprint ?? proof?.fingerprint ?? unknown,
      fingerprint_verified: unknown,
      imported_at: unknown,
      import_reason: unknown,
    },
    permitted: isAbsent(observationOf(prior).status) ? ['import'] : ['delete', 'import'],
    refusals: [],
    notices: [
      {
        summary: 'The expiry is only known after apply',
        detail:
          'If it turns out to be another one, the same material is deleted and imported again, with a short outage. One that is counted from now, as by timestamp(), would be another one at every apply, and interrupt the key each time: give valid_for and renew_before instead.',
        attribute: 'expiration_time',
      },
    ],
  };
}
