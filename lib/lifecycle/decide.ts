/**
 * The heart of the lifecycle: decides what to do about the material of a key, from what was found
 * and what is wanted. One pure function serves twice: it predicts what will be done and, given a
 * fresh observation, drives it.
 */
import { ByokError } from '../errors';
import { isWholeHoursAhead, keepsPace } from '../terms/counted-from-now';
import {
  type ExpirationInstant,
  formatExpirationTime,
  formatInstant,
  sameExpiration,
} from '../terms/expiration-time';
import { type MaterialStatus, materialStatuses } from '../terms/material';
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
  isPast,
  pastExpiration,
  refuseExpiringPrivateKey,
  refuseForeignMaterial,
  refuseMoving,
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
    const message =
      `${words.another} deletes the material of this key, and material that was wrapped ` +
      `elsewhere cannot be imported again from here; ${words.set('onDestroy', 'retain')} there ` +
      'first';
    return refused(
      observation,
      new ByokError('ERR_REFUSED', message, { attribute: words.name('keyId') }),
    );
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

/** The material is lost with its key. */
export function keyLost(words: Wording): Notice {
  return {
    summary: 'The key no longer exists',
    detail:
      'Material can only be imported into another key. Data encrypted under the lost key stays unreadable.',
    attribute: words.name('keyId'),
  };
}

/** Nothing differs from the declaration, and nothing that uses the key works. */
export function disabledNotice(words: Wording, keyId?: string): Notice {
  return {
    summary: 'The key is disabled',
    detail: `${keyId === undefined ? 'It' : `Key ${keyId}`} neither encrypts nor decrypts. ${words.enable}`,
    attribute: words.name(keyId === undefined ? 'keyId' : 'enabled'),
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
    nothing(observation, {
      summary: 'The key is scheduled for deletion',
      detail: `The KMS will delete the key ${
        observation.scheduledDeletionDate === undefined
          ? 'soon'
          : `on ${formatInstant(observation.scheduledDeletionDate)}`
      }, and everything encrypted under it becomes unreadable. Until then you can rescue it: ${words.rescue}.`,
      attribute: words.name('keyId'),
    }),
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
    return refused(
      observation,
      new ByokError(
        'ERR_REFUSED',
        `${change}. This KMS would have to delete the material for that, and material that ` +
          'was wrapped elsewhere cannot be wrapped again here; keep the expiry, or give the ' +
          `material itself or a ${words.name('wrapCommand')}`,
        { attribute: words.name('expirationTime') },
      ),
    );
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
    return refused(
      observation,
      new ByokError(
        'ERR_REFUSED',
        `${change}. This KMS would have to delete the material for that, and nothing proves ` +
          'that the given material is what the key holds, so importing it again may fail; keep ' +
          `the expiry, or ${words.set('allowUnverifiedRenewal', true)} once you are certain ` +
          'that it is the same',
        { attribute: words.name('expirationTime') },
      ),
    );
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

/** It may be a coincidence, so this warns and does not refuse. */
function noticesOfCounted(
  { expiration: wish }: Wish,
  from: ExpirationInstant,
  importedAt: Date | undefined,
  now: Date,
  words: Wording,
): Notice[] {
  if (wish.kind !== 'fixed' || wish.instant === undefined) {
    return [];
  }
  const to = wish.instant;
  const paced =
    from !== undefined && importedAt !== undefined && keepsPace(from, to, importedAt, now);
  return paced || isWholeHoursAhead(to, now)
    ? [
        {
          summary: 'The expiry may be counted from now',
          detail:
            `${formatInstant(to)} ` +
            `${paced ? 'is later than the old expiry by just the time since the last import' : 'is a whole number of hours from now'}. ` +
            `If it is computed from the current time (${words.fromNow}), every ${words.run} ` +
            'moves it and interrupts the key: give a fixed instant, or ' +
            `${words.name('validFor')} and ${words.name('renewBefore')}.`,
          attribute: words.name('expirationTime'),
        },
      ]
    : [];
}

/** Rolling material renews itself, so this warns only of an expiry that a person must act on. */
function noticesOfExpiration(
  { expiration: wish, warnBeforeMs }: Wish,
  observation: MaterialObservation,
  now: Date,
  words: Wording,
): Notice[] {
  if (observation.status === 'expired_not_purged') {
    return [expired(observation, words)];
  }
  return isRolling(wish) || !isInWindow(observation.expiration, warnBeforeMs, now)
    ? []
    : [
        {
          summary: 'The key material expires soon',
          detail:
            `The KMS deletes it after ${formatExpirationTime(observation.expiration)}; the key ` +
            'then neither encrypts nor decrypts. Declare a later ' +
            `${words.name('expirationTime')}, or declare ${words.name('validFor')} and ` +
            `${words.name('renewBefore')} to have it renewed automatically.`,
          attribute: words.name('expirationTime'),
        },
      ];
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

function expired({ status, expiration }: MaterialObservation, words: Wording): Notice {
  const attribute = words.name('expirationTime');
  return {
    summary: 'The key material has expired',
    detail:
      `${attribute} was ${formatExpirationTime(expiration)}: ${materialStatuses[status]}. To ` +
      `have the same material imported again, declare a later ${attribute}.`,
    attribute,
  };
}

function expiredMeanwhile(wished: ExpirationInstant, words: Wording): ByokError {
  const attribute = words.name('expirationTime');
  return new ByokError(
    'ERR_CHANGED_SINCE_PLAN',
    `${attribute} ${formatExpirationTime(wished)} has passed since the key was examined, so ` +
      `the material is not imported; declare a later one and ${words.again}`,
    { attribute },
  );
}

function leftAlone(status: MaterialStatus, advice: string, words: Wording): Notice {
  const detail = `${capital(materialStatuses[status])}. ${advice}`;
  return { summary: 'The key is left alone', detail, attribute: words.name('keyId') };
}
