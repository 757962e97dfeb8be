/**
 * The reminders of `byok report`: what was told is read, the rest is told, and then kept, in a file or
 * in an issue.
 */
import { ByokError } from '../errors';
import type { Overview } from '../report/watch/overview';
import type { Reminder, Threshold } from '../report/watch/reminders';
import { shownOf } from '../terms/shown-value';
import { placeGivenFile, tryReadRegular } from './given-files';
import type { loadOutputs } from './load-outputs';
import { postWebhook, webhookOf } from './post-webhook';
import type { TrackerName } from './report-issue';
import type { Surroundings } from './surroundings';

export interface ReminderFlags {
  readonly remind?: string;
  readonly reminded?: string;
  readonly webhook?: string | true;
  readonly issue?: TrackerName;
  readonly issueId: string;
}

/** Holds the address where no other user of the machine sees it. */
export const webhookVariable = 'BYOK_WEBHOOK_URL';

type Outputs = ReturnType<typeof loadOutputs>;

/** Judges the flags, and reads what was told, before anything is written. */
export function prepareReminders(
  flags: ReminderFlags,
  outputs: Outputs,
  surroundings: Pick<Surroundings, 'env' | 'remark'>,
): ((overview: Overview) => Promise<readonly Reminder[]>) | undefined {
  const { remind, reminded, webhook, issue } = flags;
  if ([remind, reminded, webhook, issue].every((flag) => flag === undefined)) {
    return undefined;
  }
  if (remind === undefined || (reminded === undefined) === (issue === undefined)) {
    throw new ByokError(
      'ERR_ARGUMENT',
      '--remind goes together with either --reminded or --issue; give the durations by the first, and by the other the file or the issue that keeps what was told',
    );
  }
  const thresholds = outputs.thresholdsOf(remind, (text) => shownOf(text, 'warnBefore'));
  const url = webhook === undefined ? undefined : webhookOf(addressOf(webhook, surroundings.env));
  const keeper =
    issue === undefined
      ? inFile(reminded as string, thresholds, outputs)
      : inIssue(issue, flags.issueId, thresholds, outputs, surroundings);
  return async (overview) => {
    const { reminders, write } = await keeper(overview);
    if (url !== undefined && reminders.length > 0) {
      await postWebhook(url, outputs.messageOf(reminders));
    }
    await write();
    return reminders;
  };
}

/** What is new, and how to keep that it was told: only once it was. */
type Keeper = (overview: Overview) => Promise<{
  readonly reminders: readonly Reminder[];
  readonly write: () => Promise<void>;
}>;

function inFile(path: string, thresholds: readonly Threshold[], outputs: Outputs): Keeper {
  const file = { flag: '--reminded', path };
  const content = tryReadRegular(file)?.toString('utf8');
  const before = outputs.readReminded(content, `--reminded "${path}"`);
  return async (overview) => {
    const { reminders, reminded } = outputs.remindersOf(overview, thresholds, before);
    const write = async () => placeGivenFile(file, outputs.writtenReminded(reminded));
    return { reminders, write };
  };
}

function inIssue(
  name: TrackerName,
  id: string,
  thresholds: readonly Threshold[],
  outputs: Outputs,
  surroundings: Pick<Surroundings, 'env' | 'remark'>,
): Keeper {
  const { keepIssue, trackerOf } = require('./report-issue') as typeof import('./report-issue');
  if (!/^[\w.-]{1,60}$/.test(id)) {
    throw new ByokError(
      'ERR_ARGUMENT',
      '--issue-id is not one word; allowed are up to 60 letters, digits, dots, hyphens and underscores',
    );
  }
  const tracker = trackerOf(name, surroundings.env);
  return (overview) => keepIssue(tracker, id, overview, thresholds, outputs, surroundings);
}

function addressOf(webhook: string | true, env: Surroundings['env']): string {
  const address = webhook === true ? env[webhookVariable] : webhook;
  if (address === undefined || address === '') {
    throw new ByokError('ERR_ARGUMENT', `--webhook has no URL, and ${webhookVariable} is not set`);
  }
  return address;
}
