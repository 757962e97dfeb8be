/** What a forge does with comments. */
import type { Comment } from '../report/review/sticky';

export interface Forge {
  /** The oldest first. */
  readonly comments: () => Promise<readonly Comment[]>;
  readonly create: (body: string) => Promise<void>;
  readonly update: (comment: Pick<Comment, 'id'>, body: string) => Promise<void>;
  /** As outdated; a forge that cannot leaves it. */
  readonly hide: (comment: Pick<Comment, 'id'>) => Promise<void>;
}
