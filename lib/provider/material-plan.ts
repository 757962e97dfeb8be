/** What a plan of `byok_key_material` shows: from prior state, configuration and the material if it is at hand. Asks no KMS. */
import type { Notice } from '../lifecycle/context';
import { decide } from '../lifecycle/decide';
import type { Decision, Proof, Step } from '../lifecycle/decision';
import { isInWindow } from '../lifecycle/expiration-wish';
import { isAbsent, type MaterialObservation } from '../lifecycle/material-status';
import { refuseAnyExpiration, refusePastExpiration, refuseUnpinned } from '../lifecycle/refusals';
import type { Material } from '../material/material';
import { parseExpirationTime, sameExpiration } from '../schema/expiration-time';
import { defaultKeySpec } from '../schema/kms';
import { unknown, type Values } from '../tfplugin/value';
import { isUnknown, text } from './attributes';
import { allowed, expirationText, isVerified, observationOf, rollingOf, wishOf } from './material-config';
import { materialOf, type Opening, preWrappedOf, sourceAttributeOf } from './material-source';
import type { MaterialMemory } from './private-state';

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

/** What a plan could see of the material. */
export interface AtHand {
  readonly fingerprint: string | undefined;
  readonly isPrivateKey: boolean;
  /** Why it is not at hand; never an error while no import is due. */
  readonly missing: string | undefined;
  /** Content that can never be imported; an error once an import is due. */
  readonly unusable: unknown;
}

/** Looks at the material, keeps its fingerprint only. Runs no command. @param prior null before the first import */
export async function lookAtMaterial(config: Values, prior: Values | null, opening: Omit<Opening, 'mayRunCommands'>): Promise<AtHand> {
  const nothing = { fingerprint: undefined, isPrivateKey: false, missing: undefined, unusable: undefined };
  try {
    const found = await materialOf(config, { ...opening, mayRunCommands: false });
    if ('missing' in found) {
      return { ...nothing, missing: found.missing };
    }
    const { material } = found;
    try {
      const { fingerprint, isPrivateKey } = material;
      return { ...nothing, fingerprint, isPrivateKey, unusable: faultOf(material, config, prior) };
    } finally {
      material.wipe();
    }
  } catch (unusable) {
    return { ...nothing, unusable };
  }
}

/** The key is only described in apply: a first plan knows its spec from the kind of material alone. */
function faultOf(material: Material, config: Values, prior: Values | null): unknown {
  const keySpec = prior === null ? undefined : text(prior, 'key_spec');
  try {
    if (keySpec !== undefined || !material.isPrivateKey) {
      material.checkFits(keySpec ?? defaultKeySpec);
    }
    if (prior === null && !allowed(config, 'allow_weak_material', false)) {
      material.checkStrength();
    }
    return undefined;
  } catch (fault) {
    return fault;
  }
}

const firstReason = 'first import into this key';

/** @param proposed configuration completed by Terraform; write-only values are null in it */
export function planCreate(proposed: Values, config: Values, atHand: AtHand, now: Date): MaterialPlan {
  const pin = text(config, 'fingerprint');
  const declared = text(config, 'expiration_time');
  const refusals = [
    atHand.unusable,
    atHand.isPrivateKey ? refuseAnyExpiration(wishOf(config, true), 'the source holds a private key') : undefined,
    refuseUnpinned(pin, atHand.fingerprint),
    declared === undefined ? undefined : refusePastExpiration(parseExpirationTime(declared), now),
  ].filter((refusal) => refusal !== undefined);
  return {
    planned: {
      ...proposed,
      id: proposed.key_id ?? unknown,
      key_state: unknown,
      key_spec: unknown,
      material_status: unknown,
      expiration_time: config.expiration_time ?? unknown,
      fingerprint: config.fingerprint ?? atHand.fingerprint ?? unknown,
      fingerprint_verified: unknown,
      imported_at: unknown,
      import_reason: firstReason,
    },
    permitted: ['import'],
    successorFor: [text(config, 'key_id') ?? unknownKey],
    refusals,
    notices: sourceNotices(config, atHand, true),
  };
}

/** At the same key: nothing, an import, or delete and import. */
export function planUpdate(
  prior: Values,
  proposed: Values,
  config: Values,
  memory: MaterialMemory,
  atHand: AtHand,
  now: Date,
): MaterialPlan {
  const { proof, ours, disabled } = memory;
  const preWrapped = preWrappedOf(config, prior);
  if (['expiration_time', 'valid_for', 'renew_before'].some((name) => isUnknown(config, name))) {
    return planUnknownExpiration(prior, proposed, config, proof);
  }
  const observation = observedIn(prior, config, now);
  const decision = decide(wishOf(config, ours), { observation, proof, atHand: atHand.fingerprint, preWrapped, disabled }, now);
  const importDue = decision.steps.includes('import');
  return {
    planned: importDue ? plannedImport(prior, proposed, config, proof, atHand, decision) : plannedQuiet(prior, proposed, config, proof),
    permitted: decision.steps,
    refusals: [decision.refusal, importDue ? atHand.unusable : undefined].filter((refusal) => refusal !== undefined),
    notices: [...decision.notices, ...sourceNotices(config, atHand, importDue)],
  };
}

/**
 * Read told whether the window of a rolling expiry is open, by the renew_before in state: so a plan that is applied later comes to the same.
 * Another renew_before is judged here.
 */
function observedIn(prior: Values, config: Values, now: Date): MaterialObservation {
  const observation = observationOf(prior);
  const renewBeforeMs = rollingOf(config)?.renewBeforeMs;
  if (renewBeforeMs === undefined || renewBeforeMs === rollingOf(prior)?.renewBeforeMs) {
    return observation;
  }
  const inWindow = isInWindow(observation.expiration, renewBeforeMs, now);
  return ['present', 'expiring'].includes(observation.status) ? { ...observation, status: inWindow ? 'expiring' : 'present' } : observation;
}

function plannedImport(
  prior: Values,
  proposed: Values,
  config: Values,
  proof: Proof | undefined,
  atHand: AtHand,
  decision: Decision,
): Values {
  const declared = config.fingerprint ?? atHand.fingerprint ?? proof?.fingerprint ?? unknown;
  return {
    ...proposed,
    key_state: unknown,
    material_status: unknown,
    // A rolling expiry counts from the import, so only apply knows it.
    expiration_time:
      rollingOf(config) !== undefined
        ? unknown
        : (declaredText(prior, config) ?? expirationText(prior.expiration_time, decision.expiration)),
    fingerprint: declared,
    fingerprint_verified: isVerified(proof, declared) ? true : unknown,
    imported_at: unknown,
    import_reason: decision.reason ?? null,
  };
}

/**
 * Nothing happens in the KMS, and a change that is postponed is not written down as done. An unproven fingerprint is not written down, pins apart: whether the material happens to be at hand must
 * not make a difference between one machine's plan and another's.
 */
function plannedQuiet(prior: Values, proposed: Values, config: Values, proof: Proof | undefined): Values {
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
  return before !== undefined && sameExpiration(parseExpirationTime(before), parseExpirationTime(declared)) ? before : declared;
}

/** Whether there is anything to do shows at the start of apply, when Terraform plans once more. */
function planUnknownExpiration(prior: Values, proposed: Values, config: Values, proof: Proof | undefined): MaterialPlan {
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
        detail: 'If it turns out to be another one, the same material is deleted and imported again, with a short outage.',
        attribute: 'expiration_time',
      },
    ],
  };
}

/** Sources that no plan looks at, so that their absence is nothing to speak of. */
const applyOnly: readonly string[] = ['material_command', 'wrap_command', 'import_token_wo'];

/** A plan works without the secret; it says so where that will matter. */
function sourceNotices(config: Values, atHand: AtHand, importDue: boolean): readonly Notice[] {
  const attribute = sourceAttributeOf(config);
  if (attribute !== undefined && (applyOnly.includes(attribute) || isUnknown(config, attribute))) {
    return [];
  }
  const consequence = importDue
    ? 'An import is planned: apply needs the material, and changes nothing in the key without it.'
    : 'Nothing needs it now; the next import will.';
  if (atHand.missing !== undefined && (importDue || attribute !== undefined)) {
    return [{ summary: 'Key material is not at hand', detail: `At this moment ${atHand.missing}. ${consequence}`, attribute }];
  }
  return atHand.unusable !== undefined && !importDue
    ? [
        {
          summary: 'The key material at hand cannot be used',
          detail: `${String((atHand.unusable as Error).message)}. ${consequence}`,
          attribute,
        },
      ]
    : [];
}
