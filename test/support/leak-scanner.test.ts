/**
 * The scanner of the leak tests can fail: what is planted is found, in every spelling and wrapping.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { filesBelow, findLeaks, needlesOf } from './leak-scanner';
import { zipEntries } from './zip-entries';

const secret = randomBytes(32);
const needles = needlesOf('the secret', secret);

const found = (content: string | Buffer) =>
  findLeaks([{ name: 'place', content: Buffer.from(content) }], needles);

test.each<[string, string | Buffer]>([
  ['raw', Buffer.concat([Buffer.from('before '), secret, Buffer.from(' after')])],
  ['hex', `x${secret.toString('hex')}x`],
  ['upper-case hex', secret.toString('hex').toUpperCase()],
  ['spaced hex', inspect(secret)],
  ['hex with colons', (secret.toString('hex').match(/../g) ?? []).join(':')],
  ['JSON numbers', JSON.stringify({ secret })],
  ['Go numbers', `[${[...secret].join(' ')}]`],
  ['base64', `"${secret.toString('base64')}"`],
  ['base64url', secret.toString('base64url')],
  ['percent-encoded base64', new URLSearchParams({ secret: secret.toString('base64') }).toString()],
])('finds a secret in %s', (spelling, content) => {
  expect(found(content)).toContain(`place: the secret in ${spelling}`);
});

test('finds a secret inside Base64, at any place and nested', () => {
  const json = JSON.stringify({ padding: 'x', secret: secret.toString('hex') });
  expect(found(`"private": "${Buffer.from(json).toString('base64')}"`)).toEqual([
    'place: the secret in hex',
  ]);
  expect(found(Buffer.from(Buffer.from(json).toString('base64')).toString('base64'))).toEqual([
    'place: the secret in hex',
  ]);
});

test('finds nothing where there is nothing', () => {
  expect(found(randomBytes(32).toString('hex'))).toEqual([]);
  expect(found('')).toEqual([]);
});

// Made by Python's zipfile.
const archive = Buffer.from(
  'UEsDBBQAAAAAAAAAIVAPNqImDQAAAA0AAAAKAAAAc3RvcmVkLnR4dGtlcHQgYXMgaXQgaXNQSwMEFAAAAAgAAAAhUJ19rMcPAAAAIwAAABMAAABmb2xkZXIvZGVmbGF0' +
    'ZWQudHh0S0xPzMxTSMxLUUjExQIAUEsBAhQDFAAAAAAAAAAhUA82oiYNAAAADQAAAAoAAAAAAAAAAAAAAIABAAAAAHN0b3JlZC50eHRQSwECFAMUAAAACAAAACFQnX2s' +
    'xw8AAAAjAAAAEwAAAAAAAAAAAAAAgAE1AAAAZm9sZGVyL2RlZmxhdGVkLnR4dFBLBQYAAAAAAgACAHkAAAB1AAAAAAA=',
  'base64',
);

test('unpacks zip archives', () => {
  expect(zipEntries(archive).map(({ name, content }) => [name, content.toString()])).toEqual([
    ['stored.txt', 'kept as it is'],
    ['folder/deflated.txt', 'again and again and again and again'],
  ]);
});

test('fails on a zip archive that is cut off', () => {
  expect(() => zipEntries(archive.subarray(0, 100))).toThrow('no directory at its end');
});

test('searches all files of a folder and what is packed in them, except the named ones and behind links', () => {
  const folder = mkdtempSync(join(tmpdir(), 'byok-leaks-'));
  try {
    mkdirSync(join(folder, 'deep'));
    writeFileSync(join(folder, 'deep', 'hidden'), 'again');
    writeFileSync(join(folder, 'orders.key'), 'again');
    writeFileSync(join(folder, 'plan'), archive);
    symlinkSync(join(folder, 'deep', 'hidden'), join(folder, 'link'));
    const leaks = findLeaks(filesBelow(folder, ['orders.key']), needlesOf('it', 'again'));
    expect(leaks.sort()).toEqual(['deep/hidden: it in raw', 'plan!folder/deflated.txt: it in raw']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
