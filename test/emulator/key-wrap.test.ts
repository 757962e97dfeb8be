/**
 * The emulator's AES key unwrapping against RFC 5649 §6, Project Wycheproof's cases, and openssl.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tryUnwrapKey } from '../../lib/emulator/key-wrap';

const hex = (text: string) => Buffer.from(text, 'hex');

test.each([
  [
    '20 bytes',
    'c37b7e6492584340bed12207808941155068f738',
    '138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a',
  ],
  ['7 bytes', '466f7250617369', 'afbeb0f07dfbf5419200f2ccb50bb24f'],
])('unwraps the example of RFC 5649 §6 with %s', (_what, plain, wrapped) => {
  const kek = hex('5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8');
  expect(tryUnwrapKey(kek, hex(wrapped))?.toString('hex')).toBe(plain);
});

/** The documented command line, with the key as long as its name says. */
function wrapWithOpenssl(kek: Buffer, plain: Buffer): Buffer {
  const cipher = `-id-aes${kek.length * 8}-wrap-pad`;
  return execFileSync('openssl', ['enc', cipher, '-K', kek.toString('hex'), '-iv', 'A65959A6'], {
    input: plain,
  });
}

test.each([1, 7, 8, 9, 16, 138, 1217, 2376])(
  'unwraps %i bytes that openssl wrapped, under a key of either length',
  (length) => {
    for (const kek of [randomBytes(16), randomBytes(32)]) {
      const plain = randomBytes(length);
      expect(tryUnwrapKey(kek, wrapWithOpenssl(kek, plain))).toEqual(plain);
    }
  },
);

test('refuses another key, a changed or missing byte, and anything too short', () => {
  const kek = randomBytes(32);
  const wrapped = wrapWithOpenssl(kek, randomBytes(30));
  expect(tryUnwrapKey(randomBytes(32), wrapped)).toBeUndefined();
  for (let at = 0; at < wrapped.length; at += 1) {
    const changed = Buffer.from(wrapped);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    expect(tryUnwrapKey(kek, changed)).toBeUndefined();
  }
  for (const length of [0, 8, 15, 39]) {
    expect(tryUnwrapKey(kek, wrapped.subarray(0, length))).toBeUndefined();
  }
});

interface WrapCase {
  readonly tcId: number;
  readonly comment: string;
  readonly key: string;
  readonly msg: string;
  readonly ct: string;
  readonly result: 'valid' | 'invalid';
}

const folder = process.env.WYCHEPROOF_DIR ?? join(__dirname, '..', '..', '..', 'shared', 'vectors');
const path = join(folder, 'aes_kwp_test.json');

if (existsSync(path)) {
  describe('decides as Wycheproof does', () => {
    const file = JSON.parse(readFileSync(path, 'utf8')) as {
      numberOfTests: number;
      testGroups: readonly { tests: readonly WrapCase[] }[];
    };
    const cases = file.testGroups.flatMap(({ tests }) => tests);

    test('on every case of the file', () => {
      expect(cases).toHaveLength(file.numberOfTests);
      expect(cases.filter(({ result }) => result === 'valid').length).toBeGreaterThanOrEqual(75);
    });

    test.each(cases)('on case $tcId ($result) $comment', ({ key, msg, ct, result }) => {
      expect(tryUnwrapKey(hex(key), hex(ct))?.toString('hex')).toBe(
        result === 'valid' ? msg : undefined,
      );
    });
  });
} else {
  console.info(
    `aes_kwp_test.json is not in ${folder}: set WYCHEPROOF_DIR to the folder testvectors_v1 of C2SP/wycheproof to run its cases`,
  );
}
