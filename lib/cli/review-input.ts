/** What `byok review` reads: plans, their logs, declarations, and reviews that were written before. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ByokError } from '../errors';
import type { PolicyInput } from '../report/review/policy-review';
import type { Review } from '../report/review/review';
import type { Synthesized } from '../report/review/synthesized';
import { contentOf } from './check-input';
import { readGivenFile } from './given-files';
import type { NamedInput } from './review-flags';
import type { Surroundings } from './surroundings';

export interface ReviewInputs {
  readonly plan: readonly NamedInput[];
  readonly log: readonly NamedInput[];
  readonly synth: readonly NamedInput[];
  readonly merge: readonly string[];
  readonly policy?: string;
  readonly base?: string;
}

/** @throws ByokError ERR_ARGUMENT if an input cannot be read, or two are of one stack */
export async function readReview(flags: ReviewInputs, surroundings: Surroundings): Promise<Review> {
  const { mergeReviews, reviewOfStack } =
    require('../report/review/review') as typeof import('../report/review/review');
  const { planLogIn } =
    require('../report/review/plan-log') as typeof import('../report/review/plan-log');
  const { pinsOfStack } =
    require('../report/review/base-pins') as typeof import('../report/review/base-pins');
  requireInputs(flags);
  const policy = await readPolicy(flags, surroundings.now());
  const base = await readKnown('--base', flags.base);
  const names = new Set([...flags.plan, ...flags.log, ...flags.synth].map(({ name }) => name));
  const reviews: Review[] = [];
  for (const name of names) {
    const [plan, log, synth] = [flags.plan, flags.log, flags.synth].map((inputs) =>
      inputs.find((input) => input.name === name),
    );
    const read = async (kind: 'plan' | 'log', { path }: NamedInput) => {
      const place = path === '-' ? `${kind} on standard input` : `${kind} "${path}"`;
      return { place, content: await contentOf({ flag: `--${kind}`, path }, place, surroundings) };
    };
    const logged = log === undefined ? undefined : await read('log', log);
    reviews.push(
      reviewOfStack({
        name,
        plan: plan === undefined ? undefined : await read('plan', plan),
        log: logged === undefined ? undefined : planLogIn(logged.content, logged.place),
        policy,
        base: base && pinsOfStack(base, name, `review "${flags.base}"`),
        synthesized: synth === undefined ? undefined : await readSynthesized(synth),
      }),
    );
  }
  for (const path of flags.merge) {
    const content = (await readGivenFile({ flag: '--merge', path })).toString('utf8');
    reviews.push(parsed(content, `review "${path}"`));
  }
  return mergeReviews(reviews);
}

/** The plans that are merged were judged where they were made. */
async function readPolicy(
  { policy: path, plan, log, synth }: ReviewInputs,
  now: Date,
): Promise<PolicyInput | undefined> {
  if (path === undefined) {
    return undefined;
  }
  if (plan.length + log.length + synth.length === 0) {
    throw new ByokError(
      'ERR_ARGUMENT',
      '--policy judges plans, and there is none; give --plan FILE, or --policy where the reviews to merge are made',
    );
  }
  const { parsePolicy } =
    require('../policy/policy-file') as typeof import('../policy/policy-file');
  const content = (await readGivenFile({ flag: '--policy', path })).toString('utf8');
  return { policy: parsePolicy(content, `policy "${path}"`), now };
}

const fileOfStack = 'cdk.tf.json';

async function readSynthesized({ path }: NamedInput): Promise<Synthesized> {
  const { synthesizedIn } =
    require('../report/review/synthesized') as typeof import('../report/review/synthesized');
  const isFile = path.endsWith('.json') || !existsSync(path);
  const file = { flag: '--synth', path: isFile ? path : join(path, fileOfStack) };
  return synthesizedIn((await readGivenFile(file)).toString('utf8'), `"${file.path}"`);
}

function requireInputs({ plan, log, synth, merge }: ReviewInputs): void {
  if (plan.length + log.length + synth.length + merge.length === 0) {
    throw new ByokError(
      'ERR_ARGUMENT',
      'there is nothing to review; give --plan FILE, --log FILE, --synth DIR or --merge FILE',
    );
  }
  for (const inputs of [plan, log, synth]) {
    const twice = inputs.find(
      ({ name }, at) => inputs.findIndex((other) => other.name === name) !== at,
    );
    if (twice !== undefined) {
      throw new ByokError(
        'ERR_ARGUMENT',
        `the stack ${JSON.stringify(twice.name)} is given twice; give each a name of its own, as in --plan NAME=FILE`,
      );
    }
  }
  if ([...plan, ...log].filter(({ path }) => path === '-').length > 1) {
    throw new ByokError('ERR_ARGUMENT', 'standard input is named more than once; give "-" once');
  }
}

/** A review that was made before. */
export async function readKnown(
  flag: '--reviewed' | '--base',
  path: string | undefined,
): Promise<Review | undefined> {
  if (path === undefined) {
    return undefined;
  }
  const content = (await readGivenFile({ flag, path })).toString('utf8');
  return parsed(content, `review "${path}"`);
}

function parsed(content: string, place: string): Review {
  const { parseReview } =
    require('../report/review/parse-review') as typeof import('../report/review/parse-review');
  return parseReview(content, place);
}
