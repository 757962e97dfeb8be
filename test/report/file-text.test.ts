import { gzipSync } from 'node:zlib';
import { textIn } from '../../lib/report/file-text';

const text = '{"version": 4, "name": "grün €"}\n';
const swapped = (bytes: Buffer) => Buffer.from(bytes).swap16();
const utf16 = (content: string) => Buffer.from(content, 'utf16le');

test.each([
  ['UTF-8', Buffer.from(text)],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
  ['UTF-16 of PowerShell', utf16(`\ufeff${text}`)],
  ['UTF-16, big end first', swapped(utf16(`\ufeff${text}`))],
  ['UTF-16 without a mark', utf16(text)],
  ['UTF-16, big end first, without a mark', swapped(utf16(text))],
])('reads %s', (_, bytes) => {
  expect(textIn(bytes, 'state "a"')).toBe(text);
});

test('an empty file is an empty text', () => {
  expect(textIn(Buffer.alloc(0), 'state "a"')).toBe('');
  expect(textIn(Buffer.from([0xef, 0xbb, 0xbf]), 'state "a"')).toBe('');
});

test.each([
  ['gzip', gzipSync(text), /^state "a" is compressed by gzip; unpack it first/],
  [
    'a plan file',
    Buffer.from('PK\x03\x04rest'),
    /^state "a" is a packed file, as "terraform plan -out PLANFILE" writes it; give what "terraform show -json PLANFILE"/,
  ],
  ['Latin-1', Buffer.from(text, 'latin1'), /^state "a" is no text; /],
  ['zeros', Buffer.alloc(100), /^state "a" is no text; /],
  ['a program', Buffer.from('\x7fELF\x02\x01\x01\0\0\0\0\0', 'latin1'), /^state "a" is no text; /],
  ['half a character of UTF-16', utf16(`\ufeff${text}`).subarray(0, 9), /^state "a" is no text; /],
])('says of %s what it is', (_, bytes, message) => {
  expect(() => textIn(bytes, 'state "a"')).toThrow(
    expect.objectContaining({ code: 'ERR_ARGUMENT', message: expect.stringMatching(message) }),
  );
});
