/** What a forge does with issues. */
import type { Issue } from '../report/watch/issue';

export interface Tracker {
  /** The one that was changed last of those that this login wrote. */
  readonly find: (isOurs: (body: string) => boolean) => Promise<Issue | undefined>;
  readonly create: (title: string, body: string) => Promise<void>;
  readonly update: (issue: Issue, body: string, state?: 'open' | 'closed') => Promise<void>;
  readonly comment: (issue: Issue, body: string) => Promise<void>;
}
