/**
 * What the import of a private key refuses, and what each kind of key cannot do. The good requests
 * are in asymmetric-keys.
 */
import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  orders,
  pemOf,
  pkcs1,
  pkcs8OfEc,
  pkcs8OfRsa,
  pointOf,
  rsaIntegersOf,
  scalarBytes,
  sec1,
} from '../support/der-keys';
import { type Emulator, startEmulator } from '../support/emulator';
import {
  createKeyOf,
  generatePrivateKey,
  importPrivateKey,
  OpensslFolder,
  wrapPrivateKey,
} from './asymmetric-key';
import {
  createKey,
  describe as describeKey,
  getParameters,
  importMaterial,
  type Parameters,
  wrapMaterial,
} from './external-key';
import { call, ok, verdict } from './plain-http';

let emulator: Emulator;
let rsa: Buffer;
let p256: Buffer;
let p384: Buffer;
beforeAll(async () => {
  emulator = await startEmulator();
  rsa = generatePrivateKey('RSA_2048');
  p256 = generatePrivateKey('EC_P256');
  p384 = generatePrivateKey('EC_P384');
});
afterAll(() => emulator.close());

const importVerdict = async (keyId: string, pkcs8: Buffer, change: object = {}) =>
  verdict(await importPrivateKey(emulator, keyId, pkcs8, change));

const other = {
  'an RSA key of another size': () =>
    derOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey),
  'a key for PSS only': () =>
    derOf(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey),
  'PKCS#1': () =>
    createPrivateKey({ key: rsa, format: 'der', type: 'pkcs8' }).export({
      type: 'pkcs1',
      format: 'der',
    }),
  'encrypted PKCS#8': () =>
    createPrivateKey({ key: rsa, format: 'der', type: 'pkcs8' }).export({
      type: 'pkcs8',
      format: 'der',
      cipher: 'aes-256-cbc',
      passphrase: 'secret',
    }),
  PEM: () =>
    Buffer.from(
      createPrivateKey({ key: rsa, format: 'der', type: 'pkcs8' }).export({
        type: 'pkcs8',
        format: 'pem',
      }),
    ),
  'a public key': () =>
    generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
      type: 'spki',
      format: 'der',
    }),
  'a key with a byte after it': () => Buffer.concat([rsa, Buffer.alloc(1)]),
  'a key that ends too early': () => rsa.subarray(0, -1),
  'an EC key': () => p256,
  'random bytes': () => randomBytes(1217),
};

function derOf(key: ReturnType<typeof createPrivateKey>): Buffer {
  return key.export({ type: 'pkcs8', format: 'der' });
}

/** The private key of one EC pair with the public key of another. */
function mixedPair(): Buffer {
  const [first, second] = [
    p256.toString('binary'),
    generatePrivateKey('EC_P256').toString('binary'),
  ];
  // The public point is the last 65 bytes of openssl's form.
  return Buffer.from(first.slice(0, -65) + second.slice(-65), 'binary');
}

/** The parameters of P-256 written out instead of its name. */
function explicitCurve(): Buffer {
  const folder = new OpensslFolder();
  try {
    folder.shell('openssl ecparam -name prime256v1 -genkey -noout -param_enc explicit -out ec.pem');
    folder.shell('openssl pkcs8 -topk8 -inform PEM -outform DER -in ec.pem -out ec.der -nocrypt');
    return folder.read('ec.der');
  } finally {
    folder.remove();
  }
}

describe('import-key-material for an asymmetric key refuses', () => {
  let keyId: string;
  beforeAll(async () => {
    keyId = await createKeyOf(emulator, 'RSA_2048');
  });
  afterEach(async () => expect((await describeKey(emulator, keyId)).key_state).toBe('5'));

  test.each(Object.entries(other))('%s', async (_what, make) => {
    expect(await importVerdict(keyId, make())).toBe('400 KMS.2609');
  });

  test('a key of another curve, an unnamed curve, and halves of two pairs', async () => {
    const ecKeyId = await createKeyOf(emulator, 'EC_P256');
    for (const wrong of [p384, rsa, explicitCurve(), mixedPair()]) {
      expect(await importVerdict(ecKeyId, wrong)).toBe('400 KMS.2609');
    }
    expect(await importVerdict(ecKeyId, p256)).toBe('200');
  });

  test.each(['d', 'p', 'q', 'dp', 'dq', 'qi'] as const)(
    'an RSA key with a flipped bit in %s',
    async (name) => {
      const numbers = rsaIntegersOf(pemOf('PRIVATE KEY', rsa));
      expect(
        await importVerdict(keyId, pkcs8OfRsa(pkcs1({ ...numbers, [name]: numbers[name] ^ 16n }))),
      ).toBe('400 KMS.2609');
    },
  );

  test('an RSA key with an exponent of 1, or with a third prime', async () => {
    const numbers = rsaIntegersOf(pemOf('PRIVATE KEY', rsa));
    const folder = new OpensslFolder();
    folder.shell(
      'openssl genrsa -primes 3 2048 | openssl pkcs8 -topk8 -nocrypt -outform DER -out three.der',
    );
    const three = folder.read('three.der');
    folder.remove();
    for (const wrong of [pkcs8OfRsa(pkcs1({ ...numbers, e: 1n, d: 1n, dp: 1n, dq: 1n })), three]) {
      expect(await importVerdict(keyId, wrong)).toBe('400 KMS.2609');
    }
  });

  test('an EC key whose number is 0, or not below the order of its curve', async () => {
    const ecKeyId = await createKeyOf(emulator, 'EC_P384');
    for (const number of [0n, orders.secp384r1, orders.secp384r1 + 5n]) {
      const point = pointOf(scalarBytes(5n, 'secp384r1'), 'secp384r1');
      const key = pkcs8OfEc(
        sec1(scalarBytes(number, 'secp384r1'), 'secp384r1', point),
        'secp384r1',
      );
      expect(await importVerdict(ecKeyId, key)).toBe('400 KMS.2609');
    }
  });

  test('a request without encrypted_privatekey', async () => {
    const { import_token, public_key } = await getParameters(emulator, keyId);
    const body = {
      key_id: keyId,
      import_token,
      encrypted_key_material: wrapMaterial(public_key, randomBytes(32)),
    };
    expect(verdict(await call(emulator, 'import-key-material', body))).toBe('400 KMS.2608');
  });

  test('an encrypted_privatekey that is not wrapped by this intermediate key, or not Base64', async () => {
    const { import_token, public_key } = await getParameters(emulator, keyId);
    const [first, second] = [wrapPrivateKey(public_key, rsa), wrapPrivateKey(public_key, rsa)];
    const body = { key_id: keyId, import_token, ...first };
    for (const encrypted_privatekey of [
      second.encrypted_privatekey,
      '='.repeat(300),
      'A'.repeat(1644),
    ]) {
      expect(
        verdict(await call(emulator, 'import-key-material', { ...body, encrypted_privatekey })),
      ).toBe('400 KMS.2609');
    }
  });

  test('an encrypted_privatekey outside the documented form: a P-256 key without its public half is too short', async () => {
    const ecKeyId = await createKeyOf(emulator, 'EC_P256');
    expect(await importVerdict(ecKeyId, p256.subarray(0, 67))).toBe('400 KMS.0308');
  });

  test.each([0, 15, 24, 31, 33])('an intermediate key of %i bytes', async (length) => {
    const { import_token, public_key } = await getParameters(emulator, keyId);
    const wrong = { encrypted_key_material: wrapMaterial(public_key, randomBytes(length)) };
    const body = { key_id: keyId, import_token, ...wrapPrivateKey(public_key, rsa), ...wrong };
    expect(verdict(await call(emulator, 'import-key-material', body))).toBe('400 KMS.2610');
  });

  test('an intermediate key that does not decrypt', async () => {
    expect(await importVerdict(keyId, rsa, { encrypted_key_material: 'A'.repeat(344) })).toBe(
      '400 KMS.0311',
    );
  });

  test('an expiry: the material is permanent', async () => {
    expect(await importVerdict(keyId, rsa, { expiration_time: 2999886177 })).toBe('400 KMS.0308');
  });

  test('a second key, whatever it is, once there is one', async () => {
    const once = await createKeyOf(emulator, 'RSA_2048');
    const parameters = await getParameters(emulator, once);
    const request = (pkcs8: Buffer) => ({
      key_id: once,
      import_token: parameters.import_token,
      ...wrapPrivateKey(parameters.public_key, pkcs8),
    });
    expect(verdict(await call(emulator, 'import-key-material', request(rsa)))).toBe('200');
    expect(verdict(await call(emulator, 'import-key-material', request(rsa)))).toBe('400 KMS.0310');
  });
});

test('an intermediate key of 16 bytes will do', async () => {
  const keyId = await createKeyOf(emulator, 'EC_P384');
  const { import_token, public_key }: Parameters = await getParameters(emulator, keyId);
  const body = { key_id: keyId, import_token, ...wrapPrivateKey(public_key, p384, 16) };
  expect(verdict(await call(emulator, 'import-key-material', body))).toBe('200');
});

test('a symmetric key takes its material whatever encrypted_privatekey says', async () => {
  const keyId = await createKey(emulator);
  const { import_token, public_key } = await getParameters(emulator, keyId);
  const encrypted_key_material = wrapMaterial(public_key, randomBytes(32));
  const body = {
    key_id: keyId,
    import_token,
    encrypted_key_material,
    encrypted_privatekey: 'A'.repeat(300),
  };
  expect(verdict(await call(emulator, 'import-key-material', body))).toBe('200');
});

describe('usage', () => {
  const digest = randomBytes(32).toString('base64');
  const keyIds: Record<string, string> = {};
  beforeAll(async () => {
    keyIds.symmetric = await createKeyOf(emulator, 'AES_256', { origin: 'kms' });
    keyIds['RSA to sign'] = await createKeyOf(emulator, 'RSA_2048', { origin: 'kms' });
    keyIds['RSA to encrypt'] = await createKeyOf(emulator, 'RSA_2048', {
      origin: 'kms',
      key_usage: 'ENCRYPT_DECRYPT',
    });
    keyIds.EC = await createKeyOf(emulator, 'EC_P256', { origin: 'kms' });
  });

  const rsaSign = { message: digest, signing_algorithm: 'RSASSA_PSS_SHA_256' };
  const ecSign = { message: digest, signing_algorithm: 'ECDSA_SHA_256' };
  const rsaEncrypt = { plain_text: 'x', encryption_algorithm: 'RSAES_OAEP_SHA_256' };
  const rsaDecrypt = { cipher_text: 'A'.repeat(344), encryption_algorithm: 'RSAES_OAEP_SHA_256' };

  test.each<[string, string, object, string]>([
    ['symmetric', 'sign', ecSign, 'KMS.1115'],
    ['symmetric', 'verify', { ...ecSign, signature: digest }, 'KMS.1115'],
    ['symmetric', 'get-publickey', {}, 'KMS.0331'],
    ['symmetric', 'encrypt-data', rsaEncrypt, 'KMS.2105'],
    ['symmetric', 'decrypt-data', rsaDecrypt, 'KMS.2201'],
    ['RSA to sign', 'encrypt-data', rsaEncrypt, 'KMS.0335'],
    ['RSA to sign', 'decrypt-data', rsaDecrypt, 'KMS.0335'],
    ['RSA to sign', 'sign', ecSign, 'KMS.0332'],
    [
      'RSA to sign',
      'sign',
      { ...rsaSign, message: randomBytes(33).toString('base64') },
      'KMS.0329',
    ],
    ['RSA to sign', 'sign', { ...rsaSign, signing_algorithm: 'RSASSA_PSS_SHA_512' }, 'KMS.0329'],
    ['RSA to sign', 'sign', { ...rsaSign, message: 'a===' }, 'KMS.0308'],
    [
      'RSA to sign',
      'sign',
      { ...rsaSign, message: randomBytes(4096).toString('base64'), message_type: 'RAW' },
      'KMS.0308',
    ],
    ['RSA to sign', 'sign', { ...rsaSign, signing_algorithm: 'SM2DSA_SM3' }, 'KMS.0308'],
    ['RSA to sign', 'verify', { ...rsaSign, signature: 'a===' }, 'KMS.0308'],
    ['RSA to encrypt', 'sign', rsaSign, 'KMS.0334'],
    ['RSA to encrypt', 'verify', { ...rsaSign, signature: digest }, 'KMS.0334'],
    ['RSA to encrypt', 'encrypt-data', { plain_text: 'x' }, 'KMS.2106'],
    [
      'RSA to encrypt',
      'encrypt-data',
      { ...rsaEncrypt, encryption_algorithm: 'SM2_ENCRYPT' },
      'KMS.2106',
    ],
    ['EC', 'encrypt-data', rsaEncrypt, 'KMS.1114'],
    ['EC', 'decrypt-data', rsaDecrypt, 'KMS.1114'],
    ['EC', 'sign', rsaSign, 'KMS.0332'],
  ])('of a key that is %s: %s answers %s %s', async (kind, verb, body, code) => {
    expect(verdict(await call(emulator, verb, { key_id: keyIds[kind], ...body }))).toBe(
      `400 ${code}`,
    );
  });

  test.each([
    ['AES_256', 'SIGN_VERIFY'],
    ['EC_P256', 'ENCRYPT_DECRYPT'],
    ['RSA_2048', 'GENERATE_VERIFY_MAC'],
  ])('of a new %s key cannot be %s', async (spec, usage) => {
    const body = { key_alias: `refused-${spec}`, key_spec: spec, key_usage: usage };
    expect(verdict(await call(emulator, 'create-key', body))).toBe('400 KMS.0308');
  });

  test.each([
    ['disabled', 'disable-key', {}, '400 KMS.0209', '200'],
    [
      'pending deletion',
      'schedule-key-deletion',
      { pending_days: '7' },
      '400 KMS.0210',
      '400 KMS.0210',
    ],
  ])('of a key that is %s', async (_state, verb, body, refused, publicKey) => {
    const keyId = await createKeyOf(emulator, 'EC_P256', { origin: 'kms' });
    await ok(emulator, verb, { key_id: keyId, ...body });
    expect(verdict(await call(emulator, 'sign', { key_id: keyId, ...ecSign }))).toBe(refused);
    expect(
      verdict(await call(emulator, 'verify', { key_id: keyId, ...ecSign, signature: digest })),
    ).toBe(refused);
    expect(verdict(await call(emulator, 'get-publickey', { key_id: keyId }))).toBe(publicKey);
  });

  test('of a key without material', async () => {
    const keyId = await createKeyOf(emulator, 'EC_P256');
    expect(verdict(await call(emulator, 'sign', { key_id: keyId, ...ecSign }))).toBe(
      '400 KMS.1301',
    );
    expect(verdict(await call(emulator, 'get-publickey', { key_id: keyId }))).toBe('400 KMS.1301');
    expect(verdict(await call(emulator, 'delete-imported-key-material', { key_id: keyId }))).toBe(
      '400 KMS.2701',
    );
  });
});

test('decrypt-data refuses the key id of another symmetric key than the ciphertext’s', async () => {
  const [first, second] = [await createKey(emulator), await createKey(emulator)];
  for (const keyId of [first, second]) {
    expect(verdict(await importMaterial(emulator, keyId, randomBytes(32)))).toBe('200');
  }
  const { cipher_text } = await ok<{ cipher_text: string }>(emulator, 'encrypt-data', {
    key_id: first,
    plain_text: 'x',
  });
  expect(verdict(await call(emulator, 'decrypt-data', { cipher_text, key_id: second }))).toBe(
    '400 KMS.2201',
  );
  expect(await ok(emulator, 'decrypt-data', { cipher_text, key_id: first })).toMatchObject({
    plain_text: 'x',
  });
});
