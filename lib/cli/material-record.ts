/**
 * What we remember of an import if no Terraform state does: which material a key was given. One
 * small file for each key, named by its id. It holds a fingerprint, which is no secret, and never
 * the material.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ByokError } from '../errors';
import { tryParseRecord } from '../json';
import { type Proof, toProof } from '../lifecycle/proof';
import { placeFile, placeFolder, tryLstat } from '../mirror/place-file';
import { faultOf, writeFault } from './file-fault';
import { tryReadRegular } from './given-files';

const version = 1;
const flag = '--record-dir';

/**
 * @returns undefined if there is no record of this key
 * @throws ByokError ERR_ARGUMENT if the file is something else: otherwise what it proved would be
 *   lost silently
 */
export function readRecord(folder: string, keyId: string): Proof | undefined {
  requireFolder(folder);
  const path = fileOf(folder, keyId);
  const text = tryRead(path);
  if (text === undefined) {
    return undefined;
  }
  const proof = proofIn(text, keyId);
  if (proof === undefined) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `the file "${path}" is not a record of key ${keyId}; restore the one that "byok apply" ` +
        'wrote, or delete the file: then nothing proves which material the key holds',
    );
  }
  return proof;
}

/**
 * Replaces the file as a whole, so that no reader sees half of it, and makes it readable for this
 * user only.
 *
 * @throws ByokError ERR_ARGUMENT
 */
export function writeRecord(folder: string, keyId: string, { fingerprint, proof }: Proof): void {
  const record = { version, key_id: keyId, fingerprint, proof };
  try {
    placeFolder(folder);
    placeFile(fileOf(folder, keyId), `${JSON.stringify(record, undefined, 2)}\n`, 0o600);
  } catch (error) {
    throw writeFault({ flag, path: folder }, error);
  }
}

function requireFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === false) {
    throw faultOf({ flag, path }, 'is no folder; give the path of one');
  }
}

function fileOf(folder: string, keyId: string): string {
  return join(folder, `${keyId}.json`);
}

/** @returns empty for a link: we did not write what it leads to */
function tryRead(path: string): string | undefined {
  return tryLstat(path)?.isSymbolicLink()
    ? ''
    : tryReadRegular({ flag, path }, { noLink: true })?.toString('utf8');
}

function proofIn(text: string, keyId: string): Proof | undefined {
  const record = tryParseRecord(text);
  return record?.version === version && record.key_id === keyId ? toProof(record) : undefined;
}
