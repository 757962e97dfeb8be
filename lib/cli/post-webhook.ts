/** Hands a message to a webhook. Its address is as secret as a password: no error shows it. */
import { ByokError } from '../errors';
import { isLoopback } from '../kms/endpoint';

const timeoutMs = 30_000;

/** @throws ByokError ERR_ARGUMENT unless it is https, or leads to this machine */
export function webhookOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url === undefined || !isSafe) {
    throw new ByokError(
      'ERR_ARGUMENT',
      '--webhook is a text that is not shown, since it may be a secret; allowed is a URL that begins with https://, or with http:// on this machine',
    );
  }
  return url;
}

/** @throws ByokError ERR_ARGUMENT unless the other side says that it took it */
export async function postWebhook(url: URL, body: string): Promise<void> {
  const status = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    // The address was checked; another one was not.
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  }).then(
    async (answer) => {
      await answer.body?.cancel();
      return answer.status;
    },
    () => undefined,
  );
  if (status === undefined || status < 200 || status > 299) {
    const answer = status === undefined ? 'did not answer' : `answered with status ${status}`;
    throw new ByokError(
      'ERR_ARGUMENT',
      `the address of --webhook ${answer}, so nothing counts as told; check it, and run this again`,
    );
  }
}
