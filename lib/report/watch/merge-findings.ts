/** What several sources say about one key, as one finding. Pure. */
import type { Finding } from '../material-finding';
import { byUrgency } from '../verdict';

/** What one source says about the key, and when it was seen. */
export interface Seen {
  readonly finding: Finding;
  readonly asOf: string;
}

/** The finding that counts. */
type Merged = Finding & Pick<Seen, 'asOf'>;

/**
 * The worst verdict counts, with its facts. What it does not tell comes from the others, the newest
 * first.
 *
 * @param seen at least one
 */
export function merged(seen: readonly Seen[]): Merged {
  const sorted = seen
    .filter((one) => !isAnswered(one, seen))
    .sort(
      (a, b) =>
        byUrgency.indexOf(a.finding.verdict) - byUrgency.indexOf(b.finding.verdict) ||
        Date.parse(b.asOf) - Date.parse(a.asOf),
    );
  const [first, ...others] = [...sorted, ...seen.filter((one) => !sorted.includes(one))];
  if (first === undefined) {
    throw new Error('a key without a finding');
  }
  return others.reduce((known, { finding }) => filled(known, finding), {
    ...first.finding,
    asOf: first.asOf,
  });
}

/** The KMS does not know that a deployment renews what expires there; Terraform does. */
function isAnswered({ finding }: Seen, seen: readonly Seen[]): boolean {
  return (
    finding.verdict === 'expiring' &&
    finding.renewal === null &&
    seen.some(
      ({ finding: { renewal, expiration_time: end } }) =>
        renewal === 'rolling' && end === finding.expiration_time,
    )
  );
}

/** What only describes the key; the verdict, its status, its expiry and its reason stay together. */
const facts = [
  'address',
  'alias',
  'cloud',
  'region',
  'project',
  'key_spec',
  'imported_at',
  'pinned',
  'deletion_date',
] as const satisfies readonly (keyof Finding)[];

function filled(known: Merged, other: Finding): Merged {
  const missing = facts.filter((name) => known[name] === null);
  return {
    ...known,
    ...Object.fromEntries(missing.map((name) => [name, other[name]])),
    // A renewal counts from the expiry that it was computed from.
    ...(known.renewal === null && known.expiration_time === other.expiration_time
      ? { renewal: other.renewal, renews_at: other.renews_at }
      : {}),
  };
}
