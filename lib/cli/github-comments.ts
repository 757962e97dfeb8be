/** Comments of a pull request on GitHub, by the token of a workflow. */
import { ByokError } from '../errors';
import { isRecord } from '../json';
import type { Comment } from '../report/review/sticky';
import type { Forge } from './forge';
import { askForge } from './forge-request';
import { githubEvent, githubIn, viewerOf } from './github-api';
import { pullRequestIn, pullRequestOfRun } from './github-pull-request';
import type { Surroundings } from './surroundings';

const perPage = 100;

/** @returns undefined without a token */
export function githubOf(env: Surroundings['env']): Forge | undefined {
  const github = githubIn(env, '--post');
  if (github === undefined) {
    return undefined;
  }
  const { rest: api, graph, repository } = github;
  const event = githubEvent(env);
  const run = event?.workflow_run;
  let request = run === undefined ? pullRequestIn(event) : undefined;
  const issue = () => `${repository}/issues/${request}/comments`;
  return {
    comments: async () => {
      request ??= await pullRequestOfRun(github, run);
      const viewer = await viewerOf(github);
      const found: Comment[] = [];
      for (let page = 1; ; page++) {
        const comments = await askForge(api, 'GET', `${issue()}?per_page=${perPage}&page=${page}`);
        if (!Array.isArray(comments)) {
          throw new ByokError(
            'ERR_ARGUMENT',
            'GitHub answers no list of comments; check that this is its API',
          );
        }
        found.push(...comments.filter(isRecord).map((comment) => commentOf(comment, viewer)));
        if (comments.length < perPage) {
          return found;
        }
      }
    },
    create: async (body) => {
      await askForge(api, 'POST', issue(), { body });
    },
    update: async ({ id }, body) => {
      const [number] = id.split(' ');
      await askForge(api, 'PATCH', `${repository}/issues/comments/${number}`, { body });
    },
    hide: async ({ id }) => {
      const [, subject] = id.split(' ');
      await askForge(graph, 'POST', '', {
        query:
          'mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) { clientMutationId } }',
        variables: { id: subject },
      });
    },
  };
}

/** Both ids: REST has one, GraphQL the other. */
function commentOf(comment: Readonly<Record<string, unknown>>, viewer: string): Comment {
  const { id, node_id: node, body, user } = comment;
  return {
    id: `${id} ${node}`,
    body: typeof body === 'string' ? body : '',
    isOwn: isRecord(user) && user.login === viewer,
  };
}
