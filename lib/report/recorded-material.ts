/**
 * The attributes of `byok_key_material` that a check reads from a state or a plan.
 * It reads nothing else, so nothing else can appear in a report.
 */
import { ByokError, isByokError } from '../errors';
import { isRecord, type JsonRecord } from '../json';
import type { Whereabouts } from '../kms/model';
import type { Wish } from '../lifecycle/decision';
import { isInWindow, isRolling } from '../lifecycle/expiration-wish';
import type { MaterialObservation } from '../lifecycle/material-status';
import { wishTexts, wishToJudge } from '../lifecycle/wish';
import { wording } from '../provider/wording';
import { instantFormat, parseExpirationTime } from '../terms/expiration-time';
import { type MaterialStatus, materialStatuses } from '../terms/material';
import { switches } from '../terms/material-options';

export type Attributes = JsonRecord;

/** No resource says in which project it is: that is the provider's configuration. */
export const unknownWhereabouts: Whereabouts = {
  cloud: undefined,
  region: undefined,
  project: undefined,
};

/** @param warnBeforeMs replaces the value of the resource */
export function wishOf(attributes: Attributes, warnBeforeMs: number | undefined): Wish {
  const texts = wishTexts.map((setting) => [setting, text(attributes, wording.name(setting))]);
  const flags = switches.map((setting) => {
    const value = attributes[wording.name(setting)];
    return [setting, typeof value === 'boolean' ? value : undefined];
  });
  const wish = wishToJudge(Object.fromEntries([...texts, ...flags]), wording);
  return { ...wish, warnBeforeMs: warnBeforeMs ?? wish.warnBeforeMs };
}

/** What Terraform knew when it last looked, brought forward to now. */
export function observationOf(attributes: Attributes, wish: Wish, now: Date): MaterialObservation {
  const written = text(attributes, 'expiration_time');
  const expiration = written === undefined ? undefined : parseExpirationTime(written, wording);
  const status = statusOf(text(attributes, 'material_status'));
  return {
    status: servedStatuses.includes(status) ? servedStatus(wish, expiration, now) : status,
    expiration,
    keyState: text(attributes, 'key_state'),
    keySpec: text(attributes, 'key_spec'),
    scheduledDeletionDate: undefined,
  };
}

const servedStatuses: readonly MaterialStatus[] = ['present', 'expiring', 'expired_not_purged'];

function servedStatus(
  { expiration: wish }: Wish,
  expiration: Date | undefined,
  now: Date,
): MaterialStatus {
  if (isInWindow(expiration, 0, now)) {
    return 'expired_not_purged';
  }
  return isRolling(wish) && isInWindow(expiration, wish.renewBeforeMs, now)
    ? 'expiring'
    : 'present';
}

function statusOf(written: string | undefined): MaterialStatus {
  return written !== undefined && Object.hasOwn(materialStatuses, written)
    ? (written as MaterialStatus)
    : 'unknown';
}

/**
 * @returns undefined if the attribute is null or absent
 * @throws ByokError ERR_ARGUMENT when it is of another type: an expiry that cannot be read must not
 * pass for none
 */
export function text(attributes: Attributes, name: string): string | undefined {
  const value = attributes[name] ?? undefined;
  if (value !== undefined && typeof value !== 'string') {
    const type = Array.isArray(value) ? 'list' : typeof value;
    throw new ByokError(
      'ERR_ARGUMENT',
      `${name} is of type ${type}; allowed is a string, as Terraform writes it`,
      { attribute: name },
    );
  }
  return value;
}

/**
 * @param address of the object that is read
 * @throws ByokError as `read` does, with the place and the address
 */
export function readingOf<T>(place: string, address: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (isByokError(error)) {
      const { code, attribute, message } = error;
      throw new ByokError(code, `${place}: of ${address}, ${message}`, { attribute, cause: error });
    }
    throw error;
  }
}

/** When Terraform imported the material. What is no instant of ours is not passed on. */
export function importedAtIn(attributes: Attributes): string | undefined {
  const written = text(attributes, 'imported_at');
  return written !== undefined && instantFormat.test(written) ? written : undefined;
}

/** The objects in a list; empty if the value is not a list. */
export function recordsIn(value: unknown): Attributes[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
