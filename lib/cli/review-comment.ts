/** A review in the format that was asked for, with the place of the pipeline that made it. */
import type { Review } from '../report/review/review';
import type { Surroundings } from './surroundings';

interface Style {
  readonly format: 'markdown' | 'diff' | 'text';
  readonly commentId?: string;
}

interface Rendering {
  readonly limit: number;
  readonly note: string | undefined;
  readonly env: Surroundings['env'];
}

export function renderReview(
  review: Review,
  { format, commentId }: Style,
  { limit, note, env }: Rendering,
): { readonly text: string; readonly unnamed: number } {
  if (format !== 'markdown') {
    const { toDiff, toText } =
      require('../report/review/review-lines') as typeof import('../report/review/review-lines');
    return { text: format === 'diff' ? toDiff(review) : toText(review), unnamed: 0 };
  }
  const { toMarkdown } =
    require('../report/review/review-markdown') as typeof import('../report/review/review-markdown');
  const id = commentId ?? review.stacks.map(({ name }) => name).join(' ');
  const { commit, run, url } = placeOfRun(env);
  return toMarkdown(review, {
    limit,
    note,
    commit,
    url,
    marker: { v: 1, id, ...(run === undefined ? {} : { run }), digest: review.digest },
  });
}

interface PlaceOfRun {
  readonly commit: string | undefined;
  /** The number of the run, and of its attempt: later ones are greater. */
  readonly run: readonly number[] | undefined;
  readonly url: string | undefined;
}

/** Where a pipeline of GitHub or GitLab is at. */
function placeOfRun(env: Surroundings['env']): PlaceOfRun {
  const numbers = [env.GITHUB_RUN_ID ?? env.CI_PIPELINE_ID, env.GITHUB_RUN_ATTEMPT ?? '1'].map(
    Number,
  );
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  return {
    commit: env.GITHUB_SHA ?? env.CI_COMMIT_SHA,
    run: numbers.every((number) => Number.isSafeInteger(number)) ? numbers : undefined,
    url:
      server !== undefined && repository !== undefined && run !== undefined
        ? `${server}/${repository}/actions/runs/${run}`
        : env.CI_PIPELINE_URL,
  };
}
