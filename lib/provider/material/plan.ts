/**
 * What a plan of `byok_key_material` shows for an existing object: from prior state, the
 * configuration, and the material if it is available. Asks no KMS.
 */
import type { Notice } from '../../lifecycle/context';
import { decide } from '../../lifecycle/decide';
import type { Decision, Step, Wish } from '../../lifecycle/decision';
import { isRolling } from '../../lifecycle/expiration-wish';
import { disabledFirst, isAbsent } from '../../lifecycle/material-status';
import type { Proof } from '../../lifecycle/proof';
import { parseExpirationTime, sameExpiration } from '../../terms/expiration-time';
import { unknown, type Values } from '../../tfplugin/values/value';
import { isUnknown, text } from '../attributes';
import { wording } from '../wording';
import { type AtHand, sourceNotices } from './at-hand';
import { expirationText, isVerified, observationOf, rollingOf, wishOf } from './config';
import { noticesOfHeld, noticesOfValidity, noticesOfWindow } from './expiration-notices';
import type { KnownMaterial } from './memory';
import { preWrappedOf } from './source';
import { errorsOfWindow } from './validate';

/** What a plan is given besides values. */
export interface Circumstances {
  readonly now: Date;
  /** The key is scheduled for deletion, and the same run cancels that. */
  readonly rescued: boolean;
  /** The same run disables the key, unless it is disabled already. */
  readonly disables: boolean;
  /** We know that the key is disabled: it is meant to be, or its own resource says so. */
  readonly knownDisabled: boolean;
  /**
   * Terraform plans once more at the start of apply: by then, what the first plan could not know is
   * known.
   */
  readonly isAgain: boolean;
}

export interface MaterialPlan {
  readonly planned: Values;
  readonly permitted: readonly Step[];
  readonly refusals: readonly unknown[];
  readonly notices: readonly Notice[];
  /** In a plan that makes a new object: its key, or `unknownKey`. */
  readonly successorFor?: readonly string[];
}

/** In place of a key id that is known only after apply. */
export const unknownKey = 'unknown';

/** For the same key: nothing, an import, or delete and import. */
export function planUpdate(
  prior: Values,
  proposed: Values,
  config: Values,
  { proof, ours, disabled, emptied }: KnownMaterial & { readonly emptied: boolean },
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
      ...errorsOfWindow(config),
      decision.refusal,
      importDue ? atHand.unusable : undefined,
    ].filter((refusal) => refusal !== undefined),
    notices: [
      ...decision.notices,
      ...noticesOfHeld(config, observation),
      ...noticesOfWindow(prior, config, observation, now),
      ...noticesOfValidity(prior, config, wish, observation, now),
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

/** The same run cancels the deletion of the key: what it then holds shows in apply. */
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
          'This run cancels its deletion. If the key then holds no material, the same material is imported again.',
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
 * Nothing happens in the KMS, and a postponed change is not written down as done. An unproven
 * fingerprint is not written down, except pins: plans must not differ because the material happens
 * to be available on one machine and not on another.
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

/** What is declared; if it is the same instant as in the state, in the spelling of the state. */
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
        summary: 'The expiry is known only after apply',
        detail:
          'If it differs from the present one, the material is deleted and the same material ' +
          'imported again, with a short outage. An expiry computed from the current time, for ' +
          'example by timestamp(), changes at every apply and interrupts the key each time: ' +
          'give valid_for and renew_before instead.',
        attribute: 'expiration_time',
      },
    ],
  };
}
