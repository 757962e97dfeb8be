/**
 * Private keys in every spelling that openssl writes come out as the one PKCS#8 DER that the KMS
 * takes.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { openContent } from '../../lib/material/open-content';
import { tryParsePrivateKey } from '../../lib/material/private-key';
import { wording } from '../../lib/provider/wording';
import { Secret } from '../../lib/secret';
import { type KeySpec, keySpecs } from '../../lib/terms/kms';
import type { MaterialEncoding } from '../../lib/terms/material';

const password = 'open sesame';

function openssl(args: string, input?: Buffer): Buffer {
  return execFileSync('openssl', args.split(' '), {
    input,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, PASSWORD: password },
  });
}

const generators: Readonly<Record<string, string>> = {
  RSA_2048: 'genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048',
  EC_P256: 'genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256',
  EC_P384: 'genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384',
};

const keys = new Map(
  Object.entries(generators).map(([spec, generator]) => [spec, openssl(generator)]),
);

function keyOf(spec: string): Buffer {
  return keys.get(spec) ?? Buffer.alloc(0);
}

/** Each makes a spelling from a PKCS#8 PEM; the traditional forms differ between RSA and EC. */
const spellings: readonly [
  string,
  MaterialEncoding,
  (pem: Buffer) => Buffer,
  string | undefined,
][] = [
  ['PKCS#8 PEM', 'pem', (pem) => pem, undefined],
  ['traditional PEM', 'pem', (pem) => openssl('pkey -traditional', pem), undefined],
  [
    'encrypted PKCS#8 PEM',
    'pem',
    (pem) => openssl('pkcs8 -topk8 -v2 aes-256-cbc -passout env:PASSWORD', pem),
    password,
  ],
  ['PKCS#8 DER', 'der', (pem) => openssl('pkcs8 -topk8 -nocrypt -outform DER', pem), undefined],
  [
    'encrypted PKCS#8 DER',
    'der',
    (pem) => openssl('pkcs8 -topk8 -v2 aes-128-cbc -outform DER -passout env:PASSWORD', pem),
    password,
  ],
  ['traditional DER', 'der', (pem) => openssl('pkey -traditional -outform DER', pem), undefined],
  [
    'PKCS#12',
    'pkcs12',
    (pem) => openssl('pkcs12 -export -nocerts -passout env:PASSWORD', pem),
    password,
  ],
  [
    'DER in Base64',
    'base64',
    (pem) =>
      Buffer.from(`${openssl('pkcs8 -topk8 -nocrypt -outform DER', pem).toString('base64')}\n`),
    undefined,
  ],
  [
    'DER in hex',
    'hex',
    (pem) => Buffer.from(openssl('pkcs8 -topk8 -nocrypt -outform DER', pem).toString('hex')),
    undefined,
  ],
];

function open(content: Buffer, encoding: MaterialEncoding, given: string | undefined) {
  const secret = given === undefined ? undefined : Secret.fromText(given);
  return openContent(Buffer.from(content), {
    encoding,
    password: secret,
    attribute: 'material_file',
    spelling: wording,
    source: 'file "signing.key"',
  });
}

describe.each(Object.keys(generators))('%s', (spec) => {
  const fingerprint = `sha256:${createHash('sha256')
    .update(openssl('pkey -pubout -outform DER', keyOf(spec)))
    .digest('hex')}`;

  test.each(spellings)('%s', (_name, encoding, spell, given) => {
    const material = open(spell(keyOf(spec)), encoding, given);
    expect(material.fingerprint).toBe(fingerprint);
    expect(material.isPrivateKey).toBe(true);
    expect(() => material.checkFits(spec)).not.toThrow();
  });

  test('is refused for every other spec, by name', () => {
    const material = open(keyOf(spec), 'pem', undefined);
    for (const other of Object.keys(keySpecs).filter((name) => name !== spec)) {
      expect(() => material.checkFits(other as KeySpec)).toThrow(`${other} needs `);
    }
  });

  test('becomes the very PKCS#8 DER that openssl writes', () => {
    const parsed = tryParsePrivateKey(keyOf(spec), 'pem', undefined);
    expect(
      parsed?.pkcs8.reveal().equals(openssl('pkcs8 -topk8 -nocrypt -outform DER', keyOf(spec))),
    ).toBe(true);
  });
});

test('an EC key that came without its public half is given it: the API demands 200 characters', () => {
  const bare = openssl('ec -no_public -outform DER', keyOf('EC_P256'));
  const parsed = tryParsePrivateKey(bare, 'der', undefined);
  expect(parsed?.pkcs8.length).toBe(138);
});

describe('refuses with one sentence that holds none of the content', () => {
  const encrypted = openssl('pkcs8 -topk8 -passout env:PASSWORD', keyOf('EC_P256'));
  const pkcs12 = openssl('pkcs12 -export -nocerts -passout env:PASSWORD', keyOf('EC_P256'));

  test.each([
    ['an encrypted key without its password', encrypted, 'pem', undefined, 'no password was given'],
    [
      'an encrypted key with another password',
      encrypted,
      'pem',
      'wrong',
      'the given password is wrong',
    ],
    ['PKCS#12 with another password', pkcs12, 'pkcs12', 'wrong', 'cannot be opened as pkcs12'],
    [
      'a public key',
      openssl('pkey -pubout', keyOf('EC_P256')),
      'pem',
      undefined,
      'cannot be opened as pem',
    ],
    ['what is no key', Buffer.from('hello'), 'der', undefined, 'cannot be opened as der'],
    ['an empty file', Buffer.alloc(0), 'pem', undefined, 'is empty'],
  ] as const)('%s', (_name, content, encoding, given, message) => {
    expect(() => open(Buffer.from(content), encoding, given)).toThrow(message);
  });

  test('Ed25519, which fits no spec', () => {
    expect(() => open(openssl('genpkey -algorithm ED25519'), 'pem', undefined)).toThrow(
      'Ed25519, which no key_spec takes',
    );
  });

  test('symmetric bytes for an asymmetric key, and the other way round', () => {
    expect(() =>
      open(Buffer.alloc(32, 'ab').subarray(0, 32), 'raw', undefined).checkFits('RSA_2048'),
    ).toThrow('not a private key, which RSA_2048 needs');
    expect(() => open(keyOf('EC_P256'), 'pem', undefined).checkFits('AES_256')).toThrow(
      'AES_256 needs 32 bytes and no private key',
    );
  });
});

test('wipes the content it was given', () => {
  const content = Buffer.from(keyOf('EC_P256'));
  openContent(content, {
    encoding: 'pem',
    password: undefined,
    attribute: undefined,
    spelling: wording,
    source: 'x',
  });
  expect(content.every((byte) => byte === 0)).toBe(true);
});
