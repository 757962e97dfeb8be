/** Puts a review where the reviewers are: into one comment, or into the summary of the job. */
import { appendFileSync } from 'node:fs';
import { ByokError } from '../errors';
import { type Post, postingOf } from '../report/review/sticky';
import { RequestMovedOn } from './forge';
import { ForgeDenied } from './forge-request';
import { githubOf } from './github-comments';
import { gitlabOf } from './gitlab-notes';
import type { Surroundings } from './surroundings';

export const forges = { github: githubOf, gitlab: gitlabOf } as const;

export type ForgeName = keyof typeof forges;

const said = {
  create: 'a comment was written',
  update: 'the comment was brought up to date',
  same: 'the comment says the same already',
  newer: 'a newer run has written the comment, so it was left alone',
  'nothing to say': 'no key changes, and there is no comment',
} as const;

const tokens = { github: 'GITHUB_TOKEN', gitlab: 'BYOK_GITLAB_TOKEN' } as const;

/** @throws ByokError ERR_ARGUMENT */
export async function postReview(
  name: ForgeName,
  post: Post,
  { env, remark }: Pick<Surroundings, 'env' | 'remark'>,
): Promise<void> {
  const forge = forges[name](env);
  try {
    if (forge === undefined) {
      throw new ByokError('ERR_ARGUMENT', `${tokens[name]} is not set`);
    }
    const posting = postingOf(await forge.comments(), post);
    if (posting.action === 'create') {
      await forge.create(post.text);
    }
    if (posting.action === 'update') {
      await forge.update(posting, post.text);
    }
    if (posting.action !== 'none') {
      for (const id of posting.outdated) {
        await forge.hide({ id });
      }
    }
    remark(`byok: ${said[posting.action === 'none' ? posting.why : posting.action]}\n`);
  } catch (error) {
    if (error instanceof RequestMovedOn) {
      remark(`byok: ${error.message}, so nothing was posted\n`);
      return;
    }
    if (forge !== undefined && !(error instanceof ForgeDenied)) {
      throw error;
    }
    // A pull request from a fork has no token that may write.
    intoSummary(post, error as Error, env);
    remark(`byok: ${(error as Error).message}: the review is in the summary of the job instead\n`);
  }
}

function intoSummary({ text, hasNews }: Post, why: Error, env: Surroundings['env']): void {
  const path = env.GITHUB_STEP_SUMMARY;
  if (path === undefined || path === '') {
    throw new ByokError(
      'ERR_ARGUMENT',
      `${why.message}, so the review cannot be posted; give one that may write comments`,
    );
  }
  if (hasNews) {
    appendFileSync(path, `${text}\n`);
  }
}
