/** The record of what a key holds, as a file among those of others. */
import { lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRecord, writeRecord } from '../../lib/cli/material-record';
import { scratchFolder } from '../support/scratch-folder';

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';
const proof = { fingerprint: `sha256:${'ab'.repeat(32)}`, proof: 'imported' } as const;
const ofKey = `${keyId}.json`;

describe.each([0o000, 0o077])('under umask %i', (mask) => {
  const before = process.umask();
  beforeEach(() => void process.umask(mask));
  afterEach(() => void process.umask(before));

  test('only its owner reads it, in a folder that only the owner writes to', () => {
    const folder = join(scratchFolder(), 'deep', 'records');
    writeRecord(folder, keyId, proof);
    const modes = [join(folder, '..'), folder, join(folder, ofKey)].map((path) =>
      (lstatSync(path).mode & 0o777).toString(8),
    );
    expect(modes).toEqual(['755', '755', '600']);
    expect(readRecord(folder, keyId)).toEqual(proof);
    expect(readdirSync(folder)).toEqual([ofKey]);
  });
});

test('no link in its folder leads the writing elsewhere', () => {
  const [folder, elsewhere] = [scratchFolder(), scratchFolder()];
  writeFileSync(join(elsewhere, 'victim'), 'theirs');
  // The second name is the one that an earlier version wrote to first.
  for (const name of [ofKey, `${ofKey}.${process.pid}.tmp`]) {
    symlinkSync(join(elsewhere, 'victim'), join(folder, name));
  }
  writeRecord(folder, keyId, proof);
  expect(readFileSync(join(elsewhere, 'victim'), 'utf8')).toBe('theirs');
  expect(lstatSync(join(folder, ofKey)).isFile()).toBe(true);
  expect(readRecord(folder, keyId)).toEqual(proof);
});

test('refuses a link in the place of the record', () => {
  const [folder, elsewhere] = [scratchFolder(), scratchFolder()];
  writeRecord(elsewhere, keyId, proof);
  symlinkSync(join(elsewhere, ofKey), join(folder, ofKey));
  expect(() => readRecord(folder, keyId)).toThrow(`${ofKey}" is not a record of key ${keyId}`);
});
