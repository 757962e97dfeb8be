/** The reminders of `byok report`: what was told is read, the rest is told, and then kept. */
import { ByokError } from '../errors';
import type { Overview } from '../report/watch/overview';
import type { Reminder } from '../report/watch/reminders';
import { shownOf } from '../terms/shown-value';
import { placeGivenFile, tryReadRegular } from './given-files';
import type { loadOutputs } from './load-outputs';
import { postWebhook, webhookOf } from './post-webhook';
import type { Surroundings } from './surroundings';

export interface ReminderFlags {
  readonly remind?: string;
  readonly reminded?: string;
  readonly webhook?: string | true;
}

/** Holds the address where no other user of the machine sees it. */
export const webhookVariable = 'BYOK_WEBHOOK_URL';

/** Judges the flags, and reads what was told, before anything is written. */
export function prepareReminders(
  { remind, reminded, webhook }: ReminderFlags,
  outputs: ReturnType<typeof loadOutputs>,
  env: Surroundings['env'],
): ((overview: Overview) => Promise<readonly Reminder[]>) | undefined {
  if (remind === undefined && reminded === undefined && webhook === undefined) {
    return undefined;
  }
  if (remind === undefined || reminded === undefined) {
    throw new ByokError(
      'ERR_ARGUMENT',
      '--remind and --reminded belong together; give the durations by the one, and by the other a file that keeps what was told',
    );
  }
  const thresholds = outputs.thresholdsOf(remind, (text) => shownOf(text, 'warnBefore'));
  const url = webhook === undefined ? undefined : webhookOf(addressOf(webhook, env));
  const file = { flag: '--reminded', path: reminded };
  const before = outputs.readReminded(
    tryReadRegular(file)?.toString('utf8'),
    `--reminded "${reminded}"`,
  );
  return async (overview) => {
    const { reminders, reminded: after } = outputs.remindersOf(overview, thresholds, before);
    if (url !== undefined && reminders.length > 0) {
      await postWebhook(url, outputs.messageOf(reminders));
    }
    placeGivenFile(file, outputs.writtenReminded(after));
    return reminders;
  };
}

function addressOf(webhook: string | true, env: Surroundings['env']): string {
  const address = webhook === true ? env[webhookVariable] : webhook;
  if (address === undefined || address === '') {
    throw new ByokError('ERR_ARGUMENT', `--webhook has no URL, and ${webhookVariable} is not set`);
  }
  return address;
}
