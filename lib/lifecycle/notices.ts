/** What the lifecycle tells a person about a key and its material without failing. Pure. */
import { isWholeHoursAhead, keepsPace } from '../terms/counted-from-now';
import {
  type ExpirationInstant,
  formatExpirationTime,
  formatInstant,
} from '../terms/expiration-time';
import { type MaterialStatus, materialStatuses } from '../terms/material';
import type { Notice } from './context';
import type { Wish } from './decision';
import { isInWindow, isRolling } from './expiration-wish';
import type { MaterialObservation } from './material-status';
import { capital, type Wording } from './wording';

/** The material is lost with its key. */
export function keyLost(words: Wording): Notice {
  return {
    summary: 'The key no longer exists',
    detail:
      'Material can only be imported into another key. Data encrypted under the lost key stays unreadable.',
    attribute: words.name('keyId'),
  };
}

export function scheduledForDeletion(
  { scheduledDeletionDate }: MaterialObservation,
  words: Wording,
): Notice {
  const date =
    scheduledDeletionDate === undefined ? 'soon' : `on ${formatInstant(scheduledDeletionDate)}`;
  return {
    summary: 'The key is scheduled for deletion',
    detail: `The KMS will delete the key ${date}, and everything encrypted under it becomes unreadable. Until then you can rescue it: ${words.rescue}.`,
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

/** It may be a coincidence, so this warns and does not refuse. */
export function noticesOfCounted(
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
export function noticesOfExpiration(
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

export function expired({ status, expiration }: MaterialObservation, words: Wording): Notice {
  const attribute = words.name('expirationTime');
  return {
    summary: 'The key material has expired',
    detail:
      `${attribute} was ${formatExpirationTime(expiration)}: ${materialStatuses[status]}. To ` +
      `have the same material imported again, declare a later ${attribute}.`,
    attribute,
  };
}

export function leftAlone(status: MaterialStatus, advice: string, words: Wording): Notice {
  const detail = `${capital(materialStatuses[status])}. ${advice}`;
  return { summary: 'The key is left alone', detail, attribute: words.name('keyId') };
}
