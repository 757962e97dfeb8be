/** What a forge does with comments. */
import { ByokError } from '../errors';
import type { Comment } from '../report/review/sticky';

export interface Forge {
  /** The oldest first. */
  readonly comments: () => Promise<readonly Comment[]>;
  readonly create: (body: string) => Promise<void>;
  readonly update: (comment: Pick<Comment, 'id'>, body: string) => Promise<void>;
  /** As outdated; a forge that cannot leaves it. */
  readonly hide: (comment: Pick<Comment, 'id'>) => Promise<void>;
}

/** The request has another commit by now, or is closed: what is known of it concerns no one. */
export class RequestMovedOn extends ByokError {
  constructor() {
    super('ERR_ARGUMENT', 'no open pull request has the commit of this run any more');
  }
}
