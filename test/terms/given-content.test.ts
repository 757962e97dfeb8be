/** Key material in the forms that people have, and names that people give. */
import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { isContent } from '../../lib/terms/given-content';

/** As random as key material, and the same in every run. */
function* materials(bytes: number): Generator<Buffer> {
  for (let index = 0; index < 500; index++) {
    yield createHash('sha512').update(`${bytes}/${index}`).digest().subarray(0, bytes);
  }
}

const encodings = ['hex', 'base64', 'base64url'] as const;

test.each([16, 32])('%i bytes in hex, Base64 and base64url, with their padding', (bytes) => {
  for (const material of materials(bytes)) {
    const padded = material.toString('base64');
    for (const text of [
      material.toString('hex'),
      material.toString('hex').toUpperCase(),
      padded,
      padded.replaceAll('+', '-').replaceAll('/', '_'),
    ]) {
      expect([text, isContent(text)]).toEqual([text, true]);
    }
  }
});

test.each([16, 32])('nearly all of %i bytes without padding, which look like names', (bytes) => {
  for (const encoding of encodings) {
    const found = [...materials(bytes)].filter((material) =>
      isContent(material.toString(encoding).replace(/=+$/, '')),
    );
    expect(found.length).toBeGreaterThan(500 * 0.95);
  }
});

test.each([
  ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey],
  ['EC', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
] as const satisfies readonly (readonly [string, KeyObject])[])('a private key: %s', (_, key) => {
  const pem = String(key.export({ type: 'pkcs8', format: 'pem' }));
  const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  for (const text of [
    pem,
    pem.replaceAll('\n', ' '),
    JSON.stringify(key.export({ format: 'jwk' })),
    der.toString('hex'),
    der.toString('base64'),
    der.toString('base64url'),
  ]) {
    expect([text, isContent(text)]).toEqual([text, true]);
  }
});

test.each([
  'orders.key',
  './orders',
  'keys/prod/eu-de/orders/2026-11.pem',
  '/home/Jane/Projects/Byok2026/keys/OrdersMaterial.bin',
  'OrdersCeremonyBackup26',
  'OrdersCeremonyBackup2026',
  'byok-ceremony-0d0466b0-e727-4d9c-b35d-f84bb474a37f',
  '0d0466b0-e727-4d9c-b35d-f84bb474a37f',
  'my-new-key-for-the-big',
  'terraform-states-of-the-production-of-2026/a',
  'C:\\keys\\orders.key',
  '',
])('no content: %s', (name) => {
  expect(isContent(name)).toBe(false);
});
