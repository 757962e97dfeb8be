/** Issues of a project on GitLab. The token of a job may not write them, so it needs its own. */
import { ByokError } from '../errors';
import { isRecord } from '../json';
import { findIssue } from './find-issue';
import { askForge } from './forge-request';
import { gitlabIn } from './gitlab-api';
import type { Surroundings } from './surroundings';
import type { Tracker } from './tracker';

const events = { open: 'reopen', closed: 'close' } as const;

/** @returns undefined without a token */
export function gitlabTracker(env: Surroundings['env']): Tracker | undefined {
  const gitlab = gitlabIn(env, '--issue');
  if (gitlab === undefined) {
    return undefined;
  }
  const { api, project } = gitlab;
  const issues = `${project}/issues`;
  return {
    find: async (isOurs) => {
      const user = await askForge(api, 'GET', '/user');
      const id = isRecord(user) ? user.id : undefined;
      if (id === undefined) {
        throw new ByokError(
          'ERR_ARGUMENT',
          'GitLab does not say whose token this is; check CI_API_V4_URL',
        );
      }
      const query = `author_id=${encodeURIComponent(String(id))}&state=all&order_by=updated_at&sort=desc`;
      const issueOf = ({ iid, description, state, author }: Readonly<Record<string, unknown>>) =>
        isRecord(author) && author.id === id
          ? {
              number: Number(iid),
              body: typeof description === 'string' ? description : '',
              isOpen: state === 'opened',
            }
          : undefined;
      return findIssue(api, `${issues}?${query}`, issueOf, isOurs);
    },
    create: async (title, description) => {
      await askForge(api, 'POST', issues, { title, description });
    },
    update: async ({ number }, description, state) => {
      const event = state && { state_event: events[state] };
      await askForge(api, 'PUT', `${issues}/${number}`, { description, ...event });
    },
    comment: async ({ number }, body) => {
      await askForge(api, 'POST', `${issues}/${number}/notes`, { body });
    },
  };
}
