/** What a campaign did, for a person or a program. */
import type { CaseReport } from './case';
import type { Job } from './worker';

export interface Totals {
  cases: number;
  terraformCases: number;
  commands: number;
  starts: number;
  kills: number;
  instructions: number;
  readonly kinds: Record<string, number>;
  readonly operations: Record<string, number>;
  readonly faults: Record<string, number>;
  readonly violations: {
    readonly case: number;
    readonly terraform: boolean;
    readonly seed: number;
    readonly what: readonly string[];
    readonly trace: readonly string[];
  }[];
}

export function noTotals(): Totals {
  return {
    cases: 0,
    terraformCases: 0,
    commands: 0,
    starts: 0,
    kills: 0,
    instructions: 0,
    kinds: {},
    operations: {},
    faults: {},
    violations: [],
  };
}

export function addCase(totals: Totals, { number, terraform }: Job, report: CaseReport): void {
  totals[terraform ? 'terraformCases' : 'cases'] += 1;
  totals.commands += report.commands;
  totals.starts += report.starts;
  totals.instructions += report.instructions;
  for (const kind of report.kinds) {
    totals.kinds[kind] = (totals.kinds[kind] ?? 0) + 1;
  }
  for (const [name, count] of Object.entries(report.operations)) {
    totals.operations[name] = (totals.operations[name] ?? 0) + count;
  }
  for (const [name, count] of Object.entries(report.faults)) {
    totals.faults[name] = (totals.faults[name] ?? 0) + count;
    totals.kills += name.startsWith('killed') ? count : 0;
  }
  if (report.violations.length > 0) {
    totals.violations.push({
      case: number,
      terraform,
      seed: report.seed,
      what: report.violations,
      trace: report.trace,
    });
  }
}

/** @param scene the only one that was played */
export function printed(
  totals: Totals,
  seed: number,
  seconds: number,
  scene: string | undefined,
): string {
  const { kinds, operations, faults, violations } = totals;
  return [
    `cases        ${totals.cases} over the plugin protocol, ${totals.terraformCases} by the real terraform (seed ${seed})`,
    'material',
    ...rows(kinds),
    `commands     ${totals.commands}, by ${totals.starts} starts of the provider or of terraform`,
    `operations   ${sum(operations)}`,
    ...rows(operations),
    `faults       ${sum(faults)}, ${totals.kills} of them kills`,
    ...rows(faults),
    `instructions ${totals.instructions} creates ended in one, which was followed`,
    `time         ${seconds.toFixed(0)} s`,
    `violations   ${violations.length}`,
    ...violations.flatMap(({ case: number, terraform, what, trace }) => [
      '',
      `case ${number} (again: npm run chaos -- --seed ${seed} --case ${number}${terraform ? ' --real' : ''}${scene === undefined ? '' : ` --scene '${scene}'`})`,
      ...what.map((line) => `  ${line}`),
      ...trace.map((line) => `  | ${line}`),
    ]),
    '',
  ].join('\n');
}

function rows(counts: Readonly<Record<string, number>>): string[] {
  return Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `  ${String(count).padStart(6)}  ${name}`);
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
