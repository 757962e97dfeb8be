/** What every request to GitHub begins with: the token of a workflow, its repository, its event. */
import { readFileSync } from 'node:fs';
import { ByokError } from '../errors';
import { isRecord, type JsonRecord, tryParseRecord } from '../json';
import { askForge, type ForgeApi } from './forge-request';
import type { Surroundings } from './surroundings';

type Env = Surroundings['env'];

export interface GitHub {
  readonly rest: ForgeApi;
  readonly graph: ForgeApi;
  /** `/repos/OWNER/NAME` */
  readonly repository: string;
}

/**
 * @param flag that asks for it
 * @returns undefined without a token
 */
export function githubIn(env: Env, flag: string): GitHub | undefined {
  const { GITHUB_TOKEN: token, GITHUB_API_URL: url = 'https://api.github.com' } = env;
  if (token === undefined || token === '') {
    return undefined;
  }
  const rest: ForgeApi = {
    name: 'GitHub',
    variable: 'GITHUB_API_URL',
    url,
    headers: { accept: 'application/vnd.github+json', authorization: `Bearer ${token}` },
  };
  const graph: ForgeApi = {
    ...rest,
    variable: 'GITHUB_GRAPHQL_URL',
    url: env.GITHUB_GRAPHQL_URL ?? `${url.replace(/\/$/, '')}/graphql`,
  };
  return { rest, graph, repository: `/repos/${repositoryIn(env, flag)}` };
}

function repositoryIn({ GITHUB_REPOSITORY: repository = '' }: Env, flag: string): string {
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `GITHUB_REPOSITORY is not set to OWNER/NAME; ${flag} github is for workflows of GitHub`,
    );
  }
  return repository;
}

/** The login of the token. That of a workflow may not ask for it by REST. */
export async function viewerOf({ graph }: GitHub): Promise<string> {
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

/** What started the workflow; undefined elsewhere. */
export function githubEvent({ GITHUB_EVENT_PATH: path }: Env): JsonRecord | undefined {
  try {
    return path === undefined ? undefined : tryParseRecord(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
