/**
 * `byok report`: makes files for people and for other programs from what `byok check --json` wrote.
 * It asks no KMS and needs no login.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Argument, Command, Option } from 'commander';
import { ByokError } from '../errors';
import { printableJson } from '../printable';
import { textIn } from '../report/file-text';
import type { Input } from '../report/watch/overview';
import { parseDuration } from '../terms/duration';
import { shownOf } from '../terms/shown-value';
import type { NamedFile } from './file-fault';
import { placeGivenFile, readGivenFile, tryReadRegular } from './given-files';
import { epilogue } from './help-text';
import { loadOutputs } from './load-outputs';
import { type FileFlag, fileFlags, type ReportStyle, reportFiles } from './report-files';
import { prepareReminders, type ReminderFlags, webhookVariable } from './report-reminders';
import { summaryOf, textOf } from './report-summary';
import type { Surroundings } from './surroundings';

const help = `
Reads the results of checks, of one project or of many, and shows each key once. An input that is older than --max-age is told as not
looked at since, and its keys count as unknown. If one input cannot be read, nothing is written, with one exception: the values in the
file of --metrics stay, and say that they are old.

Exit codes: 0 everything is written, whatever the verdicts are; 1 an input could not be read, or a file could not be written.

Examples:
  $ byok check --live --json check.json; byok report check.json --metrics /var/lib/node_exporter/byok.prom
  $ byok report check.json --remind 30d,14d,7d,1d --reminded told.json --webhook
  $ byok report check.json --remind 30d,14d,7d,1d --issue github
  $ byok report payments/check.json orders/check.json --page public --calendar public/keys.ics --max-age 36h`;

type Flags = ReportStyle &
  ReminderFlags & {
    readonly maxAge: string;
    readonly json?: boolean;
  } & Readonly<Partial<Record<FileFlag, string>>>;

export function reportCommand(surroundings: Surroundings): Command {
  const command = new Command('report')
    .description(
      'Make metrics, a calendar, a page and more from the results of checks, without any login.',
    )
    .addArgument(
      new Argument('<file...>', 'what "byok check --json FILE" wrote, "-" for standard input'),
    )
    .addOption(
      new Option('--max-age <DURATION>', 'how old a result may be to count').default('2d'),
    );
  for (const name of fileFlags) {
    command.option(`--${name} <FILE>`, `write ${reportFiles[name].description}`);
  }
  return command
    .addOption(
      new Option('--calendar-name <TEXT>', 'how programs call the calendar').default(
        'Key material',
      ),
    )
    .addOption(
      new Option('--calendar-detail <LEVEL>', 'alias: no more than names and dates')
        .choices(['alias', 'full'])
        .default('alias'),
    )
    .option(
      '--remind <LIST>',
      'durations before an expiry at which to remind of it, such as 30d,14d,7d,1d; prints what is new instead of the table',
    )
    .option('--reminded <FILE>', 'keeps what was told, so that it is told once')
    .option(
      '--webhook [URL]',
      `also send what is new there, by https; without a URL, to the one in ${webhookVariable}`,
    )
    .addOption(
      new Option(
        '--issue <FORGE>',
        'keep one issue that says which keys need something, in place of --reminded; the token is GITHUB_TOKEN or BYOK_GITLAB_TOKEN',
      ).choices(['github', 'gitlab']),
    )
    .option('--issue-id <NAME>', 'which of several issues of the project this is', 'keys')
    .option('--json', 'print a JSON object')
    .addHelpText('after', epilogue(help))
    .action(async (files: readonly string[], flags: Flags) => {
      const { maxAge, json } = flags;
      const outputs = loadOutputs();
      const now = surroundings.now();
      const maxAgeMs = parseDuration(maxAge, 'max_age', '--max-age', shownOf(maxAge, 'warnBefore'));
      const remind = prepareReminders(flags, outputs, surroundings);
      const inputs = await readInputs(files, now, surroundings).catch((error: unknown) => {
        if (flags.metrics !== undefined) {
          tellOfFailure(flags.metrics);
        }
        throw error;
      });
      const overview = outputs.overviewOf(inputs, now, maxAgeMs);
      // Everything is made before anything is written.
      const made: [NamedFile, string][] = [];
      for (const name of fileFlags) {
        const path = flags[name];
        if (path !== undefined) {
          const content = await reportFiles[name].make(outputs, overview, flags);
          made.push([{ flag: `--${name}`, path: name === 'page' ? pageIn(path) : path }, content]);
        }
      }
      for (const [file, content] of made) {
        placeGivenFile(file, content);
      }
      const reminders = await remind?.(overview);
      surroundings.print(
        json === true
          ? `${printableJson(summaryOf(overview, reminders ?? [], outputs), 2)}\n`
          : reminders === undefined
            ? textOf(overview, outputs)
            : outputs.linesOf(reminders),
      );
    });
}

/** Web servers show a folder by this file in it. */
function pageIn(path: string): string {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? join(path, 'index.html') : path;
}

async function readInputs(
  files: readonly string[],
  now: Date,
  { readInput }: Surroundings,
): Promise<Input[]> {
  if (files.filter((file) => file === '-').length > 1) {
    throw new ByokError('ERR_ARGUMENT', 'standard input is named more than once; give "-" once');
  }
  const { readCheckResult } = loadOutputs();
  const inputs: Input[] = [];
  for (const file of files) {
    const named = { flag: 'the result', path: file };
    const bytes =
      file === '-' ? ((await readInput()) ?? Buffer.alloc(0)) : await readGivenFile(named);
    const place = file === '-' ? 'the result on standard input' : `the result "${file}"`;
    inputs.push({ file, result: readCheckResult(textIn(bytes, place), place, now) });
  }
  return inputs;
}

/** The last good values stay, and say that they are old. */
function tellOfFailure(path: string): void {
  const file = { flag: '--metrics', path };
  const last = tryReadRegular(file)?.toString('utf8') ?? '';
  const told = loadOutputs().withSourcesDown(last);
  if (told !== undefined) {
    placeGivenFile(file, told);
  }
}
