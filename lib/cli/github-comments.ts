/** Comments of a pull request on GitHub, by the token of a workflow. */
import { readFileSync } from 'node:fs';
import { ByokError } from '../errors';
import { isRecord, tryParseRecord } from '../json';
import type { Comment } from '../report/review/sticky';
import type { Forge } from './forge';
import { askForge, type ForgeApi } from './forge-request';
import type { Surroundings } from './surroundings';

const perPage = 100;

/** @returns undefined without a token */
export function githubOf(env: Surroundings['env']): Forge | undefined {
  const { GITHUB_TOKEN: token, GITHUB_API_URL: url = 'https://api.github.com' } = env;
  if (token === undefined || token === '') {
    return undefined;
  }
  const api: ForgeApi = {
    name: 'GitHub',
    variable: 'GITHUB_API_URL',
    url,
    headers: { accept: 'application/vnd.github+json', authorization: `Bearer ${token}` },
  };
  const graph: ForgeApi = {
    ...api,
    variable: 'GITHUB_GRAPHQL_URL',
    url: env.GITHUB_GRAPHQL_URL ?? `${url.replace(/\/$/, '')}/graphql`,
  };
  const repository = repositoryIn(env);
  const issue = `/repos/${repository}/issues/${pullRequestIn(env)}/comments`;
  return {
    comments: async () => {
      const viewer = await viewerOf(graph);
      const found: Comment[] = [];
      for (let page = 1; ; page++) {
        const comments = await askForge(api, 'GET', `${issue}?per_page=${perPage}&page=${page}`);
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
      await askForge(api, 'POST', issue, { body });
    },
    update: async ({ id }, body) => {
      const [number] = id.split(' ');
      await askForge(api, 'PATCH', `/repos/${repository}/issues/comments/${number}`, { body });
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

/** The token of a workflow may not ask for its user by REST. */
async function viewerOf(graph: ForgeApi): Promise<string> {
  const answer = await askForge(graph, 'POST', '', { query: 'query { viewer { login } }' });
  const data = isRecord(answer) && isRecord(answer.data) ? answer.data : {};
  const login = isRecord(data.viewer) ? data.viewer.login : undefined;
  if (typeof login !== 'string') {
    throw new ByokError(
      'ERR_ARGUMENT',
      'GitHub does not say whose token this is; check GITHUB_GRAPHQL_URL',
    );
  }
  return login;
}

function repositoryIn({ GITHUB_REPOSITORY: repository = '' }: Surroundings['env']): string {
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw new ByokError(
      'ERR_ARGUMENT',
      'GITHUB_REPOSITORY is not set to OWNER/NAME; --post github is for workflows of GitHub',
    );
  }
  return repository;
}

/** From the event alone: an argument could come from the pull request. */
function pullRequestIn({ GITHUB_EVENT_PATH: path }: Surroundings['env']): number {
  const event = path === undefined ? undefined : tryParseRecord(readText(path));
  const candidates = [event?.pull_request, event?.issue, first(event?.workflow_run)];
  const number = candidates
    .flatMap((one) => (isRecord(one) ? [one.number] : []))
    .find(Number.isSafeInteger);
  if (typeof number !== 'number') {
    throw new ByokError(
      'ERR_ARGUMENT',
      'the event of this workflow names no pull request; run --post github on: pull_request',
    );
  }
  return number;
}

function first(run: unknown): unknown {
  return isRecord(run) && Array.isArray(run.pull_requests) ? run.pull_requests[0] : undefined;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
