/** What every request to GitLab begins with: a token of its own, and the project of the pipeline. */
import { ByokError } from '../errors';
import type { ForgeApi } from './forge-request';
import type { Surroundings } from './surroundings';

export interface GitLab {
  readonly api: ForgeApi;
  /** `/projects/ID` */
  readonly project: string;
}

/**
 * The token of a job may not write notes or issues.
 *
 * @param flag that asks for it
 * @returns undefined without a token
 */
export function gitlabIn(env: Surroundings['env'], flag: string): GitLab | undefined {
  const { BYOK_GITLAB_TOKEN: token, CI_API_V4_URL: url = 'https://gitlab.com/api/v4' } = env;
  if (token === undefined || token === '') {
    return undefined;
  }
  const api: ForgeApi = {
    name: 'GitLab',
    variable: 'CI_API_V4_URL',
    url,
    headers: { 'private-token': token },
  };
  return { api, project: `/projects/${numberIn(env, 'CI_PROJECT_ID', flag)}` };
}

export function numberIn(env: Surroundings['env'], name: string, flag: string): number {
  const value = env[name] ?? '';
  if (!/^\d{1,15}$/.test(value)) {
    const where = flag === '--post' ? 'pipelines of merge requests' : 'pipelines';
    throw new ByokError(
      'ERR_ARGUMENT',
      `${name} is not set to a number; ${flag} gitlab is for ${where}`,
    );
  }
  return Number(value);
}
