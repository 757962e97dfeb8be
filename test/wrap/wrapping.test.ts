/** What we wrap is unwrapped by others: openssl and node-forge. */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import forge from 'node-forge';
import { type WrappingAlgorithm, wrappingAlgorithmNames } from '../../lib/terms/kms';
import { wrapMaterial, wrappingAlgorithms } from '../../lib/wrap/wrapping';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const spki = publicKey.export({ type: 'spki', format: 'der' });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const opensslOptions: Readonly<Record<WrappingAlgorithm, readonly string[]>> = {
  RSAES_OAEP_SHA_256: ['-pkeyopt', 'rsa_padding_mode:oaep', '-pkeyopt', 'rsa_oaep_md:sha256'],
  RSAES_OAEP_SHA_1: ['-pkeyopt', 'rsa_padding_mode:oaep', '-pkeyopt', 'rsa_oaep_md:sha1'],
  RSAES_PKCS1_V1_5: ['-pkeyopt', 'rsa_padding_mode:pkcs1'],
};

const forgeScheme: Readonly<
  Record<WrappingAlgorithm, ['RSA-OAEP' | 'RSAES-PKCS1-V1_5', object | undefined]>
> = {
  RSAES_OAEP_SHA_256: [
    'RSA-OAEP',
    { md: forge.md.sha256.create(), mgf1: { md: forge.md.sha256.create() } },
  ],
  RSAES_OAEP_SHA_1: [
    'RSA-OAEP',
    { md: forge.md.sha1.create(), mgf1: { md: forge.md.sha1.create() } },
  ],
  RSAES_PKCS1_V1_5: ['RSAES-PKCS1-V1_5', undefined],
};

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'byok-wrap-'));
  writeFileSync(join(folder, 'key.pem'), pem);
});

afterAll(() => rmSync(folder, { recursive: true }));

test('the table has a row for every algorithm the API names', () => {
  expect(Object.keys(wrappingAlgorithms)).toEqual([...wrappingAlgorithmNames]);
});

describe.each(wrappingAlgorithmNames)('%s', (algorithm) => {
  test('openssl unwraps it', () => {
    const material = randomBytes(32);
    const wrapped = wrapMaterial(algorithm, spki, material);
    const input = join(folder, `${algorithm}.bin`);
    writeFileSync(input, wrapped);
    const unwrapped = execFileSync('openssl', [
      'pkeyutl',
      '-decrypt',
      '-in',
      input,
      '-inkey',
      join(folder, 'key.pem'),
      ...opensslOptions[algorithm],
    ]);
    expect(unwrapped.equals(material)).toBe(true);
  });

  test('node-forge unwraps it', () => {
    const material = randomBytes(32);
    const [scheme, options] = forgeScheme[algorithm];
    const key = forge.pki.privateKeyFromPem(pem);
    const wrapped = wrapMaterial(algorithm, spki, material).toString('binary');
    expect(Buffer.from(key.decrypt(wrapped, scheme, options), 'binary').equals(material)).toBe(
      true,
    );
  });

  test('is 256 bytes, and another 256 bytes every time', () => {
    const material = randomBytes(32);
    const [first, second] = [
      wrapMaterial(algorithm, spki, material),
      wrapMaterial(algorithm, spki, material),
    ];
    expect([first.length, second.length]).toEqual([256, 256]);
    expect(first.equals(second)).toBe(false);
  });
});

describe('refuses a wrapping key', () => {
  test.each([
    ['that is no key', Buffer.from('not a key'), 'not a DER public key'],
    [
      'of 1024 bits',
      generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({
        type: 'spki',
        format: 'der',
      }),
      'rsa with 1024 bits',
    ],
    [
      'that is not RSA',
      generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }),
      'is ed25519',
    ],
  ])('%s', (_name, der, message) => {
    expect(() => wrapMaterial('RSAES_OAEP_SHA_256', der, randomBytes(32))).toThrow(message);
  });
});
