/**
 * Many results of checks as one view: each source once, each key once. Pure.
 *
 * Of a source, its newest look counts. If that is too old, the keys keep what was seen then, and
 * their verdict is unknown.
 */
import type { Verdict } from '../../lifecycle/verdict';
import type { Finding } from '../material-finding';
import { byUrgency, worstOf } from '../verdict';
import type { CheckResult, CheckSource } from './check-result';
import { merged } from './merge-findings';

/** One result of a check. */
export interface Input {
  /** The file that it was read from. */
  readonly file: string;
  readonly result: CheckResult;
}

/** A source with its newest look. */
export interface SourceLine extends CheckSource {
  readonly asOf: string;
  /** The look is older than is allowed. */
  readonly outdated: boolean;
}

/** A key with what its sources say about it. */
export interface KeyLine extends Omit<Finding, 'verdict' | 'place'> {
  readonly verdict: Verdict | 'unknown';
  /** What the newest look said, however old it is. */
  readonly lastVerdict: Verdict;
  /** Names of the sources. */
  readonly sources: readonly string[];
  /** When that was seen. */
  readonly asOf: string;
}

export interface Overview {
  readonly now: Date;
  readonly sources: readonly SourceLine[];
  readonly keys: readonly KeyLine[];
}

/** Worst first. What is unknown may be missing. */
export const reportedVerdicts: readonly KeyLine['verdict'][] = byUrgency.flatMap((verdict) =>
  verdict === 'missing' ? [verdict, 'unknown' as const] : [verdict],
);

/** What one source says about one key. */
interface SourcedFinding {
  readonly finding: Finding;
  readonly source: SourceLine;
}

export function overviewOf(inputs: readonly Input[], now: Date, maxAgeMs: number): Overview {
  const looks = newestLooks(inputs.flatMap((input) => looksOf(input, now, maxAgeMs)));
  const byKey = new Map<string, SourcedFinding[]>();
  for (const seen of looks.flatMap(({ seen }) => seen)) {
    const key = identityOf(seen);
    byKey.set(key, [...(byKey.get(key) ?? []), seen]);
  }
  return {
    now,
    sources: looks.map(({ source }) => source).sort((a, b) => compare(a.source, b.source)),
    keys: [...byKey.values()].map(keyOf).sort(byPlaceAndName),
  };
}

/** For people. */
export function nameOf({
  alias,
  address,
  key_id: keyId,
}: Pick<KeyLine, 'alias' | 'address' | 'key_id'>): string {
  return alias ?? address ?? keyId ?? '-';
}

/** Cloud, region and project, as far as they are known; else the sources. */
export function placeOf({ cloud, region, project, sources }: Omit<KeyLine, 'verdict'>): string {
  const known = [cloud, region, project].filter((part) => part !== null);
  return known.length === 0 ? sources.join(', ') : known.join(' / ');
}

/** The verdicts that occur, worst first. */
export function countsOf({ keys }: Overview): [KeyLine['verdict'], number][] {
  return reportedVerdicts
    .map((verdict): [KeyLine['verdict'], number] => [
      verdict,
      keys.filter((key) => key.verdict === verdict).length,
    ])
    .filter(([, count]) => count > 0);
}

interface Look {
  readonly source: SourceLine;
  readonly seen: readonly SourcedFinding[];
}

function looksOf({ file, result }: Input, now: Date, maxAgeMs: number): Look[] {
  const outdated = now.getTime() - Date.parse(result.as_of) > maxAgeMs;
  const places = new Map(result.sources.map((source) => [source.place, source]));
  return [...places.values()].map((one) => {
    const source: SourceLine = {
      ...one,
      // Files of several repositories have the same names; a KMS is the same from everywhere.
      source:
        one.kind === 'live'
          ? one.source
          : `${one.source} of ${file === '-' ? 'standard input' : file}`,
      asOf: result.as_of,
      outdated,
    };
    const findings = result.findings.filter(({ place }) => place === one.place);
    return { source, seen: findings.map((finding) => ({ finding, source })) };
  });
}

function newestLooks(looks: readonly Look[]): Look[] {
  const newest = new Map<string, Look>();
  for (const look of looks) {
    const { source, asOf } = look.source;
    if (asOf > (newest.get(source)?.source.asOf ?? '')) {
      newest.set(source, look);
    }
  }
  return [...newest.values()];
}

/** A key that does not exist yet is one of its source. */
function identityOf({ finding, source }: SourcedFinding): string {
  return finding.key_id ?? JSON.stringify([source.source, finding.address]);
}

function keyOf(seen: readonly SourcedFinding[]): KeyLine {
  const fresh = seen.filter(({ source }) => !source.outdated);
  const counting = fresh.length > 0 ? fresh : seen;
  const {
    verdict: lastVerdict,
    place: _,
    asOf,
    ...facts
  } = merged(counting.map(({ finding, source }) => ({ finding, asOf: source.asOf })));
  return {
    ...facts,
    verdict: fresh.length > 0 ? lastVerdict : 'unknown',
    lastVerdict,
    sources: [...new Set(seen.map(({ source }) => source.source))].sort(compare),
    asOf,
  };
}

function byPlaceAndName(a: KeyLine, b: KeyLine): number {
  return (
    compare(placeOf(a), placeOf(b)) ||
    compare(nameOf(a), nameOf(b)) ||
    compare(a.key_id ?? '', b.key_id ?? '')
  );
}

/** The same on every machine, whatever its language. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Of all sources that are not outdated; unknown if one is. */
export function verdictOf({ keys, sources }: Overview): KeyLine['verdict'] {
  const known = keys.flatMap(({ verdict }) => (verdict === 'unknown' ? [] : [verdict]));
  const worst = worstOf(known);
  return worst !== 'missing' && sources.some(({ outdated }) => outdated) ? 'unknown' : worst;
}
