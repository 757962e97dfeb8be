/** Bytes of no size say how they may have been meant: each spelling read as each other one. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { isByokError } from '../../lib/errors';
import { openContent } from '../../lib/material/open-content';
import { wording } from '../../lib/provider/wording';
import type { MaterialEncoding } from '../../lib/terms/material';

/** What an import into a key of this spec says; fails when it has nothing to say. */
function refusalOf(
  content: Buffer | string,
  encoding: MaterialEncoding,
  keySpec: string | undefined,
): string {
  try {
    openContent(Buffer.from(content), {
      encoding,
      password: undefined,
      attribute: undefined,
      spelling: wording,
      source: 'file "k"',
    }).checkFits(keySpec);
  } catch (error) {
    if (isByokError(error)) {
      return error.message;
    }
    throw error;
  }
  throw new Error('it fits');
}

/**
 * Its Base64 has what hex and URLs do not, and its first byte is none that anything begins with.
 */
const bytes = Buffer.concat([Buffer.from('03fbefbe', 'hex'), randomBytes(27), Buffer.from([0x7f])]);
const [base64, hex] = [bytes.toString('base64'), bytes.toString('hex')];
const feed = Buffer.from('\n');

test.each([
  [
    'hex as base64',
    hex,
    'base64',
    'has 48 bytes; AES_256 needs exactly 32; it reads as 32 bytes in hex: set material_encoding to "hex"',
  ],
  [
    'hex as base64, with a line feed',
    `${hex}\n`,
    'base64',
    'it reads as 32 bytes in hex: set material_encoding to "hex"',
  ],
  [
    'hex in capitals as base64',
    hex.toUpperCase(),
    'base64',
    'it reads as 32 bytes in hex: set material_encoding to "hex"',
  ],
  [
    'hex as raw',
    hex,
    'raw',
    'has 64 bytes; AES_256 needs exactly 32; it reads as 32 bytes in hex: set material_encoding to "hex"',
  ],
  [
    'base64 as raw',
    base64,
    'raw',
    'has 44 bytes; AES_256 needs exactly 32; it reads as 32 bytes in base64: set material_encoding to "base64"',
  ],
  [
    'base64 with a line feed as raw',
    `${base64}\n`,
    'raw',
    'has 45 bytes; AES_256 needs exactly 32; it reads as 32 bytes in base64',
  ],
  [
    'base64 as hex',
    base64,
    'hex',
    'is not hex; expected an even number of hex digits (see material_encoding); it reads as 32 bytes in base64: set material_encoding to "base64"',
  ],
  [
    'bytes as base64',
    bytes,
    'base64',
    'it holds 32 bytes as they are: set material_encoding to "raw"',
  ],
  ['bytes as hex', bytes, 'hex', 'it holds 32 bytes as they are: set material_encoding to "raw"'],
  [
    'bytes and a line feed as base64',
    Buffer.concat([bytes, feed]),
    'base64',
    'it holds 32 bytes as they are, followed by a line feed: write it without, and set material_encoding to "raw"',
  ],
  [
    'bytes and a line feed',
    Buffer.concat([bytes, feed]),
    'raw',
    'has 33 bytes; AES_256 needs exactly 32; it ends with a line feed that is not part of the key: write it without, for example with head -c 32 FILE > NEW',
  ],
  [
    'bytes and a line feed of Windows',
    Buffer.concat([bytes, Buffer.from('\r\n')]),
    'raw',
    'has 34 bytes; AES_256 needs exactly 32; it ends with a line feed',
  ],
  [
    'a line feed spelt along',
    Buffer.concat([bytes, feed]).toString('base64'),
    'base64',
    'it ends with a line feed that is not part of the key: encode the bytes without it',
  ],
  [
    'a line feed spelt along in hex',
    Buffer.concat([bytes, feed]).toString('hex'),
    'hex',
    'it ends with a line feed that is not part of the key',
  ],
  [
    'hex in base64',
    Buffer.from(`${hex}\n`).toString('base64'),
    'base64',
    'its content is text that reads as 32 bytes in hex, so it was encoded twice: decode it once, and set material_encoding to "hex"',
  ],
  [
    'base64 in base64',
    Buffer.from(base64).toString('base64'),
    'base64',
    'its content is text that reads as 32 bytes in base64, so it was encoded twice',
  ],
  [
    'hex in hex',
    Buffer.from(hex).toString('hex'),
    'hex',
    'its content is text that reads as 32 bytes in hex, so it was encoded twice',
  ],
  [
    'hex with 0x',
    `0x${hex}`,
    'hex',
    'it reads as 32 bytes in hex with other characters between: leave the digits only',
  ],
  [
    'hex with colons',
    (hex.match(/../g) ?? []).join(':'),
    'hex',
    'it reads as 32 bytes in hex with other characters between: leave the digits only',
  ],
  [
    'base64 of URLs',
    bytes.toString('base64url'),
    'base64',
    'it reads as 32 bytes in Base64 of the URL alphabet or without padding',
  ],
  ['base64 without padding', base64.replace('=', ''), 'base64', 'is not base64'],
  [
    'base64 in quotes',
    `"${base64}"`,
    'base64',
    'it reads as 32 bytes in Base64 with quotes or white space inside',
  ],
  [
    'base64 on lines',
    `${base64.slice(0, 20)}\n${base64.slice(20)}`,
    'base64',
    'it reads as 32 bytes in Base64 with quotes or white space inside',
  ],
] as const)('%s', (_name, content, encoding, sentence) => {
  expect(refusalOf(content, encoding, 'AES_256')).toContain(sentence);
});

/** Does not begin as anything that has a name, such as markup. */
const unnamed = (size: number) => Buffer.concat([Buffer.of(0xf1), randomBytes(size - 1)]);

test.each([
  ['too few', unnamed(31).toString('base64'), 'base64'],
  ['too many', unnamed(47).toString('base64'), 'base64'],
  ['none of a size in any reading', 'c2VjcmV0', 'raw'],
] as const)('%s bytes get no hint', (_name, content, encoding) => {
  expect(refusalOf(content, encoding, 'AES_256')).toMatch(/needs exactly 32$/);
});

test('the command that is named strips the line feed', () => {
  const stripped = execFileSync('head', ['-c', '32'], { input: Buffer.concat([bytes, feed]) });
  openContent(stripped, {
    encoding: 'raw',
    password: undefined,
    attribute: undefined,
    spelling: wording,
    source: 'x',
  }).checkFits('AES_256');
});

test('where no key is known no spec is spoken of, and for an asymmetric one not of a symmetric one', () => {
  expect(refusalOf(hex, 'base64', undefined)).toMatch(
    /^the key material is 48 bytes: it is not a private key, and a symmetric key has exactly 32; give one or the other; it reads as/,
  );
  expect(refusalOf(randomBytes(48), 'raw', 'RSA_2048')).not.toContain('AES');
});

test('no hint holds any of the content', () => {
  for (const encoding of ['base64', 'hex', 'raw'] as const) {
    for (const content of [hex.slice(2), base64.slice(4), bytes.subarray(1)]) {
      const refusal = refusalOf(content, encoding, 'AES_256');
      expect([hex, base64].filter((text) => refusal.includes(text.slice(6, 12)))).toEqual([]);
    }
  }
});
