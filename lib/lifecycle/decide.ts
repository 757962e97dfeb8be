/**
 * The heart of the lifecycle: decides what to do about the material of a key, from what was found
 * and what is wanted. One pure function serves twice: it predicts what will be done and, given a
 * fresh observation, drives it.
 */
import { ByokError } from '../errors';
import { formatExpirationTime, sameExpiration } from '../terms/expiration-time';
import type { MaterialStatus } from '../terms/material';
import type { Notice } from './context';
import type { Decision, Knowledge, Wish } from './decision';
import {
  describeChange,
  describeExpiration,
  expirationOfImport,
  isInWindow,
  isRolling,
  wantedExpiration,
} from './expiration-wish';
import { holdsMaterial, type MaterialObservation } from './material-status';
import {
  disabledNotice,
  expired,
  keyLost,
  leftAlone,
  noticesOfCounted,
  noticesOfExpiration,
  scheduledForDeletion,
} from './notices';
import {
  expiredMeanwhile,
  isPast,
  pastExpiration,
  refuseExpiringPrivateKey,
  refuseForeignMaterial,
  refuseImportAgain,
  refuseMoving,
  refuseRewrapping,
  refuseUnproven,
} from './refusals';
import { capital, type Wording } from './wording';

export function decide(wish: Wish, knowledge: Knowledge, now: Date, words: Wording): Decision {
  const { observation } = knowledge;
  const refusal =
    refuseForeignMaterial(wish, knowledge, words) ??
    refuseExpiringPrivateKey(wish, observation.keySpec, words);
  if (refusal !== undefined) {
    return refused(observation, refusal);
  }
  const decision = rules[observation.status](wish, knowledge, now, words);
  const isQuiet = decision.steps.length === 0 && decision.refusal === undefined;
  return knowledge.emptied === true && isQuiet && holdsMaterial(observation.status)
    ? importAgain(wish, knowledge, now, words)
    : decision;
}

/** If the material is still there when the import's turn comes, nothing is imported. */
function importAgain(
  wish: Wish,
  { observation, preWrapped, disabled = false }: Knowledge,
  now: Date,
  words: Wording,
): Decision {
  if (preWrapped !== undefined) {
    return refused(observation, refuseImportAgain(words));
  }
  const again =
    disabled || observation.status === 'key_disabled' ? ', and the key is disabled again' : '';
  return {
    steps: ['import'],
    reason:
      `${words.another} deletes the material of this key (${words.name('onDestroy')} = ` +
      `"delete_material"): once it is gone, the same material is imported again${again}`,
    expiration: isRolling(wish.expiration)
      ? expirationOfImport(wish.expiration, observation.expiration, now)
      : observation.expiration,
    refusal: undefined,
    notices: [],
  };
}

/** One rule for each status that material can be found in. */
type Rule = (wish: Wish, knowledge: Knowledge, now: Date, words: Wording) => Decision;

const rules: Readonly<Record<MaterialStatus, Rule>> = {
  present: decidePresent,
  expiring: decidePresent,
  expired_not_purged: decidePresent,
  key_disabled: decideDisabled,
  purged_after_expiry: decideAbsent,
  deleted_outside: decideAbsent,
  key_pending_deletion: (_, { observation }, _now, words) =>
    nothing(observation, scheduledForDeletion(observation, words)),
  key_not_ready: (_, { observation }, _now, words) =>
    nothing(
      observation,
      leftAlone('key_not_ready', `${capital(words.again)} once it is ready.`, words),
    ),
  key_frozen: (_, { observation }, _now, words) =>
    nothing(
      observation,
      leftAlone('key_frozen', `Settle the account, then ${words.again}.`, words),
    ),
  key_not_found: (_, { observation }, _now, words) => nothing(observation, keyLost(words)),
  unknown: (_, { observation }, _now, words) =>
    nothing(
      observation,
      leftAlone(
        'unknown',
        `The KMS reports key state "${observation.keyState ?? ''}". This version does not know that state and changes nothing.`,
        words,
      ),
    ),
};

function decidePresent(
  wish: Wish,
  { observation, proof, preWrapped, importedAt, wishedLate = false }: Knowledge,
  now: Date,
  words: Wording,
): Decision {
  const wished = wantedExpiration(
    wish.expiration,
    observation.expiration,
    observation.status !== 'present',
    now,
  );
  if (sameExpiration(wished, observation.expiration)) {
    return nothing(observation, ...noticesOfExpiration(wish, observation, now, words));
  }
  const change = describeChange(wish.expiration, observation.expiration, wished, words);
  if (isPast(wished, now)) {
    return refused(observation, pastExpiration(wished, now, words));
  }
  if (preWrapped !== undefined) {
    return refused(observation, refuseRewrapping(change, words));
  }
  const moving = refuseMoving(wish, observation.expiration, importedAt, now, words);
  if (moving !== undefined && !wishedLate && observation.status !== 'expired_not_purged') {
    return refused(observation, moving);
  }
  if (!wish.allowInterruption) {
    return refused(
      observation,
      new ByokError(
        'ERR_REFUSED',
        `${change}. This KMS can only delete the material and import it again, which interrupts the key, and ${words.name('allowInterruption')} ${words.turnedOff}`,
        { attribute: words.name('allowInterruption') },
      ),
    );
  }
  if (proof === undefined && !wish.allowUnverifiedRenewal) {
    return refused(observation, refuseUnproven(change, words));
  }
  return {
    steps: ['delete', 'import'],
    reason:
      `${change}: this KMS cannot change it in place, so the same material is deleted and ` +
      'imported again, with a short outage',
    expiration: wished,
    refusal: undefined,
    notices: noticesOfCounted(wish, observation.expiration, importedAt, now, words),
  };
}

/** An import would enable the key again, so a disabled key is not renewed. */
function decideDisabled(
  wish: Wish,
  { observation, knownDisabled = false }: Knowledge,
  now: Date,
  words: Wording,
): Decision {
  const inWindow =
    isRolling(wish.expiration) &&
    isInWindow(observation.expiration, wish.expiration.renewBeforeMs, now);
  const wished = wantedExpiration(wish.expiration, observation.expiration, inWindow, now);
  return sameExpiration(wished, observation.expiration)
    ? nothing(
        observation,
        ...noticesOfExpiration(wish, observation, now, words),
        ...(knownDisabled ? [] : [disabledNotice(words)]),
      )
    : nothing(observation, {
        summary: `Change of ${words.name('expirationTime')} postponed: the key is disabled`,
        detail:
          `The material expires ${formatExpirationTime(observation.expiration)}. Importing it ` +
          `again with expiry ${formatExpirationTime(wished)} would enable the key. Once you ` +
          `enable the key, ${words.nextLook} makes the change.`,
        attribute: words.name('expirationTime'),
      });
}

function decideAbsent(
  wish: Wish,
  { observation, proof, preWrapped, disabled = false }: Knowledge,
  now: Date,
  words: Wording,
): Decision {
  const wished = expirationOfImport(wish.expiration, observation.expiration, now);
  if (isPast(wished, now)) {
    // The review came before the expiry, the decision after it: the reviewed import is too late.
    if (
      observation.status === 'deleted_outside' &&
      sameExpiration(wished, observation.expiration)
    ) {
      return refused(observation, expiredMeanwhile(wished, words));
    }
    return wish.expiration.kind === 'keep' || sameExpiration(wished, observation.expiration)
      ? nothing(observation, expired(observation, words))
      : refused(observation, pastExpiration(wished, now, words));
  }
  if (preWrapped === 'used') {
    return nothing(observation, {
      summary: 'The key holds no material, and importing it again needs a new token',
      detail:
        'Material that was wrapped elsewhere is bound to its import token. Fetch new import ' +
        `parameters, wrap the same material for them, ${words.giveAnew}.`,
      attribute: words.name('materialVersion'),
    });
  }
  const gone =
    observation.status === 'purged_after_expiry'
      ? `the material expired on ${formatExpirationTime(observation.expiration)} and the KMS ` +
        'deleted it; the same material is imported again'
      : proof === undefined
        ? 'the key holds no material; it is imported'
        : 'the key no longer holds material (it was deleted, or an import was interrupted); the same material is imported again';
  return {
    steps: ['import'],
    reason: `${gone}, ${describeExpiration(wish.expiration, wished, words)}${disabled ? ', and the key is disabled again' : ''}`,
    expiration: wished,
    refusal: undefined,
    notices: [],
  };
}

function refused({ expiration }: MaterialObservation, refusal: ByokError): Decision {
  return { steps: [], reason: undefined, expiration, refusal, notices: [] };
}

function nothing(observation: MaterialObservation, ...notices: Notice[]): Decision {
  return {
    steps: [],
    reason: undefined,
    expiration: observation.expiration,
    refusal: undefined,
    notices,
  };
}
