import { randomBytes } from 'node:crypto';
import { checkMaterialSize, refuseWeakness, weaknessOf } from '../../lib/material/check';

test.each([0, 1, 16, 31, 33, 64])('refuses %d bytes for AES_256', (length) => {
  expect(() =>
    checkMaterialSize(randomBytes(length), 'AES_256', { attribute: 'material_file' }),
  ).toThrow(`the key material has ${length} bytes; AES_256 needs exactly 32`);
});

test('takes 32 bytes for AES_256', () => {
  expect(() =>
    checkMaterialSize(randomBytes(32), 'AES_256', { attribute: undefined }),
  ).not.toThrow();
});

test.each(['SM4', 'toString'])('refuses a spec that it cannot import: %s', (keySpec) => {
  expect(() => checkMaterialSize(randomBytes(32), keySpec, { attribute: undefined })).toThrow(
    `the key has spec "${keySpec}"`,
  );
});

/** Drawn once. */
const sixteen = Buffer.from('8f1d27c0b5e4936a02f7d85b1e6c49a3', 'hex');

test.each([
  ['one byte repeated', Buffer.alloc(32, 7)],
  ['printable text', Buffer.from('correct horse battery staple 123')],
  ['a counter', Buffer.from(Array.from({ length: 32 }, (_, index) => index + 250))],
  ['a counter', Buffer.from(Array.from({ length: 32 }, (_, index) => 3 * index))],
  ['a counter', Buffer.from(Array.from({ length: 32 }, (_, index) => 255 - index))],
  ['few different bytes', Buffer.concat([Buffer.alloc(31), Buffer.from([1])])],
  ['few different bytes', Buffer.from('deadbeef'.repeat(8), 'hex')],
  [
    'few different bytes',
    Buffer.from(Array.from({ length: 48 }, (_, index) => 16 * ((7 * index * index) % 16))),
  ],
  [
    'few different bytes',
    Buffer.from(
      '000000010000000200000003000000040000000500000006000000070000000800',
      'hex',
    ).subarray(0, 32),
  ],
  ['a repeated pattern', Buffer.concat([sixteen, sixteen])],
  ['a repeated pattern', Buffer.concat([sixteen, sixteen, sixteen]).subarray(0, 37)],
  ['text', Buffer.from('thirty characters, and one end\r\n')],
  ['text', Buffer.from('hunter2, or better hunter3!\0\0\0\0\0')],
  ['text', Buffer.from('Schlüssel für die Aufträge 2026')],
  ['text', Buffer.from('ключ для всех заказов!')],
  ['text', Buffer.from('鍵はここにありますよ12')],
  ['text', Buffer.from('sixteen letters!', 'utf16le')],
])('refuses %s', (name, material) => {
  expect(() => refuseWeakness(weaknessOf(material), { attribute: undefined })).toThrow(
    `plainly weak (${name})`,
  );
});

test.each([16, 24, 31, 32, 33, 48, 64])(
  'takes %d bytes that are drawn at random, and all but all of them',
  (length) => {
    for (let round = 0; round < 1000; round += 1) {
      expect(weaknessOf(randomBytes(length))).toBeUndefined();
    }
  },
);

test('takes text in which a single byte is none, and bytes that repeat for a while only', () => {
  const text = Buffer.from('Schlüssel für die Aufträge 2026');
  expect(weaknessOf(Buffer.concat([text.subarray(0, -1), Buffer.from([0x80])]))).toBeUndefined();
  expect(
    weaknessOf(Buffer.concat([sixteen, sixteen.subarray(0, 15), Buffer.from([0])])),
  ).toBeUndefined();
});

test('takes keys of published test vectors', () => {
  // NIST SP 800-38F and RFC 3394 use counters, which are refused; these are of the RFCs 4231 and
  // 8032.
  for (const key of [
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
  ]) {
    expect(weaknessOf(Buffer.from(key, 'hex'))).toBeUndefined();
  }
});
