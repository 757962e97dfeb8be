/** Issues of a repository on GitHub, by a token with `issues: write`. */
import { isRecord } from '../json';
import { findIssue } from './find-issue';
import { askForge } from './forge-request';
import { githubIn, viewerOf } from './github-api';
import type { Surroundings } from './surroundings';
import type { Tracker } from './tracker';

/** @returns undefined without a token */
export function githubTracker(env: Surroundings['env']): Tracker | undefined {
  const github = githubIn(env, '--issue');
  if (github === undefined) {
    return undefined;
  }
  const { rest, repository } = github;
  const issues = `${repository}/issues`;
  return {
    find: async (isOurs) => {
      const viewer = await viewerOf(github);
      const query = `creator=${encodeURIComponent(viewer)}&state=all&sort=updated&direction=desc`;
      const issueOf = ({ number, body, state, user, pull_request: request }: Found) =>
        request === undefined && isRecord(user) && user.login === viewer
          ? { number: Number(number), body: textOf(body), isOpen: state === 'open' }
          : undefined;
      return findIssue(rest, `${issues}?${query}`, issueOf, isOurs);
    },
    create: async (title, body) => {
      await askForge(rest, 'POST', issues, { title, body });
    },
    update: async ({ number }, body, state) => {
      await askForge(rest, 'PATCH', `${issues}/${number}`, { body, ...(state && { state }) });
    },
    comment: async ({ number }, body) => {
      await askForge(rest, 'POST', `${issues}/${number}/comments`, { body });
    },
  };
}

type Found = Readonly<Record<string, unknown>>;

/** An issue may have no text. */
function textOf(body: unknown): string {
  return typeof body === 'string' ? body : '';
}
