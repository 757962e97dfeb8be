/** The issue of `byok report`: found, and then changed as its turn says. */
import { ByokError } from '../errors';
import type { Overview } from '../report/watch/overview';
import type { Reminder, Threshold } from '../report/watch/reminders';
import { githubTracker } from './github-issues';
import { gitlabTracker } from './gitlab-issues';
import type { loadOutputs } from './load-outputs';
import { placeOfRun } from './place-of-run';
import type { Surroundings } from './surroundings';
import type { Tracker } from './tracker';

export const trackers = { github: githubTracker, gitlab: gitlabTracker } as const;

export type TrackerName = keyof typeof trackers;

const tokens = { github: 'GITHUB_TOKEN', gitlab: 'BYOK_GITLAB_TOKEN' } as const;

/** @throws ByokError ERR_ARGUMENT: an alarm that cannot be delivered is an error */
export function trackerOf(name: TrackerName, env: Surroundings['env']): Tracker {
  const tracker = trackers[name](env);
  if (tracker === undefined) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `${tokens[name]} is not set, so --issue ${name} cannot write; give one that may write issues`,
    );
  }
  return tracker;
}

/** @returns what is new */
export async function keepIssue(
  tracker: Tracker,
  id: string,
  overview: Overview,
  thresholds: readonly Threshold[],
  outputs: ReturnType<typeof loadOutputs>,
  { env, remark }: Pick<Surroundings, 'env' | 'remark'>,
): Promise<{ readonly reminders: readonly Reminder[]; readonly write: () => Promise<void> }> {
  const issue = await tracker.find((body) => outputs.isIssueOf(id, body));
  const { url } = placeOfRun(env);
  const turn = outputs.issueTurn(issue, overview, thresholds, { id, url });
  const write = async () => {
    for (const step of turn.steps) {
      if (step.step === 'create') {
        await tracker.create(step.title, step.body);
      } else if (issue !== undefined && step.step === 'comment') {
        await tracker.comment(issue, step.body);
      } else if (issue !== undefined && step.step === 'update') {
        await tracker.update(issue, step.body, step.state);
      }
    }
    remark(`byok: ${turn.said}\n`);
  };
  return { reminders: turn.reminders, write };
}
