/** What a check looks at: files or standard input, and the keys of the KMS. */
import { readFileSync } from 'node:fs';
import { ByokError } from '../errors';
import type { Kms } from '../kms/model';
import { textIn } from '../report/file-text';
import { materialsInKms } from '../report/live-keys';
import type { MaterialRecord } from '../report/material-finding';
import { parseDuration } from '../terms/duration';
import { defaultWarnBefore } from '../terms/material';
import { connect } from './connect';
import type { ConnectionFlags } from './connection-flags';
import type { Surroundings } from './surroundings';

/** One check: where, when, and its window. */
export interface Look {
  readonly connection: ConnectionFlags;
  readonly surroundings: Surroundings;
  readonly now: Date;
  /** Undefined: the window of each resource, or else the default. */
  readonly warnBeforeMs: number | undefined;
}

/** @param file "-" for standard input */
export async function contentOf(
  file: string,
  place: string,
  { readInput }: Surroundings,
): Promise<string> {
  if (file !== '-') {
    return textIn(contentOfFile(file, place), place);
  }
  const input = await readInput();
  if (input === undefined) {
    throw new ByokError('ERR_ARGUMENT', `there is no ${place}; pipe it in, or give a file`);
  }
  return textIn(input, place);
}

/** What to say about a file, by the error code of the operating system. */
const unreadable: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist; give the path of a file, or "-" for standard input',
  ENOTDIR: 'does not exist; give the path of a file, or "-" for standard input',
  EISDIR: 'is a folder; give a file in it',
  EACCES: 'may not be read by this user; give a file that may',
};

function contentOfFile(file: string, place: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    throw new ByokError(
      'ERR_ARGUMENT',
      `${place} ${unreadable[code] ?? `cannot be read: ${message}`}`,
      { cause },
    );
  }
}

/**
 * All external keys of the project.
 * @param wanted ids of those that Terraform has
 */
export function liveRecords(look: Look, wanted: ReadonlySet<string>): Promise<MaterialRecord[]> {
  const warnBeforeMs = look.warnBeforeMs ?? parseDuration(defaultWarnBefore, 'warn_before');
  return withKms(look, async (kms) =>
    materialsInKms(await kms.listKeys(), { now: look.now, warnBeforeMs, wanted }),
  );
}

export async function withKms<T>(
  { connection, surroundings }: Look,
  use: (kms: Kms) => Promise<T>,
): Promise<T> {
  const kms = connect(connection, surroundings);
  try {
    return await use(kms);
  } finally {
    kms.close();
  }
}
