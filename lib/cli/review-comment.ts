/** A review in the format that was asked for, with the place of the pipeline that made it. */
import type { Review } from '../report/review/review';
import { placeOfRun } from './place-of-run';
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
