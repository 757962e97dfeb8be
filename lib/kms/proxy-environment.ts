/**
 * Which proxy a request uses, by the variables and rules of Go programs, and so of the vendors' own
 * providers: HTTPS_PROXY and NO_PROXY in either case. This machine itself is never reached through
 * a proxy.
 */
import { ByokError } from '../errors';
import type { Environment } from './connection';
import { isLoopback } from './endpoint';
import { isExempt } from './no-proxy';

/**
 * @returns undefined: connect directly
 * @throws ByokError ERR_CONFIGURATION if the variable does not hold an http or https proxy
 */
export function tryFindProxy(endpoint: URL, env: Environment): URL | undefined {
  // Plain http is for loopback only, so HTTP_PROXY never applies.
  const variable = ['HTTPS_PROXY', 'https_proxy'].find((name) => (env[name] ?? '') !== '');
  if (
    variable === undefined ||
    isLoopback(endpoint.hostname) ||
    isExempt(endpoint, env.NO_PROXY || env.no_proxy || '')
  ) {
    return undefined;
  }
  const text = env[variable] ?? '';
  const proxy = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(proxy) ? new URL(proxy) : undefined;
  if (
    url === undefined ||
    (url.protocol !== 'http:' && url.protocol !== 'https:') ||
    !isDecodable(url.username + url.password)
  ) {
    // Not quoted: it may hold a password.
    throw new ByokError(
      'ERR_CONFIGURATION',
      `the environment variable ${variable} holds no http:// or https:// URL (a % in a password is written %25); correct it or unset it`,
    );
  }
  return url;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
