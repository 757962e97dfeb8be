/** Notes of a merge request on GitLab. The token of a job may not write them, so it needs its own. */
import { ByokError } from '../errors';
import { isRecord } from '../json';
import type { Comment } from '../report/review/sticky';
import type { Forge } from './forge';
import { askForge } from './forge-request';
import { gitlabIn, numberIn } from './gitlab-api';
import type { Surroundings } from './surroundings';

const perPage = 100;

/** @returns undefined without a token */
export function gitlabOf(env: Surroundings['env']): Forge | undefined {
  const gitlab = gitlabIn(env, '--post');
  if (gitlab === undefined) {
    return undefined;
  }
  const { api, project } = gitlab;
  const request = numberIn(env, 'CI_MERGE_REQUEST_IID', '--post');
  const notes = `${project}/merge_requests/${request}/notes`;
  return {
    comments: async () => {
      const user = await askForge(api, 'GET', '/user');
      const found: Comment[] = [];
      for (let page = 1; ; page++) {
        const answer = await askForge(
          api,
          'GET',
          `${notes}?sort=asc&order_by=created_at&per_page=${perPage}&page=${page}`,
        );
        if (!Array.isArray(answer)) {
          throw new ByokError(
            'ERR_ARGUMENT',
            'GitLab answers no list of notes; check that this is its API',
          );
        }
        found.push(...answer.filter(isRecord).map((note) => noteOf(note, user)));
        if (answer.length < perPage) {
          return found;
        }
      }
    },
    create: async (body) => {
      await askForge(api, 'POST', notes, { body });
    },
    update: async ({ id }, body) => {
      await askForge(api, 'PUT', `${notes}/${id}`, { body });
    },
    // GitLab has no outdated notes of this kind.
    hide: async () => undefined,
  };
}

function noteOf({ id, body, author }: Readonly<Record<string, unknown>>, user: unknown): Comment {
  return {
    id: String(id),
    body: typeof body === 'string' ? body : '',
    isOwn: isRecord(author) && isRecord(user) && author.id !== undefined && author.id === user.id,
  };
}
