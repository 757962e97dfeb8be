/**
 * `byok check`: the scheduled look between deployments, at states, plans or the KMS itself. It only
 * reads, and its exit code gives the verdict.
 */
import { Command, Option } from 'commander';
import { ByokError } from '../errors';
import { oneLine, printableJson } from '../printable';
import { junitOf } from '../report/junit';
import { type Finding, findingOf, type MaterialRecord } from '../report/material-finding';
import { materialsInPlan } from '../report/plan-json';
import { materialsInState, type Reading } from '../report/state-file';
import { checkResultOf, type Looked } from '../report/watch/check-result';
import { parseDuration } from '../terms/duration';
import { defaultWarnBefore } from '../terms/material';
import { contentOf, liveRecords } from './check-input';
import { addConnectionFlags, type ConnectionFlags } from './connection-flags';
import { requireDeclared } from './declared';
import { printDriftToken } from './drift-token';
import { placeGivenFile, writeGivenFile } from './given-files';
import { epilogue } from './help-text';
import type { Surroundings } from './surroundings';
import { textTable } from './text-table';
import { wordingOf } from './wording';

const help = `
Exit codes: 0 all fine, 2 some material expires within --warn-before or is due for renewal, 3 some material is missing (deleted, expired,
its key gone, disabled past its expiry, frozen or scheduled for deletion; or a plan imports it), 4 nothing proves which material a
key holds, 1 something could not be read, or holds no imported material at all (see --allow-empty). If several apply, the exit code
is the worst: 3, then 2, then 4. A file that cannot be written turns 0 into 1, and leaves 2, 3 and 4.

Examples:
  $ byok check --state terraform.tfstate
  $ terraform state pull | byok check --state - --warn-before 30d
  $ terraform plan -out tfplan && terraform show -json tfplan | byok check --plan -
  $ HW_AUTH_TOKEN=... byok check --live --region eu-west-101 --json
  $ byok check --live --junit byok.xml --json check.json
  $ export BYOK_DRIFT_TOKEN=$(byok check --drift-token --state terraform.orders.tfstate)

A state tells what Terraform last saw, and the time that has passed since; a plan tells what it sees now; --live asks the KMS, which knows
nothing of fingerprints, and counts a key that is scheduled for deletion as missing only when a state or plan beside it has the key.
--drift-token, for hooks, asks the KMS about the keys in the states, or about the project when there is no --state;
it ends with 0 whenever it prints a token. Secrets of the login come from the environment, as for "byok status".`;

type Flags = ConnectionFlags & {
  readonly state: readonly string[];
  readonly plan: readonly string[];
  readonly live?: boolean;
  readonly driftToken?: boolean;
  readonly warnBefore?: string;
  readonly allowEmpty?: boolean;
  readonly json?: string | true;
  readonly junit?: string;
};

export function checkCommand(surroundings: Surroundings): Command {
  const collect = (file: string, files: readonly string[]) => [...files, file];
  const command = new Command('check')
    .description('Check imported material between deployments: what expires, what is missing.')
    .addOption(
      new Option(
        '--state <FILE>',
        'a state file of Terraform, "-" for standard input; may be repeated',
      )
        .default([], 'none')
        .argParser(collect),
    )
    .addOption(
      new Option(
        '--plan <FILE>',
        'a plan as "terraform show -json" prints it, "-" for standard input; may be repeated',
      )
        .default([], 'none')
        .argParser(collect),
    )
    .option('--live', 'look at all external keys of the project in the KMS')
    .option(
      '--warn-before <DURATION>',
      `how long before its expiry material counts as expiring (default: warn_before of the resource, else ${defaultWarnBefore})`,
    )
    .option(
      '--allow-empty',
      'accept a place that holds no imported material; otherwise that is an error',
    )
    .addOption(
      new Option(
        '--drift-token',
        'print only a token, which changes if the hooks of an ImportedKey have something to do',
      ).conflicts(['plan', 'allowEmpty', 'json', 'junit']),
    )
    .option(
      '--json [FILE]',
      'print a JSON object; with a FILE, write it there for "byok report", and print the table',
    )
    .option('--junit <FILE>', 'also write a JUnit report');
  return addConnectionFlags(command)
    .addHelpText('after', epilogue(help))
    .action(
      async ({
        state,
        plan,
        live,
        driftToken,
        warnBefore,
        allowEmpty,
        json,
        junit,
        ...connection
      }: Flags) => {
        const { print, remark, exitWith } = surroundings;
        const words = wordingOf(command);
        requireDeclared({ warnBefore }, words, ['warnBefore']);
        const now = surroundings.now();
        const warnBeforeMs =
          warnBefore === undefined ? undefined : parseDuration(warnBefore, 'warnBefore');
        const look = { connection, surroundings, now, warnBeforeMs, words };
        if (driftToken === true) {
          return printDriftToken(state, look);
        }
        requireSources(state, plan, live);
        const readings = [
          ...state.map((file) => ({ file, kind: 'state', read: materialsInState }) as const),
          ...plan.map((file) => ({ file, kind: 'plan', read: materialsInPlan }) as const),
        ];
        const records: MaterialRecord[] = [];
        const empty: string[] = [];
        const looked: Looked[] = [];
        const add = (source: Looked, found: readonly MaterialRecord[], name = source.place) => {
          looked.push(source);
          records.push(...found);
          empty.push(...(found.length === 0 ? [name] : []));
        };
        for (const { file, kind, read } of readings) {
          const reading: Reading = {
            place: file === '-' ? `${kind} on standard input` : `${kind} "${file}"`,
            now,
            warnBeforeMs,
          };
          const named = { flag: `--${kind}`, path: file };
          const content = await contentOf(named, reading.place, surroundings);
          add({ kind, place: reading.place, whereabouts: undefined }, read(content, reading));
        }
        if (live === true) {
          const wanted = new Set(records.flatMap(({ keyId }) => keyId ?? []));
          const { records: found, whereabouts } = await liveRecords(look, wanted);
          add({ kind: 'live', place: 'live', whereabouts }, found, 'the project at the KMS');
        }
        if (empty.length > 0) {
          const nothing = `no imported key material was found in ${empty.join(', nor in ')}`;
          if (allowEmpty !== true) {
            throw new ByokError(
              'ERR_ARGUMENT',
              `${nothing}; give the right place, or --allow-empty if that is intended`,
            );
          }
          remark(`byok: ${oneLine(nothing)}\n`);
        }
        const findings = records.map((record) => findingOf(record, now));
        const result = checkResultOf(looked, findings, now);
        const asJson = `${printableJson(result, 2)}\n`;
        print(json === true ? asJson : textOf(findings));
        exitWith(result.exit_code);
        if (typeof json === 'string') {
          placeGivenFile({ flag: '--json', path: json }, asJson);
        }
        if (junit !== undefined) {
          writeGivenFile({ flag: '--junit', path: junit }, junitOf(findings, now));
        }
      },
    );
}

function requireSources(
  state: readonly string[],
  plan: readonly string[],
  live: boolean | undefined,
): void {
  if (state.length + plan.length === 0 && live !== true) {
    throw new ByokError(
      'ERR_ARGUMENT',
      'there is nothing to check; give --state FILE, --plan FILE or --live',
    );
  }
  if ([...state, ...plan].filter((file) => file === '-').length > 1) {
    throw new ByokError(
      'ERR_ARGUMENT',
      'standard input is named more than once; give "-" for one state or one plan',
    );
  }
}

/** A table of all keys, then what there is to say about some of them. */
function textOf(findings: readonly Finding[]): string {
  if (findings.length === 0) {
    return '';
  }
  const table = textTable(
    ['VERDICT', 'KEY', 'STATUS', 'EXPIRES', 'DAYS LEFT'],
    findings.map((finding) => [
      finding.verdict,
      nameOf(finding),
      finding.material_status ?? '-',
      finding.expiration_time ?? '-',
      finding.days_left === null ? '-' : String(finding.days_left),
    ]),
  );
  const reasons = findings.flatMap((finding) =>
    finding.reason === null
      ? []
      : [`\n${oneLine(`${nameOf(finding)}, in ${finding.place}`)}\n  ${oneLine(finding.reason)}\n`],
  );
  return `${table}${reasons.join('')}`;
}

function nameOf({ address, alias, key_id: keyId }: Finding): string {
  return address ?? alias ?? keyId ?? '-';
}
