/** What a check looks at: files or standard input, and the keys of the KMS. */
import { ByokError } from '../errors';
import type { KmsClient } from '../kms/kms-client';
import type { Whereabouts } from '../kms/model';
import type { Wording } from '../lifecycle/wording';
import { textIn } from '../report/file-text';
import { materialsInKms } from '../report/live-keys';
import type { MaterialRecord } from '../report/material-finding';
import { parseDuration } from '../terms/duration';
import { defaultWarnBefore } from '../terms/material';
import { connect } from './connect';
import type { ConnectionFlags } from './connection-flags';
import type { NamedFile } from './file-fault';
import { readGivenFile } from './given-files';
import type { Surroundings } from './surroundings';

/** One check: where, when, and its window. */
export interface Look {
  readonly connection: ConnectionFlags;
  readonly surroundings: Surroundings;
  readonly words: Wording;
  readonly now: Date;
  /** Undefined: the window of each resource, or else the default. */
  readonly warnBeforeMs: number | undefined;
}

/** @param file its path "-" stands for standard input */
export async function contentOf(
  file: NamedFile,
  place: string,
  { readInput }: Surroundings,
): Promise<string> {
  if (file.path !== '-') {
    return textIn(await readGivenFile(file), place);
  }
  const input = await readInput();
  if (input === undefined) {
    throw new ByokError('ERR_ARGUMENT', `there is no ${place}; pipe it in, or give a file`);
  }
  return textIn(input, place);
}

/**
 * All external keys of the project.
 * @param wanted ids of those that Terraform has
 */
export function liveRecords(
  look: Look,
  wanted: ReadonlySet<string>,
): Promise<{ readonly records: MaterialRecord[]; readonly whereabouts: Whereabouts }> {
  const warnBeforeMs = look.warnBeforeMs ?? parseDuration(defaultWarnBefore, 'warn_before');
  return withKms(look, async (kms) => {
    const { whereabouts } = kms;
    const reading = { now: look.now, warnBeforeMs, wanted, whereabouts };
    return { records: materialsInKms(await kms.listKeys(), reading), whereabouts };
  });
}

export async function withKms<T>(
  { connection, surroundings, words }: Look,
  use: (kms: KmsClient) => Promise<T>,
): Promise<T> {
  const kms = connect(connection, surroundings, words);
  try {
    return await use(kms);
  } finally {
    kms.close();
  }
}
