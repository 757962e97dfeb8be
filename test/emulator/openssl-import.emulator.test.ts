/**
 * The documented openssl command lines import material, and the key then works with exactly that
 * material.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type Emulator, startEmulator } from '../support/emulator';
import {
  createKey,
  describe as describeKey,
  getParameters,
  importMaterial,
  wrapWithOpenssl,
} from './external-key';
import { call, ok, verdict } from './plain-http';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ oneWrappingKey: false });
});
afterAll(() => emulator.close());

/** Opens a ciphertext by the layout that lib/emulator/ciphertext.ts documents. */
function open(
  cipherText: string,
  material: Buffer,
  context = '',
): { keyId: string; plainText: string } {
  const bytes = Buffer.from(cipherText, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', material, bytes.subarray(40, 52));
  decipher
    .setAAD(Buffer.concat([bytes.subarray(0, 124), Buffer.from(context)]))
    .setAuthTag(bytes.subarray(124, 140));
  const plainText = Buffer.concat([
    decipher.update(bytes.subarray(140)),
    decipher.final(),
  ]).toString();
  return { keyId: bytes.toString('ascii', 4, 40), plainText };
}

function close(keyId: string, plainText: string, material: Buffer): string {
  const head = Buffer.concat([Buffer.from('BYK1'), Buffer.from(keyId), randomBytes(12)], 124);
  const cipher = createCipheriv('aes-256-gcm', material, head.subarray(40, 52)).setAAD(head);
  const body = Buffer.concat([cipher.update(plainText), cipher.final()]);
  return Buffer.concat([head, cipher.getAuthTag(), body]).toString('base64');
}

describe.each(['RSAES_OAEP_SHA_256', 'RSAES_OAEP_SHA_1', 'RSAES_PKCS1_V1_5'])(
  'material wrapped by openssl with %s',
  (algorithm) => {
    test('is imported, and encrypts and decrypts as anyone who holds it can', async () => {
      const material = randomBytes(32);
      const keyId = await createKey(emulator);
      expect((await describeKey(emulator, keyId)).key_state).toBe('5');

      const answer = await importMaterial(emulator, keyId, material, {
        algorithm,
        wrap: wrapWithOpenssl,
      });
      expect([answer.status, answer.text]).toEqual([200, '{}']);
      expect(await describeKey(emulator, keyId)).toMatchObject({
        key_state: '2',
        expiration_time: '',
        origin: 'external',
      });

      const { cipher_text } = await ok<{ cipher_text: string }>(emulator, 'encrypt-data', {
        key_id: keyId,
        plain_text: 'from the emulator',
      });
      expect(open(cipher_text, material)).toEqual({ keyId, plainText: 'from the emulator' });
      expect(
        await ok(emulator, 'decrypt-data', { cipher_text: close(keyId, 'from outside', material) }),
      ).toMatchObject({
        key_id: keyId,
        plain_text: 'from outside',
      });
    });
  },
);

test('get-parameters answers a 2048-bit SubjectPublicKeyInfo, a token within the documented form, and seconds as a number', async () => {
  const keyId = await createKey(emulator);
  const parameters = await getParameters(emulator, keyId);
  expect(parameters.key_id).toBe(keyId);
  expect(parameters.public_key).toHaveLength(392);
  expect(parameters.import_token).toMatch(/^[0-9a-zA-Z+/=]{200,6144}$/);
  const lifetime = parameters.expiration_time - emulator.now().getTime() / 1000;
  expect(lifetime).toBeGreaterThan(86_000);
  expect(lifetime).toBeLessThanOrEqual(86_400);
});

test('every call of get-parameters answers another pair and another token, and each pair works', async () => {
  const keyId = await createKey(emulator);
  const [first, second] = [
    await getParameters(emulator, keyId),
    await getParameters(emulator, keyId),
  ];
  expect(first.public_key).not.toBe(second.public_key);
  expect(first.import_token).not.toBe(second.import_token);
  const body = { key_id: keyId, import_token: first.import_token };
  const crossed = {
    ...body,
    encrypted_key_material: wrapWithOpenssl(second.public_key, randomBytes(32)),
  };
  expect(verdict(await call(emulator, 'import-key-material', crossed))).toBe('400 KMS.0311');
  const matching = {
    ...body,
    encrypted_key_material: wrapWithOpenssl(first.public_key, randomBytes(32)),
  };
  expect(verdict(await call(emulator, 'import-key-material', matching))).toBe('200');
});

test('of two imports at the same time one succeeds, and the key holds its material', async () => {
  const keyId = await createKey(emulator);
  const materials = [randomBytes(32), randomBytes(32)];
  const requests: object[] = [];
  for (const material of materials) {
    const { import_token, public_key } = await getParameters(emulator, keyId);
    requests.push({
      key_id: keyId,
      import_token,
      encrypted_key_material: wrapWithOpenssl(public_key, material),
    });
  }
  const verdicts = (
    await Promise.all(requests.map((request) => call(emulator, 'import-key-material', request)))
  ).map(verdict);
  expect([...verdicts].sort()).toEqual(['200', '400 KMS.0310']);
  const { cipher_text } = await ok<{ cipher_text: string }>(emulator, 'encrypt-data', {
    key_id: keyId,
    plain_text: 'x',
  });
  expect(open(cipher_text, materials[verdicts.indexOf('200')] ?? Buffer.alloc(32)).plainText).toBe(
    'x',
  );
});

test('the expiry goes in as seconds, a number or a string, and is shown as a string of milliseconds', async () => {
  for (const expirationTime of [2999886177, '2999886177']) {
    const keyId = await createKey(emulator);
    expect(
      verdict(await importMaterial(emulator, keyId, randomBytes(32), { expirationTime })),
    ).toBe('200');
    expect((await describeKey(emulator, keyId)).expiration_time).toBe('2999886177000');
  }
});

test('deleted material comes back with the same bytes, and old ciphertext with it', async () => {
  const material = randomBytes(32);
  const keyId = await createKey(emulator);
  await importMaterial(emulator, keyId, material, { expirationTime: 2999886177 });
  const { cipher_text } = await ok<{ cipher_text: string }>(emulator, 'encrypt-data', {
    key_id: keyId,
    plain_text: 'kept',
  });

  expect((await call(emulator, 'delete-imported-key-material', { key_id: keyId })).text).toBe('{}');
  expect(await describeKey(emulator, keyId)).toMatchObject({ key_state: '5', expiration_time: '' });
  expect(verdict(await call(emulator, 'decrypt-data', { cipher_text }))).toBe('400 KMS.1301');

  expect(verdict(await importMaterial(emulator, keyId, randomBytes(32)))).toBe('400 KMS.2606');
  expect((await describeKey(emulator, keyId)).key_state).toBe('5');
  expect(verdict(await importMaterial(emulator, keyId, material))).toBe('200');
  expect(await ok(emulator, 'decrypt-data', { cipher_text })).toMatchObject({ plain_text: 'kept' });
});

test('ciphertext is as long as documented: 188 characters for 1 byte, 5648 for 4096', async () => {
  const keyId = await createKey(emulator, 'kms');
  for (const [length, characters] of [
    [1, 188],
    [4096, 5648],
  ] as const) {
    const plainText = 'x'.repeat(length);
    const { cipher_text } = await ok<{ cipher_text: string }>(emulator, 'encrypt-data', {
      key_id: keyId,
      plain_text: plainText,
    });
    expect(cipher_text).toHaveLength(characters);
    expect(await ok(emulator, 'decrypt-data', { cipher_text })).toMatchObject({
      plain_text: plainText,
    });
  }
});

test('the context of either cloud is part of what is authenticated', async () => {
  const material = randomBytes(32);
  const keyId = await createKey(emulator);
  await importMaterial(emulator, keyId, material);
  const body = { key_id: keyId, plain_text: 'bound' };

  const huawei = { additional_authenticated_data: 'tenant 1' };
  const first = await ok<{ cipher_text: string }>(emulator, 'encrypt-data', { ...body, ...huawei });
  expect(open(first.cipher_text, material, 'tenant 1').plainText).toBe('bound');
  expect(await ok(emulator, 'decrypt-data', { ...first, ...huawei })).toMatchObject({
    plain_text: 'bound',
  });
  expect(verdict(await call(emulator, 'decrypt-data', { cipher_text: first.cipher_text }))).toBe(
    '400 KMS.2201',
  );

  const second = await ok<{ cipher_text: string }>(emulator, 'encrypt-data', {
    ...body,
    encryption_context: { a: '1', b: '2' },
  });
  expect(
    await ok(emulator, 'decrypt-data', { ...second, encryption_context: { b: '2', a: '1' } }),
  ).toMatchObject({ plain_text: 'bound' });
  expect(
    verdict(
      await call(emulator, 'decrypt-data', { ...second, encryption_context: { a: '1', b: '3' } }),
    ),
  ).toBe('400 KMS.2201');
});
