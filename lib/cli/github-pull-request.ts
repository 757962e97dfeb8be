/** Which pull request a workflow is about. */
import { ByokError } from '../errors';
import { isRecord, type JsonRecord } from '../json';
import { RequestMovedOn } from './forge';
import { askForge } from './forge-request';
import type { GitHub } from './github-api';

/** From the event alone: an argument could come from the pull request. */
export function pullRequestIn(event: JsonRecord | undefined): number {
  const number = [event?.pull_request, event?.issue]
    .flatMap((one) => (isRecord(one) ? [one.number] : []))
    .find(Number.isSafeInteger);
  if (typeof number !== 'number') {
    throw new ByokError(
      'ERR_ARGUMENT',
      'the event of this workflow names no pull request; run --post github on: pull_request',
    );
  }
  return number;
}

/**
 * A workflow that follows another one is not told its pull request if that comes from a fork. So the
 * forge is asked for the one of this branch, and it counts while its head is what the run looked at.
 *
 * @throws RequestMovedOn
 */
export async function pullRequestOfRun(
  { rest, repository }: GitHub,
  run: unknown,
): Promise<number> {
  const { event, head_branch: branch, head_sha: sha, head_repository: fork } = asRecord(run);
  const { login } = asRecord(asRecord(fork).owner);
  if (event !== 'pull_request' || typeof branch !== 'string' || typeof login !== 'string') {
    throw new ByokError(
      'ERR_ARGUMENT',
      'the workflow before this one was started by no pull request; let this one run only if github.event.workflow_run.event is pull_request',
    );
  }
  const head = encodeURIComponent(`${login}:${branch}`);
  const found = await askForge(rest, 'GET', `${repository}/pulls?state=open&head=${head}`);
  const request = (Array.isArray(found) ? found : [])
    .map(asRecord)
    .find((one) => asRecord(one.head).sha === sha && Number.isSafeInteger(one.number));
  if (request === undefined) {
    throw new RequestMovedOn();
  }
  return Number(request.number);
}

function asRecord(value: unknown): JsonRecord {
  return isRecord(value) ? value : {};
}
