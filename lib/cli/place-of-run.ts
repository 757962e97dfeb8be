/** Where a pipeline of GitHub or GitLab is at, by the variables and the event that it sets. */
import { isRecord, type JsonRecord } from '../json';
import { githubEvent } from './github-api';
import type { Surroundings } from './surroundings';

export interface PlaceOfRun {
  readonly commit: string | undefined;
  /** The number of the run, and of its attempt: later ones are greater. */
  readonly run: readonly number[] | undefined;
  readonly url: string | undefined;
}

export function placeOfRun(env: Surroundings['env']): PlaceOfRun {
  const numbers = [env.GITHUB_RUN_ID ?? env.CI_PIPELINE_ID, env.GITHUB_RUN_ATTEMPT ?? '1'].map(
    Number,
  );
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  return {
    commit: headIn(githubEvent(env)) ?? env.GITHUB_SHA ?? env.CI_COMMIT_SHA,
    run: numbers.every((number) => Number.isSafeInteger(number)) ? numbers : undefined,
    url:
      server !== undefined && repository !== undefined && run !== undefined
        ? `${server}/${repository}/actions/runs/${run}`
        : env.CI_PIPELINE_URL,
  };
}

/**
 * The commit that its author knows: GITHUB_SHA is that of a merge, or, where a workflow follows
 * another one, of the default branch.
 */
function headIn(event: JsonRecord | undefined): string | undefined {
  const { pull_request: request, workflow_run: run } = event ?? {};
  const head = isRecord(request) && isRecord(request.head) ? request.head.sha : undefined;
  const sha = head ?? (isRecord(run) ? run.head_sha : undefined);
  return typeof sha === 'string' && /^[0-9a-f]{40,64}$/.test(sha) ? sha : undefined;
}
