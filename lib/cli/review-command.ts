/**
 * `byok review`: what a plan does to keys, for the people who review it. Reads files only: it asks
 * no KMS and needs no login.
 */
import { Command, Option } from 'commander';
import { ByokError } from '../errors';
import { oneLine, printableJson } from '../printable';
import type { Failure } from '../report/review/effects';
import type { Review } from '../report/review/review';
import type { PostMode } from '../report/review/sticky';
import { placeGivenFile, readGivenFile } from './given-files';
import { epilogue } from './help-text';
import type { ForgeName } from './post-review';
import { renderReview } from './review-comment';
import { addNamed, chooseFailures, failureNames, parseLimit } from './review-flags';
import { type ReviewInputs, readKnown, readReview } from './review-input';
import type { Surroundings } from './surroundings';

const help = `
Tells what happens to each key: what stops working, what is imported, what has an outage, which material is pinned, who uses the key in this
plan, and the way back. A plan that changes no key prints nothing (see --when).

Exit codes: 0 nothing of --fail-on, 5 something of --fail-on, or a key that stops working and found no room in the comment, 6 the plan does
more to a key than was reviewed (see --reviewed), 1 something could not be read, or the plan failed for another reason than its keys.

Examples:
  $ terraform plan -json -out tfplan > plan.jsonl; terraform show -json tfplan > plan.json
  $ byok review --plan plan.json --log plan.jsonl
  $ byok review --plan prod=prod.json --plan test=test.json --format markdown --json review.json --fail-on destroy,refused
  $ byok review --merge leg-1.json --merge leg-2.json --format markdown > comment.md
  $ byok review --plan plan.json --policy policy.json --fail-on destroy,policy
  $ byok review --synth prod=cdktf.out/stacks/prod --policy policy.json
  $ byok review --plan plan.json --reviewed review.json

A refused plan often has no file: then --log alone tells why. The JSON holds names, ids, fingerprints, expiries and reasons of keys, and
nothing else of the plan.`;

interface Flags extends ReviewInputs {
  readonly json?: string;
  readonly format: 'markdown' | 'diff' | 'text';
  readonly limit: string;
  readonly when: 'changes' | 'always';
  readonly note?: string;
  readonly failOn: string;
  readonly reviewed?: string;
  readonly commentId?: string;
  readonly post?: ForgeName;
  readonly mode: PostMode;
  readonly gitlabTerraform?: string;
  readonly codeQuality?: string;
  readonly sarif?: string;
  readonly location: string;
}

export function reviewCommand(surroundings: Surroundings): Command {
  return new Command('review')
    .description('Tell reviewers what a plan does to keys.')
    .addOption(
      new Option(
        '--plan <[NAME=]FILE>',
        'a plan as "terraform show -json" prints it, "-" for standard input, with the name of its stack; may be repeated',
      )
        .default([], 'none')
        .argParser(addNamed),
    )
    .addOption(
      new Option(
        '--log <[NAME=]FILE>',
        'what "terraform plan -json" printed for that stack: it tells why a plan was refused; may be repeated',
      )
        .default([], 'none')
        .argParser(addNamed),
    )
    .addOption(
      new Option(
        '--synth <[NAME=]DIR>',
        'the synthesized stack, such as cdktf.out/stacks/prod: it names the constructs; without a plan, it is reviewed alone, for which no login is needed; may be repeated',
      )
        .default([], 'none')
        .argParser(addNamed),
    )
    .addOption(
      new Option(
        '--merge <FILE>',
        'the --json of another review, to be shown with the others; may be repeated',
      )
        .default([], 'none')
        .argParser((file: string, files: readonly string[]) => [...files, file]),
    )
    .option(
      '--base <FILE>',
      'the --json of a review of the base, best by --synth: it tells which pins are removed or added',
    )
    .option(
      '--policy <FILE>',
      'judge all material of the plans by these rules, JSON with the properties of KeyMaterialPolicy',
    )
    .option('--json <FILE>', 'also write the review as JSON; "-" prints it in place of the text')
    .addOption(
      new Option(
        '--format <FORMAT>',
        'markdown for a comment, diff for a forge that colours one, text',
      )
        .choices(['markdown', 'diff', 'text'])
        .default('text'),
    )
    .option(
      '--limit <BYTES>',
      'how long Markdown may be: github (65000 bytes), gitlab (990000), or a number',
      'github',
    )
    .addOption(
      new Option('--when <WHEN>', 'when to print something: if a key changes, or always')
        .choices(['changes', 'always'])
        .default('changes'),
    )
    .option('--note <FILE>', 'your own Markdown, put at the end of the comment as it is')
    .option('--fail-on <LIST>', `end with 5 if the plan has one of ${failureNames}`, '')
    .option(
      '--reviewed <FILE>',
      'the --json that was reviewed: end with 6 if this plan does more to any key',
    )
    .addOption(
      new Option(
        '--post <FORGE>',
        'write the Markdown into one comment of the pull or merge request, and keep that up to date; the token is GITHUB_TOKEN or BYOK_GITLAB_TOKEN',
      ).choices(['github', 'gitlab']),
    )
    .option(
      '--comment-id <NAME>',
      'which of several comments this is (default: the names of the stacks)',
    )
    .addOption(
      new Option(
        '--mode <MODE>',
        'update keeps one comment; new writes another one if the effects are others, and hides the one before',
      )
        .choices(['update', 'new'] satisfies PostMode[])
        .default('update'),
    )
    .option('--gitlab-terraform <FILE>', 'also write the counts as reports:terraform of GitLab')
    .option('--code-quality <FILE>', 'also write the findings as reports:codequality of GitLab')
    .option('--sarif <FILE>', 'also write the findings in SARIF 2.1.0, for code scanning')
    .option(
      '--location <PATH>',
      'the file of your repository at which these findings are shown',
      'main.ts',
    )
    .addHelpText('after', epilogue(help))
    .action((flags: Flags) => runReview(flags, surroundings));
}

async function runReview(flags: Flags, surroundings: Surroundings): Promise<void> {
  const { print, remark, exitWith } = surroundings;
  const failOn = chooseFailures(flags.failOn);
  const limit = parseLimit(flags.limit);
  const { failuresIn, hasNews } = loaded();
  const reviewed = await readKnown('--reviewed', flags.reviewed);
  const note = await readNote(flags.note);
  const review = await readReview(flags, surroundings);
  requirePlanned(reviewed, review);
  requireJudged(failOn, review);
  requirePlan(failOn, review);
  const shows = flags.when === 'always' || hasNews(review);
  const rendering = { limit, note, env: surroundings.env };
  const { text, unnamed } = renderReview(review, flags, rendering);
  let unnamedKeys = unnamed;
  if (flags.json === '-') {
    print(`${printableJson(review, 2)}\n`);
  } else if (shows) {
    print(text);
  }
  if (flags.json !== undefined && flags.json !== '-') {
    placeGivenFile({ flag: '--json', path: flags.json }, `${printableJson(review, 2)}\n`);
  }
  writeReports(review, flags);
  if (flags.post !== undefined) {
    const { postReview } = require('./post-review') as typeof import('./post-review');
    const comment = renderReview(review, { ...flags, format: 'markdown' }, rendering);
    unnamedKeys = comment.unnamed;
    const post = { text: comment.text, hasNews: hasNews(review), mode: flags.mode };
    await postReview(flags.post, post, surroundings);
  }
  const found = [...failuresIn(review)].filter((failure) => failOn.includes(failure));
  if (found.length > 0 || unnamedKeys > 0) {
    exitWith(5);
  }
  const more = reviewed === undefined ? [] : moreThan(review, reviewed);
  if (more.length > 0) {
    remark(
      `byok: this plan does more to keys than was reviewed, so do not apply it; review it again:\n${more.map((line) => `  ${oneLine(line)}\n`).join('')}`,
    );
    exitWith(6);
  }
  const failed = review.stacks.filter(({ status }) => status === 'failed');
  if (failed.length > 0) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `the plan of ${failed.map(({ name }) => JSON.stringify(name)).join(', ')} failed for reasons that are not about keys; see its log`,
    );
  }
}

function writeReports(
  review: Review,
  {
    gitlabTerraform,
    codeQuality,
    sarif,
    location,
  }: Pick<Flags, 'gitlabTerraform' | 'codeQuality' | 'sarif' | 'location'>,
): void {
  const { toCodeQuality, toTerraformReport } =
    require('../report/review/gitlab-reports') as typeof import('../report/review/gitlab-reports');
  if (gitlabTerraform !== undefined) {
    placeGivenFile(
      { flag: '--gitlab-terraform', path: gitlabTerraform },
      toTerraformReport(review),
    );
  }
  if (codeQuality !== undefined) {
    placeGivenFile({ flag: '--code-quality', path: codeQuality }, toCodeQuality(review, location));
  }
  if (sarif !== undefined) {
    const { toSarif } =
      require('../report/review/sarif') as typeof import('../report/review/sarif');
    placeGivenFile({ flag: '--sarif', path: sarif }, toSarif(review, location));
  }
}

/** Only this command needs it. */
function loaded() {
  return require('../report/review/review') as typeof import('../report/review/review');
}

async function readNote(path: string | undefined): Promise<string | undefined> {
  return path === undefined
    ? undefined
    : (await readGivenFile({ flag: '--note', path })).toString('utf8');
}

/** What is only declared says of no key what happens to it, so there would never be more. */
function requirePlanned(reviewed: Review | undefined, { stacks }: Review): void {
  const unplanned = stacks.filter(({ status }) => status === 'declared');
  if (reviewed !== undefined && unplanned.length > 0) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `--reviewed compares plans, and of ${unplanned.map(({ name }) => JSON.stringify(name)).join(', ')} there is none; give --plan NAME=FILE for each`,
    );
  }
}

/** What no policy judged has no error. A plan that was refused leaves nothing to judge. */
function requireJudged(failOn: readonly Failure[], { stacks }: Review): void {
  const unjudged = stacks.filter(
    ({ status, judged }) => judged === null && (status === 'planned' || status === 'declared'),
  );
  if (failOn.includes('policy') && unjudged.length > 0) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `--fail-on holds "policy", and no policy judged ${unjudged.map(({ name }) => JSON.stringify(name)).join(', ')}; give --policy FILE where that review is made`,
    );
  }
}

/** What a plan alone can tell: a declaration neither destroys nor drifts. */
const toldByPlans: readonly Failure[] = ['destroy', 'outage', 'refused', 'drift'];

function requirePlan(failOn: readonly Failure[], { stacks }: Review): void {
  const [failure] = failOn.filter((one) => toldByPlans.includes(one));
  const unplanned = stacks.filter(({ status }) => status === 'declared');
  if (failure !== undefined && unplanned.length > 0) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `--fail-on holds "${failure}", which only a plan tells, and ${unplanned.map(({ name }) => JSON.stringify(name)).join(', ')} was not planned; give --plan, or without one only "policy" and "unpinned"`,
    );
  }
}

function moreThan(review: Review, reviewed: Review): readonly string[] {
  const { effectLines } = loaded();
  const known = new Set(effectLines(reviewed));
  return effectLines(review).filter((line) => !known.has(line));
}
