/** Looks for an issue in the pages of a forge. */
import { ByokError } from '../errors';
import { isRecord, type JsonRecord } from '../json';
import type { Issue } from '../report/watch/issue';
import { askForge, type ForgeApi } from './forge-request';

export const perPage = 100;

/** Ours is changed by each run, so it is among the first unless it was closed long ago. */
const mostPages = 20;

/**
 * @param path of the list, with a query, the one that was changed last first
 * @param issueOf undefined for what is no issue of this login
 */
export async function findIssue(
  api: ForgeApi,
  path: string,
  issueOf: (found: JsonRecord) => Issue | undefined,
  isOurs: (body: string) => boolean,
): Promise<Issue | undefined> {
  for (let page = 1; page <= mostPages; page++) {
    const found = await askForge(api, 'GET', `${path}&per_page=${perPage}&page=${page}`);
    if (!Array.isArray(found)) {
      throw new ByokError(
        'ERR_ARGUMENT',
        `${api.name} answers no list of issues; check that this is its API`,
      );
    }
    const ours = found
      .filter(isRecord)
      .flatMap((one) => issueOf(one) ?? [])
      .find(({ body }) => isOurs(body));
    if (ours !== undefined || found.length < perPage) {
      return ours;
    }
  }
  return undefined;
}
