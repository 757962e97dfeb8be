/** One request to the API of a forge: JSON, no redirect, and errors in one sentence. */
import { ByokError } from '../errors';
import { tryParseJson } from '../json';
import { isLoopback } from '../kms/endpoint';

export interface ForgeApi {
  /** For example "GitHub". */
  readonly name: string;
  /** The environment variable that holds `url`. */
  readonly variable: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The login may not do this: there is another way to show a review. */
export class ForgeDenied extends ByokError {
  constructor(name: string, status: number) {
    super('ERR_ARGUMENT', `${name} answers ${status}: the token may not do this`);
  }
}

const timeoutMs = 30_000;

/**
 * @param path below the base
 * @returns the JSON of the answer
 * @throws ForgeDenied, and ByokError ERR_ARGUMENT that shows nothing of the answer
 */
export async function askForge(
  { name, variable, url, headers }: ForgeApi,
  method: 'GET' | 'POST' | 'PATCH' | 'PUT',
  path: string,
  body?: object,
): Promise<unknown> {
  const address = `${url.replace(/\/$/, '')}${path}`;
  const target = URL.canParse(address) ? new URL(address) : undefined;
  if (
    target === undefined ||
    !(target.protocol === 'https:' || (target.protocol === 'http:' && isLoopback(target.hostname)))
  ) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `${variable} is no https:// URL, and the token would be read on the way; correct it`,
    );
  }
  let response: Response;
  let text: string;
  try {
    response = await fetch(target, {
      method,
      redirect: 'error',
      headers: { 'content-type': 'application/json', 'user-agent': 'byok', ...headers },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    text = await response.text();
  } catch (cause) {
    throw new ByokError('ERR_ARGUMENT', `no answer came from ${name}; run it again`, { cause });
  }
  const { status } = response;
  if (status === 401 || status === 403) {
    throw new ForgeDenied(name, status);
  }
  const json = text === '' ? undefined : tryParseJson(text);
  if (!response.ok || (text !== '' && json === undefined)) {
    const found = response.ok ? 'what is no JSON' : String(status);
    throw new ByokError('ERR_ARGUMENT', `${name} answers ${found}; ${adviceOf(status)}`);
  }
  return json;
}

function adviceOf(status: number): string {
  if (status === 404) {
    return 'check the repository, the number of the request, and what the token may see';
  }
  if (status === 422 || status === 400) {
    return 'it does not take this comment; look at its length, see --limit';
  }
  return status === 429 || status >= 500
    ? 'run it again in some minutes'
    : 'check that this is its API';
}
