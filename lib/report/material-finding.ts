/**
 * What one check finds out about the material of one key.
 * Pure; the provider plans by the same rules.
 * It reads named attributes only, never all of them.
 */
import type { Whereabouts } from '../kms/model';
import { decide } from '../lifecycle/decide';
import type { Decision, Wish } from '../lifecycle/decision';
import { isInWindow, isRolling } from '../lifecycle/expiration-wish';
import type { MaterialObservation } from '../lifecycle/material-status';
import type { Proof } from '../lifecycle/proof';
import { wording } from '../provider/wording';
import { formatExpirationTime, formatInstant } from '../terms/expiration-time';
import { type MaterialStatus, materialStatuses } from '../terms/material';
import type { Verdict } from './verdict';

/** What a source says about the material of one key. */
export interface MaterialRecord {
  /** Where it was read, for example `state "terraform.tfstate"`. */
  readonly place: string;
  /** Address in Terraform; undefined if Terraform was not read. */
  readonly address: string | undefined;
  /** Undefined if the key does not exist yet. */
  readonly keyId: string | undefined;
  readonly alias: string | undefined;
  /** Undefined before the first import. */
  readonly observation: MaterialObservation | undefined;
  readonly wish: Wish;
  readonly proof: Proof | undefined;
  /** Whether Terraform manages the material. Only then does a missing proof count. */
  readonly managed: boolean;
  /** Whether a state or plan contains the key. The deletion of any other key is no fault. */
  readonly wanted: boolean;
  /** An import that a plan contains, with its reason. */
  readonly due: { readonly reason: string } | undefined;
  readonly whereabouts: Whereabouts;
  /** When Terraform imported the material; undefined if it did not, or was not read. */
  readonly importedAt: string | undefined;
  /** Whether the configuration names the fingerprint; undefined where that cannot be seen. */
  readonly pinned: boolean | undefined;
}

/**
 * What happens before the material expires: a deployment renews it, nothing does, or it never
 * expires.
 */
export const renewals = ['rolling', 'fixed', 'none'] as const;

export type Renewal = (typeof renewals)[number];

/** A finding with the names that --json prints. */
export interface Finding {
  readonly verdict: Verdict;
  readonly place: string;
  readonly address: string | null;
  readonly key_id: string | null;
  readonly alias: string | null;
  /** Null before the first import. */
  readonly material_status: MaterialStatus | null;
  /** RFC 3339 or "never"; null before the first import. */
  readonly expiration_time: string | null;
  /** Whole days, rounded down; negative after the expiry, null if there is none. */
  readonly days_left: number | null;
  /** In the words of the provider; null if there is nothing to say. */
  readonly reason: string | null;
  readonly cloud: string | null;
  readonly region: string | null;
  readonly project: string | null;
  readonly key_spec: string | null;
  readonly imported_at: string | null;
  /** From when on a deployment renews the material; null if none does. */
  readonly renews_at: string | null;
  /** Null if Terraform was not asked, and before the first import. */
  readonly renewal: Renewal | null;
  /** Only a plan tells: a state holds the fingerprint of all material. */
  readonly pinned: boolean | null;
  /** When the KMS deletes the key itself; only the KMS tells. */
  readonly deletion_date: string | null;
}

/** What each status means by itself. An expiry that comes near and a missing proof add to it. */
const verdictByStatus: Readonly<Record<MaterialStatus, Verdict>> = {
  present: 'fine',
  expiring: 'expiring',
  expired_not_purged: 'missing',
  purged_after_expiry: 'missing',
  deleted_outside: 'missing',
  key_disabled: 'fine',
  key_pending_deletion: 'missing',
  key_not_ready: 'missing',
  key_frozen: 'missing',
  key_not_found: 'missing',
  unknown: 'missing',
};

const dayMs = 86_400_000;

export const notVerified =
  'nothing proves that the key holds the material of this fingerprint: it was adopted, or ' +
  'wrapped elsewhere, or the answer to its import was lost';

/** Without Terraform, we cannot say that an import is due. */
const heldNone =
  'the key holds no material: none was imported yet, it was deleted, or it expired and the KMS deleted it';

const pastWhileDisabled = 'the key is disabled, and its material is past its expiration_time';

export function findingOf(record: MaterialRecord, now: Date): Finding {
  const { place, address, keyId, alias, observation, whereabouts } = record;
  const { verdict, reason } =
    observation === undefined ? awaited(record) : judged(record, observation, now);
  const expiration = observation?.expiration;
  return {
    verdict,
    place,
    address: address ?? null,
    key_id: keyId ?? null,
    alias: alias ?? null,
    material_status: observation?.status ?? null,
    expiration_time: observation === undefined ? null : formatExpirationTime(expiration),
    days_left:
      expiration === undefined ? null : Math.floor((expiration.getTime() - now.getTime()) / dayMs),
    reason,
    cloud: whereabouts.cloud ?? null,
    region: whereabouts.region ?? null,
    project: whereabouts.project ?? null,
    key_spec: observation?.keySpec ?? null,
    imported_at: record.importedAt ?? null,
    ...renewalOf(record),
    pinned: record.pinned ?? null,
    deletion_date: instantOrNull(observation?.scheduledDeletionDate),
  };
}

/** The KMS alone does not know whether a deployment will come. */
function renewalOf({
  managed,
  observation,
  wish: { expiration },
}: MaterialRecord): Pick<Finding, 'renewal' | 'renews_at'> {
  if (!managed || observation === undefined) {
    return { renewal: null, renews_at: null };
  }
  const end = observation.expiration;
  if (isRolling(expiration)) {
    const from = end === undefined ? undefined : new Date(end.getTime() - expiration.renewBeforeMs);
    return { renewal: 'rolling', renews_at: instantOrNull(from) };
  }
  return { renewal: end === undefined ? 'none' : 'fixed', renews_at: null };
}

function instantOrNull(instant: Date | undefined): string | null {
  return instant === undefined ? null : formatInstant(instant);
}

type Judgement = Pick<Finding, 'verdict' | 'reason'>;

/** A plan contains the first import. */
function awaited({ due }: MaterialRecord): Judgement {
  return { verdict: 'missing', reason: due?.reason ?? materialStatuses.deleted_outside };
}

function judged(record: MaterialRecord, observation: MaterialObservation, now: Date): Judgement {
  const { wish, proof, managed, wanted, due } = record;
  const { status } = observation;
  const decision = decide(
    wish,
    { observation, proof, atHand: undefined, preWrapped: undefined, knownDisabled: true },
    now,
    wording,
  );
  const said =
    due?.reason ?? (status === 'deleted_outside' && !managed ? heldNone : wordsOf(decision));
  if (status === 'key_pending_deletion' && !wanted) {
    return { verdict: 'scheduled', reason: said ?? materialStatuses[status] };
  }
  const own = verdictByStatus[status];
  if (own !== 'fine') {
    return { verdict: own, reason: said ?? materialStatuses[status] };
  }
  if (isInWindow(observation.expiration, 0, now)) {
    return { verdict: 'missing', reason: pastWhileDisabled };
  }
  if (isInWindow(observation.expiration, windowMs(wish), now)) {
    return {
      verdict: 'expiring',
      reason: said ?? `the material expires ${formatExpirationTime(observation.expiration)}`,
    };
  }
  if (due !== undefined) {
    return { verdict: 'missing', reason: due.reason };
  }
  return managed && proof === undefined
    ? { verdict: 'unverified', reason: notVerified }
    : { verdict: 'fine', reason: said ?? null };
}

/** Material with a rolling expiry is mentioned only once its renewal is due. */
function windowMs({ expiration, warnBeforeMs }: Wish): number {
  return isRolling(expiration) ? expiration.renewBeforeMs : warnBeforeMs;
}

/** Undefined if there is nothing to say. */
export function wordsOf({ reason, refusal, notices }: Decision): string | undefined {
  const [notice] = notices;
  return (
    reason ??
    refusal?.message ??
    (notice === undefined ? undefined : `${notice.summary}: ${notice.detail}`)
  );
}
