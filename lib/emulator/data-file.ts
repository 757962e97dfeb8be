/**
 * Keeps keys across restarts in a file. It holds their material in the clear,
 * so it is for demos only:
 * `startEmulator` refuses it unless `demoMaterialOnDisk` confirms that.
 * Mode 0600, replaced as a whole. Tokens are not kept.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { ByokError } from '../errors';
import { Secret } from '../secret';
import type { StoredKey } from './key';

export interface DataFileContent {
  readonly keys: readonly StoredKey[];
  /** Offset of the emulator's clock. */
  readonly offsetMs: number;
}

const version = 1;

type SavedKey = Omit<StoredKey, 'material' | 'boundDigest' | 'tags'> & {
  readonly material?: string;
  readonly boundDigest?: string;
  readonly tags?: readonly [string, string][];
};

export function writeDataFile(path: string, { keys, offsetMs }: DataFileContent): void {
  const saved = keys.map((key): SavedKey => {
    const { material, boundDigest, tags, ...rest } = key;
    return {
      ...rest,
      tags: [...tags],
      ...(material === undefined ? {} : { material: material.reveal().toString('base64') }),
      ...(boundDigest === undefined ? {} : { boundDigest: boundDigest.toString('base64') }),
    };
  });
  const temporary = `${path}.${randomUUID()}.tmp`;
  writeFileSync(
    temporary,
    `${JSON.stringify({ version, offsetMs, keys: saved }, undefined, 2)}\n`,
    { mode: 0o600, flag: 'wx' },
  );
  renameSync(temporary, path);
}

/**
 * Returns empty content if the file does not exist.
 *
 * @throws ByokError ERR_ARGUMENT when others may read the file, or the emulator did not write it
 */
export function readDataFile(path: string): DataFileContent {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    return { keys: [], offsetMs: 0 };
  }
  if ((stats.mode & 0o077) !== 0) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `the data file ${path} is open to other users; run chmod 600 on it`,
    );
  }
  const content = parse(path);
  return { keys: content.keys.map(restore), offsetMs: content.offsetMs };
}

function parse(path: string): { offsetMs: number; keys: SavedKey[] } {
  let content: { version?: unknown; offsetMs: number; keys: SavedKey[] };
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // The cause would quote the file.
    throw new ByokError(
      'ERR_ARGUMENT',
      `the data file ${path} does not hold JSON; name another file or remove it`,
    );
  }
  if (content.version !== version) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `the data file ${path} was not written by this emulator; name another file`,
    );
  }
  return content;
}

/** Files of older versions have no tags and no enterprise projects. */
function restore({ material, boundDigest, tags = [], ...rest }: SavedKey): StoredKey {
  return {
    ...rest,
    enterpriseProjectId: rest.enterpriseProjectId ?? '0',
    readsToActivation: rest.readsToActivation ?? 0,
    tags: new Map(tags),
    deletionAt: rest.deletionAt,
    expiresAt: rest.expiresAt,
    material:
      material === undefined ? undefined : Secret.fromBytes(Buffer.from(material, 'base64')),
    boundDigest: boundDigest === undefined ? undefined : Buffer.from(boundDigest, 'base64'),
  };
}
