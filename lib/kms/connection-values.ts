/** What the values of a connection may be. An empty text counts as left out. */
import { ByokError } from '../errors';
import { formats } from '../terms/kms';
import type { Spelling } from '../terms/setting';
import { shownOf } from '../terms/shown-value';

export function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

export function checkedProjectId(projectId: string, spelling: Spelling): string {
  if (!new RegExp(formats.projectId).test(projectId)) {
    const attribute = spelling.name('projectId');
    throw new ByokError(
      'ERR_CONFIGURATION',
      `${attribute} is ${shownOf(projectId, 'projectId')}; allowed are 32 letters and digits, as the console shows them under "My Credentials"`,
      { attribute },
    );
  }
  return projectId;
}

/** Lists accept "all", but a new key could not get it. */
export function checkedEnterpriseProject(
  id: string | undefined,
  spelling: Spelling,
): string | undefined {
  if (id !== undefined && !new RegExp(formats.enterpriseProjectId).test(id)) {
    const attribute = spelling.name('enterpriseProjectId');
    throw new ByokError(
      'ERR_CONFIGURATION',
      `${attribute} is ${shownOf(id, 'enterpriseProjectId')}; allowed is "0" or the 36 characters of an id`,
      { attribute },
    );
  }
  return id;
}

/** @param from the variable of the environment that holds the value, if one does */
export function count(
  setting: 'maxRetries' | 'maxRequestsPerSecond',
  value: number | string | undefined,
  [minimum, maximum]: readonly [number, number],
  spelling: Spelling,
  from?: string,
): number | undefined {
  const number = typeof value === 'string' ? Number(value) : value;
  if (
    number !== undefined &&
    !(Number.isInteger(number) && number >= minimum && number <= maximum)
  ) {
    const attribute = spelling.name(setting);
    const shown = typeof value === 'string' ? shownOf(value, setting) : value;
    throw new ByokError(
      'ERR_CONFIGURATION',
      `${typeof value === 'string' ? from : attribute} is ${shown}; allowed is a whole number from ${minimum} to ${maximum}`,
      {
        attribute,
      },
    );
  }
  return number;
}
