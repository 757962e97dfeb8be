import { isPrintable, oneLine, ownLines, printableJson } from '../lib/printable';

/** Every character that a terminal acts on, that does not show, or that turns others around. */
const bad = [
  ...Array.from({ length: 0x20 }, (_, code) => code),
  ...Array.from({ length: 0x21 }, (_, index) => 0x7f + index),
  ...[
    0xad, 0x34f, 0x61c, 0x115f, 0x180e, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029,
    0x202a, 0x202b, 0x202c, 0x202d, 0x202e,
  ],
  ...[
    0x2060, 0x2061, 0x2066, 0x2067, 0x2068, 0x2069, 0x3164, 0xfe0f, 0xfeff, 0xfff9, 0xffff, 0xd800,
    0xdfff, 0xe000, 0xe0041, 0x10ffff,
  ],
].map((code) => String.fromCodePoint(code));

const shows = /^[^\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]*$/u;

test.each(bad.map((character) => [(character.codePointAt(0) ?? 0).toString(16), character]))(
  'U+%s is shown as an escape',
  (_code, character) => {
    const text = `a${character}b`;
    expect(oneLine(text)).toMatch(/^a(?:\\[nrt]|(?:\\u[0-9a-f]{4}){1,2})b$/);
    expect(isPrintable(text)).toBe(false);
    const json = printableJson({ [text]: [text] });
    expect(json).toMatch(shows);
    expect(JSON.parse(json)).toEqual({ [text]: [text] });
  },
);

test('only line breaks of ours are left in lines of ours', () => {
  expect(ownLines('one\r\ntwo\u2028\n')).toBe('one\\r\ntwo\\u2028\n');
  expect(JSON.parse(printableJson({ a: ['b\n', 1] }, 2))).toEqual({ a: ['b\n', 1] });
  expect(printableJson({ a: 1 }, 2)).toBe('{\n  "a": 1\n}');
});

test('ordinary text stays as it is', () => {
  for (const text of [
    '',
    'the key “orders” of Zoë, 注文, 🗝, is at https://kms.example.com:443/v1.0',
    'a: b # c [d] ## e',
    '│ ╷',
  ]) {
    expect([
      oneLine(text),
      ownLines(text),
      isPrintable(text),
      JSON.parse(printableJson(text)),
    ]).toEqual([text, text, true, text]);
  }
});

test.each([
  '::error::pwned',
  'x ::set-output name=a::b',
  'x\n::add-mask::key',
  ':::debug::x',
  '"::error::"',
  ':: ::stop-commands::x',
  '##[error]x',
  'x ##vso[task.setvariable variable=a]b',
  '###[group]x',
  "##teamcity[message text='x']",
])('%s is no command to a CI system, wherever a line begins', (text) => {
  const printed = oneLine(text);
  const wrapped = printed.replaceAll(' ', '\n');
  expect(wrapped).not.toMatch(/^\s*::/m);
  expect(wrapped).not.toMatch(/##\w*\[/);
  const json = printableJson({ text });
  expect(json).not.toMatch(/::|##\w*\[/);
  expect(JSON.parse(json)).toEqual({ text });
});

test.each([
  '::1',
  'connect ECONNREFUSED ::1:8080',
  'no answer from [2001:db8::1]:443: it',
  'fe80::abcd:1, ::ffff:127.0.0.1.',
])('an address of IPv6 is none: %s', (text) => {
  expect(oneLine(text)).toBe(text);
});
