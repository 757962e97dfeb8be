/**
 * What is remembered of an import where there is no Terraform state to keep it: which material a
 * key was seen to take. One small file for each key, named by its id; a fingerprint is no secret,
 * the material is never in it.
 */
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ByokError } from '../errors';
import { tryParseRecord } from '../json';
import { type Proof, toProof } from '../lifecycle/proof';
import { placeFile, placeFolder } from '../mirror/place-file';

const version = 1;

/**
 * @returns undefined when there is no record of this key
 * @throws ByokError ERR_ARGUMENT when the file is something else: what it proved would be lost
 *   without a word
 */
export function readRecord(folder: string, keyId: string): Proof | undefined {
  const path = fileOf(folder, keyId);
  const text = tryRead(path);
  if (text === undefined) {
    return undefined;
  }
  const proof = proofIn(text, keyId);
  if (proof === undefined) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `the file "${path}" is no record of key ${keyId}; bring back the one that "byok apply" wrote, or delete the file, and nothing proves any more which material the key holds`,
    );
  }
  return proof;
}

/** Replaced as a whole, so that no reader ever sees half of it, and for this user alone. */
export function writeRecord(folder: string, keyId: string, { fingerprint, proof }: Proof): void {
  placeFolder(folder);
  placeFile(
    fileOf(folder, keyId),
    `${JSON.stringify({ version, key_id: keyId, fingerprint, proof }, undefined, 2)}\n`,
    0o600,
  );
}

function fileOf(folder: string, keyId: string): string {
  return join(folder, `${keyId}.json`);
}

/** @returns empty for a link: what it leads to was not written here */
function tryRead(path: string): string | undefined {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      return readFileSync(descriptor, 'utf8');
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      return undefined;
    }
    if (code === 'ELOOP') {
      return '';
    }
    throw error;
  }
}

function proofIn(text: string, keyId: string): Proof | undefined {
  const record = tryParseRecord(text);
  return record?.version === version && record.key_id === keyId ? toProof(record) : undefined;
}
