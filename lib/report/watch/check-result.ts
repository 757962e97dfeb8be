/**
 * What a check found, as `--json` prints it and as reports read it: check-result.schema.json says
 * what each name means.
 */

import type { Whereabouts } from '../../kms/model';
import type { Verdict } from '../../lifecycle/verdict';
import { formatInstant } from '../../terms/expiration-time';
import type { Finding } from '../material-finding';
import { exitCodes, worstOf } from '../verdict';

export const checkSchema = 'byok-check/1';

export interface CheckSource {
  /** Its name in reports. */
  readonly source: string;
  readonly kind: 'live' | 'plan' | 'state';
  /** The `place` of its findings. */
  readonly place: string;
  readonly cloud: string | null;
  readonly region: string | null;
  readonly project: string | null;
  readonly keys: number;
}

export interface CheckResult {
  readonly schema: typeof checkSchema;
  readonly as_of: string;
  readonly verdict: Verdict;
  readonly exit_code: number;
  readonly sources: readonly CheckSource[];
  readonly findings: readonly Finding[];
}

/** What was looked at. */
export interface Looked {
  readonly kind: CheckSource['kind'];
  readonly place: string;
  /** Undefined of a file: each of its keys may be elsewhere. */
  readonly whereabouts: Whereabouts | undefined;
}

export function checkResultOf(
  looked: readonly Looked[],
  findings: readonly Finding[],
  now: Date,
): CheckResult {
  const verdict = worstOf(findings.map((finding) => finding.verdict));
  return {
    schema: checkSchema,
    as_of: formatInstant(now),
    verdict,
    exit_code: exitCodes[verdict],
    sources: looked.map((one) => sourceOf(one, findings)),
    findings,
  };
}

function sourceOf({ kind, place, whereabouts }: Looked, findings: readonly Finding[]): CheckSource {
  const { cloud = null, region = null, project = null } = whereabouts ?? {};
  const known = [cloud, region, project].filter((part) => part !== null);
  return {
    source: known.length === 0 ? place : known.join('/'),
    kind,
    place,
    cloud,
    region,
    project,
    keys: findings.filter((finding) => finding.place === place).length,
  };
}
