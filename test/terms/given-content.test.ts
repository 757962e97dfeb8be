/** Key material in the forms that people have, and names that people give. */
import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { isContent, mayBeSecret } from '../../lib/terms/given-content';

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

test.each([16, 24, 32, 64])(
  'nearly all of %i bytes without padding, which look like names',
  (bytes) => {
    // 24 and 32 bytes have no padding, so that these are the only forms that Base64 has.
    for (const encoding of encodings.filter((one) => one !== 'hex')) {
      const found = [...materials(bytes)].filter((material) =>
        isContent(material.toString(encoding).replace(/=+$/, '')),
      );
      expect(found.length).toBeGreaterThan(500 * 0.9);
    }
  },
);

const kinds = {
  'RSA 2048': generateKeyPairSync('rsa', { modulusLength: 2048 }),
  'P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'P-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  Ed25519: generateKeyPairSync('ed25519'),
} as const;
const privateKeys = Object.entries(kinds).flatMap(([name, { privateKey }]) =>
  (['pkcs8', 'sec1', 'pkcs1'] as const)
    .filter((type) => type === 'pkcs8' || (type === 'sec1') === name.startsWith('P-'))
    .filter((type) => !(name === 'Ed25519' && type !== 'pkcs8'))
    .map((type) => [name, type, privateKey] as const),
);

test.each(privateKeys)('a private key: %s as %s', (_name, type, key) => {
  const pem = String((key as KeyObject).export({ type: type as 'pkcs8', format: 'pem' }));
  const der = (key as KeyObject).export({ type: type as 'pkcs8', format: 'der' });
  const base64 = der.toString('base64');
  for (const text of [
    pem,
    pem.replaceAll('\n', ' '),
    JSON.stringify((key as KeyObject).export({ format: 'jwk' })),
    der.toString('hex'),
    base64,
    base64.replace(/=+$/, ''),
    der.toString('base64url'),
    `"${base64}"`,
    `${base64} `,
  ]) {
    expect([text, isContent(text)]).toEqual([text, true]);
  }
});

test.each([
  `base64:${Buffer.alloc(32, 7).toString('base64')}`,
  `0x${'a1'.repeat(32)}`,
  Array(32).fill('a1').join(':'),
  Array(16).fill('a1').join(' '),
])('key material with something around or between it: %s', (text) => {
  expect(isContent(text)).toBe(true);
});

test.each([
  'rpcupI5aXk3JmQ8sT0vWz7yB2dNfGh4LrEcUoPqA',
  'hvs.CAESIJ8x1sT0vWz7yB2dNfGh4LrEcUoPqAkXJm',
  'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.s5Kx0aJmQ8sT0vWz7yB2dN',
  'https://kms.example/v1?token=q7Zt2Lk9Xc4Vb8Nm1Pw6',
  'f1'.repeat(24),
])('a token is no path, and is not shown: %s', (text) => {
  expect(mayBeSecret(text)).toBe(true);
});

const names = [
  '/Users/ann/keys/2026/a',
  '/mnt/S3/kms/v1/records',
  'keys/S3/kms/v1/records',
  `/builds/my-organization/${'platform/infrastructure/'.repeat(5)}eu-de/byok/orders`,
  '../2026/Keys/v1/Orders',
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
  'eu-west-101',
  'ap-southeast-3',
  'PAYMENTS_PRODUCTION_KEY',
  'application-key-00042',
  'https://kms.ap-southeast-3.myhuaweicloud.com',
  '/private/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/byok-test-AbC12d',
];

test.each(names)('a name: %s', (name) => {
  expect([isContent(name), mayBeSecret(name)]).toEqual([false, false]);
});
