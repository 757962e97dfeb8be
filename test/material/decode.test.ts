import fc from 'fast-check';
import { decodeText, type TextEncoding } from '../../lib/material/decode';
import { wording } from '../../lib/provider/wording';

const decode = (content: string | Buffer, encoding: TextEncoding) =>
  decodeText(Buffer.from(content), encoding, 'file "orders.key"', {
    attribute: 'material_file',
    spelling: wording,
  }).reveal();

const spellings: Readonly<Record<TextEncoding, (bytes: Buffer) => Buffer>> = {
  raw: (bytes) => bytes,
  hex: (bytes) => Buffer.from(bytes.toString('hex')),
  base64: (bytes) => Buffer.from(bytes.toString('base64')),
};

test.each(['raw', 'hex', 'base64'] as const)(
  '%s gives back the bytes that were spelt',
  (encoding) => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), (array) => {
        const bytes = Buffer.from(array);
        expect(decode(spellings[encoding](bytes), encoding).equals(bytes)).toBe(true);
      }),
    );
  },
);

test.each([
  ['base64', 'AAEC\n'],
  ['base64', '  AAEC\r\n'],
  ['hex', '000102\n'],
  ['hex', '\t000102 '],
] as const)('%s allows white space around: %j', (encoding, content) => {
  expect([...decode(content, encoding)]).toEqual([0, 1, 2]);
});

describe('refuses, where Node itself would drop characters', () => {
  test.each([
    ['base64', 'not base64 at all!'],
    ['base64', 'AAEC AAEC'],
    ['base64', 'AAECAA'],
    ['base64', 'AAECAB=='],
    ['base64', 'AA-_'],
    ['base64', '===='],
    ['hex', '00010'],
    ['hex', '0x0001'],
    ['hex', '00 01'],
    ['hex', 'zz'],
    ['raw', ''],
    ['base64', '\n'],
  ] as const)('%s: %j', (encoding, content) => {
    expect(() => decode(content, encoding)).toThrow(/^the key material in file "orders\.key" is /);
  });

  test('and never repeats the content', () => {
    expect(() => decode('c2VjcmV0IQ', 'base64')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('c2Vj') }),
    );
  });
});
