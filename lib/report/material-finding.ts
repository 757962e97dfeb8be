/**
 * What one check finds out about the material of one key.
 * Pure; the verdict is the lifecycle's.
 * It reads named attributes only, never all of them.
 */
import type { Whereabouts } from '../kms/model';
import { isRolling } from '../lifecycle/expiration-wish';
import { type JudgedMaterial, type Verdict, verdictOf } from '../lifecycle/verdict';
import { wording } from '../provider/wording';
import { formatExpirationTime, formatInstant } from '../terms/expiration-time';
import type { MaterialStatus } from '../terms/material';

/** What a source says about the material of one key. */
export interface MaterialRecord extends JudgedMaterial {
  /** Where it was read, for example `state "terraform.tfstate"`. */
  readonly place: string;
  /** Address in Terraform; undefined if Terraform was not read. */
  readonly address: string | undefined;
  /** Undefined if the key does not exist yet. */
  readonly keyId: string | undefined;
  readonly alias: string | undefined;
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

const dayMs = 86_400_000;

export function findingOf(record: MaterialRecord, now: Date): Finding {
  const { place, address, keyId, alias, observation, whereabouts } = record;
  const { verdict, reason = null } = verdictOf(record, now, wording);
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
