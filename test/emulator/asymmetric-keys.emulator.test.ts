/**
 * Asymmetric keys that openssl made and wrapped by the documented command lines: after the import
 * the emulator and openssl, with the same private key, sign and encrypt for each other.
 */
import { createHash, randomBytes } from 'node:crypto';
import { type Emulator, startEmulator } from '../support/emulator';
import { createKeyOf, generatePrivateKey, importPrivateKey, OpensslFolder } from './asymmetric-key';
import { describe as describeKey } from './external-key';
import { call, ok, verdict } from './plain-http';

let emulator: Emulator;
let folder: OpensslFolder;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());
beforeEach(() => {
  folder = new OpensslFolder();
});
afterEach(() => folder.remove());

/** One for each spec: openssl takes up to seconds, and any is as good as another. */
const made = new Map<string, Buffer>();

function privateKeyOf(spec: string): Buffer {
  const key = made.get(spec) ?? generatePrivateKey(spec);
  made.set(spec, key);
  return key;
}

const hashes = [256, 384, 512] as const;

interface SigningCase {
  readonly algorithm: string;
  readonly hash: number;
  /** Arguments of openssl pkeyutl. */
  readonly options: string;
}

const rsaCases: readonly SigningCase[] = hashes.flatMap((hash) => [
  {
    algorithm: `RSASSA_PKCS1_V1_5_SHA_${hash}`,
    hash,
    options: `-pkeyopt rsa_padding_mode:pkcs1 -pkeyopt digest:sha${hash}`,
  },
  {
    algorithm: `RSASSA_PSS_SHA_${hash}`,
    hash,
    options: `-pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:digest -pkeyopt digest:sha${hash}`,
  },
]);
const ecCases: readonly SigningCase[] = hashes.map((hash) => ({
  algorithm: `ECDSA_SHA_${hash}`,
  hash,
  options: '',
}));

const message = Buffer.from('a message to sign');
const digestOf = (hash: number) => createHash(`sha${hash}`).update(message).digest();

/** False when openssl says so; any other failure of the command fails the test. */
function opensslVerifies(digest: Buffer, signature: Buffer, options: string): boolean {
  folder.write('digest.bin', digest);
  folder.write('signature.bin', signature);
  const line = `openssl pkeyutl -verify -pubin -inkey public.pem -in digest.bin -sigfile signature.bin ${options} || true`;
  const said = folder.shell(line).toString();
  expect(said).toMatch(/^Signature Verif(ied Successfully|ication Failure)\n$/);
  return said.startsWith('Signature Verified');
}

function opensslSigns(digest: Buffer, options: string): Buffer {
  folder.write('digest.bin', digest);
  folder.shell(
    `openssl pkeyutl -sign -keyform der -inkey key.der -in digest.bin -out signature.bin ${options}`,
  );
  return folder.read('signature.bin');
}

describe.each([
  ['RSA_2048', rsaCases],
  ['RSA_3072', rsaCases],
  ['RSA_4096', rsaCases],
  ['EC_P256', ecCases],
  ['EC_P384', ecCases],
] as const)('%s', (spec, cases) => {
  let pkcs8: Buffer;
  let publicPem: Buffer | undefined;
  let keyId: string;
  beforeAll(async () => {
    pkcs8 = privateKeyOf(spec);
    keyId = await createKeyOf(emulator, spec);
    expect(await describeKey(emulator, keyId)).toMatchObject({
      key_state: '5',
      key_spec: spec,
      key_usage: 'SIGN_VERIFY',
    });
    const answer = await importPrivateKey(emulator, keyId, pkcs8);
    expect([answer.status, answer.text]).toEqual([200, '{}']);
  });
  beforeEach(() => {
    folder.write('key.der', pkcs8);
    publicPem ??= folder.shell('openssl pkey -inform der -in key.der -pubout');
    folder.write('public.pem', publicPem);
  });

  const sign = (change: object) =>
    ok<{ signature: string }>(emulator, 'sign', { key_id: keyId, ...change });
  const verify = async (change: object) =>
    (await ok<{ signature_valid: unknown }>(emulator, 'verify', { key_id: keyId, ...change }))
      .signature_valid;

  test('is enabled after the import, and never expires', async () => {
    expect(await describeKey(emulator, keyId)).toMatchObject({
      key_state: '2',
      expiration_time: '',
      origin: 'external',
    });
  });

  test('shows the public key that openssl derives, with \\r\\n at each end of line', async () => {
    const { public_key } = await ok<{ public_key: string }>(emulator, 'get-publickey', {
      key_id: keyId,
    });
    expect(public_key).toBe(folder.read('public.pem').toString().replaceAll('\n', '\r\n'));
  });

  test.each(cases)(
    'signs with $algorithm what openssl verifies, and the other way round',
    async ({ algorithm, hash, options }) => {
      const digest = digestOf(hash);
      const order = { signing_algorithm: algorithm, message: digest.toString('base64') };
      const { signature } = await sign(order);
      expect(opensslVerifies(digest, Buffer.from(signature, 'base64'), options)).toBe(true);
      expect(
        opensslVerifies(digestOf(hash).fill(1), Buffer.from(signature, 'base64'), options),
      ).toBe(false);

      const foreign = opensslSigns(digest, options).toString('base64');
      expect(await verify({ ...order, signature: foreign })).toBe('true');
      expect(
        await verify({
          ...order,
          signature: foreign,
          message: randomBytes(hash / 8).toString('base64'),
        }),
      ).toBe('false');
    },
  );

  test('hashes a RAW message itself', async () => {
    const [{ algorithm, hash, options }] = cases as readonly [SigningCase];
    const order = {
      signing_algorithm: algorithm,
      message: message.toString('base64'),
      message_type: 'RAW',
    };
    const { signature } = await sign(order);
    expect(opensslVerifies(digestOf(hash), Buffer.from(signature, 'base64'), options)).toBe(true);
    expect(await verify({ ...order, signature })).toBe('true');
    expect(
      await verify({ ...order, signature, message: Buffer.from('another').toString('base64') }),
    ).toBe('false');
  });

  test('finds a signature invalid that is changed, cut, or none at all', async () => {
    for (const { algorithm, hash } of cases) {
      const order = { signing_algorithm: algorithm, message: digestOf(hash).toString('base64') };
      const signature = Buffer.from((await sign(order)).signature, 'base64');
      const changed = Buffer.from(signature);
      changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1);
      for (const wrong of [
        changed,
        signature.subarray(1),
        Buffer.concat([signature, Buffer.alloc(1)]),
        Buffer.alloc(signature.length, 0xff),
      ]) {
        expect(await verify({ ...order, signature: wrong.toString('base64') })).toBe('false');
      }
    }
  });

  test('keeps its material for ever', async () => {
    expect(verdict(await call(emulator, 'delete-imported-key-material', { key_id: keyId }))).toBe(
      '400 KMS.2702',
    );
    expect(() => emulator.deleteMaterial(keyId)).toThrow('can not be deleted');
    expect((await describeKey(emulator, keyId)).key_state).toBe('2');
  });
});

test('ECDSA takes as many bits of a digest as the curve has, also with leading zeros in the numbers', async () => {
  const pkcs8 = privateKeyOf('EC_P256');
  folder.write('key.der', pkcs8);
  folder.shell('openssl pkey -inform der -in key.der -pubout -out public.pem');
  const keyId = await createKeyOf(emulator, 'EC_P256');
  expect(verdict(await importPrivateKey(emulator, keyId, pkcs8))).toBe('200');
  const order = {
    key_id: keyId,
    signing_algorithm: 'ECDSA_SHA_512',
    message: digestOf(512).toString('base64'),
  };
  // r and s are each shorter than 32 bytes in one of 256 signatures, and need a leading zero in one
  // of two.
  const lengths = new Set<number>();
  for (let round = 0; round < 600; round += 1) {
    const { signature } = await ok<{ signature: string }>(emulator, 'sign', order);
    const bytes = Buffer.from(signature, 'base64');
    if (!lengths.has(bytes.length)) {
      lengths.add(bytes.length);
      expect(opensslVerifies(digestOf(512), bytes, '')).toBe(true);
      expect(await ok(emulator, 'verify', { ...order, signature })).toMatchObject({
        signature_valid: 'true',
      });
    }
  }
  expect(lengths.size).toBeGreaterThanOrEqual(3);
});

describe('RSA with usage ENCRYPT_DECRYPT', () => {
  let pkcs8: Buffer;
  let keyId: string;
  beforeAll(async () => {
    pkcs8 = privateKeyOf('RSA_2048');
    keyId = await createKeyOf(emulator, 'RSA_2048', { key_usage: 'ENCRYPT_DECRYPT' });
    expect(verdict(await importPrivateKey(emulator, keyId, pkcs8))).toBe('200');
  });

  test.each([
    ['RSAES_OAEP_SHA_256', 'sha256', 190],
    ['RSAES_OAEP_SHA_1', 'sha1', 214],
  ])(
    'encrypts with %s what openssl decrypts, and the other way round',
    async (algorithm, hash, longest) => {
      const options = `-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:${hash}`;
      const order = { key_id: keyId, encryption_algorithm: algorithm };
      const plain = 'ä'.repeat(longest / 2);
      folder.write('key.der', pkcs8);
      const { cipher_text } = await ok<{ cipher_text: string }>(emulator, 'encrypt-data', {
        ...order,
        plain_text: plain,
      });
      folder.write('cipher.bin', Buffer.from(cipher_text, 'base64'));
      expect(
        folder
          .shell(`openssl pkeyutl -decrypt -keyform der -inkey key.der -in cipher.bin ${options}`)
          .toString(),
      ).toBe(plain);

      folder.write('plain.bin', 'from outside');
      folder.shell('openssl pkey -inform der -in key.der -pubout -out public.pem');
      const foreign = folder
        .shell(`openssl pkeyutl -encrypt -pubin -inkey public.pem -in plain.bin ${options}`)
        .toString('base64');
      expect(await ok(emulator, 'decrypt-data', { ...order, cipher_text: foreign })).toEqual({
        key_id: keyId,
        plain_text: 'from outside',
        plain_text_base64: Buffer.from('from outside').toString('base64'),
      });

      const tooLong = { ...order, plain_text: `${plain}x` };
      expect(verdict(await call(emulator, 'encrypt-data', tooLong))).toBe('400 KMS.2108');
      const foreignKey = Buffer.alloc(256, 1).toString('base64');
      expect(
        verdict(await call(emulator, 'decrypt-data', { ...order, cipher_text: foreignKey })),
      ).toBe('400 KMS.2201');
    },
  );
});

describe('a key of origin kms', () => {
  test.each(['RSA_2048', 'EC_P256', 'EC_P384'])('%s makes its own pair', async (spec) => {
    const keyId = await createKeyOf(emulator, spec, { origin: 'kms' });
    const { public_key } = await ok<{ public_key: string }>(emulator, 'get-publickey', {
      key_id: keyId,
    });
    folder.write('public.pem', public_key);
    const algorithm = spec === 'RSA_2048' ? 'RSASSA_PKCS1_V1_5_SHA_256' : 'ECDSA_SHA_256';
    const order = {
      key_id: keyId,
      signing_algorithm: algorithm,
      message: digestOf(256).toString('base64'),
    };
    const { signature } = await ok<{ signature: string }>(emulator, 'sign', order);
    const options = spec === 'RSA_2048' ? '-pkeyopt digest:sha256' : '';
    expect(opensslVerifies(digestOf(256), Buffer.from(signature, 'base64'), options)).toBe(true);
  });
});

test('with pkcs1PublicKeys the label lies, as in the documented example, and the body is PKCS#1; EC keys stay as they are', async () => {
  const odd = await startEmulator({ pkcs1PublicKeys: true });
  try {
    const [rsa, ec] = [privateKeyOf('RSA_4096'), privateKeyOf('EC_P256')];
    const [rsaKey, ecKey] = [await createKeyOf(odd, 'RSA_4096'), await createKeyOf(odd, 'EC_P256')];
    expect(verdict(await importPrivateKey(odd, rsaKey, rsa))).toBe('200');
    expect(verdict(await importPrivateKey(odd, ecKey, ec))).toBe('200');

    folder.write('key.der', rsa);
    const pkcs1 = folder.shell(
      'openssl rsa -inform der -in key.der -RSAPublicKey_out -outform der',
    );
    const { public_key } = await ok<{ public_key: string }>(odd, 'get-publickey', {
      key_id: rsaKey,
    });
    expect(public_key).toMatch(
      /^-----BEGIN PUBLIC KEY-----\r\n[\w+/=\r\n]+\r\n-----END PUBLIC KEY-----\r\n$/,
    );
    expect(Buffer.from(public_key.replace(/-----.*-----|\s/g, ''), 'base64')).toEqual(pkcs1);
    // Length and first bytes of the documented example.
    expect([pkcs1.length, pkcs1.toString('hex', 0, 8)]).toEqual([526, '3082020a02820201']);

    folder.write('key.der', ec);
    const { public_key: ecPem } = await ok<{ public_key: string }>(odd, 'get-publickey', {
      key_id: ecKey,
    });
    expect(ecPem.replaceAll('\r\n', '\n')).toBe(
      folder.shell('openssl pkey -inform der -in key.der -pubout').toString(),
    );
  } finally {
    await odd.close();
  }
});
