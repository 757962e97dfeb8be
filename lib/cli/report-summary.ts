/** What `byok report` prints of an overview: for a person, and for programs. */
import { oneLine } from '../printable';
import type { KeyLine, Overview } from '../report/watch/overview';
import type { Reminder } from '../report/watch/reminders';
import { formatInstant } from '../terms/expiration-time';
import type { loadOutputs } from './load-outputs';
import { textTable } from './text-table';

type Outputs = ReturnType<typeof loadOutputs>;

/** With the names that --json prints. */
interface Summary {
  readonly as_of: string;
  readonly verdict: KeyLine['verdict'];
  readonly keys: Readonly<Record<string, number>>;
  readonly sources: readonly {
    readonly source: string;
    readonly as_of: string;
    readonly outdated: boolean;
  }[];
  readonly reminders: readonly Reminder[];
}

export function summaryOf(
  overview: Overview,
  reminders: readonly Reminder[],
  { reportedVerdicts, countsOf, verdictOf }: Outputs,
): Summary {
  return {
    as_of: formatInstant(overview.now),
    verdict: verdictOf(overview),
    keys: {
      ...Object.fromEntries(reportedVerdicts.map((verdict) => [verdict, 0])),
      ...Object.fromEntries(countsOf(overview)),
    },
    sources: overview.sources.map(({ source, asOf, outdated }) => ({
      source,
      as_of: asOf,
      outdated,
    })),
    reminders,
  };
}

/** A table of all keys, then the sources that nothing looked at for too long. */
export function textOf(
  { keys, sources }: Overview,
  { nameOf, placeOf, shortText }: Outputs,
): string {
  const table =
    keys.length === 0
      ? 'no imported key material\n'
      : textTable(
          ['VERDICT', 'KEY', 'PLACE', 'STATUS', 'EXPIRES'],
          keys.map((key) => [
            key.verdict,
            shortText(nameOf(key), 60),
            shortText(placeOf(key), 60),
            key.material_status ?? '-',
            key.expiration_time ?? '-',
          ]),
        );
  const outdated = sources
    .filter((source) => source.outdated)
    .map(({ source, asOf }) => `\n${oneLine(`${source}: not looked at since ${asOf}`)}\n`);
  return `${table}${outdated.join('')}`;
}
