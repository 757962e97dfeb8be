import { randomBytes } from 'node:crypto';
import { checkMaterialSize, refuseWeakness, weaknessOf } from '../../lib/material/check';

test.each([0, 1, 16, 31, 33, 64])('refuses %d bytes for AES_256', (length) => {
  expect(() => checkMaterialSize(randomBytes(length), 'AES_256', 'material_file')).toThrow(
    `the key material has ${length} bytes; AES_256 needs exactly 32`,
  );
});

test('takes 32 bytes for AES_256', () => {
  expect(() => checkMaterialSize(randomBytes(32), 'AES_256', undefined)).not.toThrow();
});

test.each(['SM4', 'toString'])('refuses a spec that it cannot import: %s', (keySpec) => {
  expect(() => checkMaterialSize(randomBytes(32), keySpec, undefined)).toThrow(`the key has spec "${keySpec}"`);
});

test.each([
  ['one byte repeated', Buffer.alloc(32, 7)],
  ['printable text', Buffer.from('correct horse battery staple 123')],
  ['a counter', Buffer.from(Array.from({ length: 32 }, (_, index) => index + 250))],
  ['a counter', Buffer.from(Array.from({ length: 32 }, (_, index) => 3 * index))],
  ['a counter', Buffer.from(Array.from({ length: 32 }, (_, index) => 255 - index))],
])('refuses %s', (name, material) => {
  expect(() => refuseWeakness(weaknessOf(material), undefined)).toThrow(`plainly weak (${name})`);
});

test('takes what is drawn at random', () => {
  for (let round = 0; round < 1000; round += 1) {
    expect(() => refuseWeakness(weaknessOf(randomBytes(32)), undefined)).not.toThrow();
  }
});
