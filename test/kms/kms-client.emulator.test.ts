import { constants, publicEncrypt, randomBytes } from 'node:crypto';
import { connectKms } from '../../lib/kms/connect';
import type { KmsClient } from '../../lib/kms/kms-client';
import { isLostAnswer } from '../../lib/kms/lost-answer';
import { wording } from '../../lib/provider/wording';
import { Secret } from '../../lib/secret';
import { ok } from '../emulator/plain-http';
import { type Emulator, startEmulator } from '../support/emulator';

let emulator: Emulator;
let kms: KmsClient;

function connect(token: string, maxRetries = 3): KmsClient {
  return connectKms(
    {
      kmsEndpoint: emulator.url,
      projectId: emulator.projectId,
      authToken: Secret.fromText(token),
      maxRetries,
      maxRequestsPerSecond: 1000,
    },
    {},
    { now: () => emulator.now(), sleep: async () => undefined, spelling: wording },
  );
}

beforeEach(async () => {
  emulator = await startEmulator();
  kms = connect(emulator.authToken);
});

afterEach(async () => {
  kms.close();
  await emulator.close();
});

async function wrapped(keyId: string, material: Buffer) {
  const { importToken, publicKey } = await kms.getParametersForImport(keyId, 'RSAES_OAEP_SHA_256');
  const key = {
    key: publicKey,
    format: 'der',
    type: 'spki',
    padding: constants.RSA_PKCS1_OAEP_PADDING,
    oaepHash: 'sha256',
  } as const;
  return { keyId, importToken, encryptedKeyMaterial: publicEncrypt(key, material) };
}

test('walks a key through its life', async () => {
  const { keyId } = await kms.createKey({
    keyAlias: 'orders',
    keySpec: 'AES_256',
    keyDescription: 'of the shop',
  });
  expect(await kms.describeKey(keyId)).toMatchObject({
    keyId,
    keyAlias: 'orders',
    keyDescription: 'of the shop',
    keySpec: 'AES_256',
    keyState: '5',
    origin: 'external',
    creationDate: expect.any(Date),
    scheduledDeletionDate: undefined,
    expirationTime: undefined,
  });

  const material = randomBytes(32);
  const expirationTime = new Date('2095-01-31T00:00:00Z');
  await kms.importKeyMaterial({ ...(await wrapped(keyId, material)), expirationTime });
  expect(await kms.describeKey(keyId)).toMatchObject({ keyState: '2', expirationTime });

  const { cipher_text } = await ok<{ cipher_text: string }>(emulator, 'encrypt-data', {
    key_id: keyId,
    plain_text: 'hello, ümlaut',
  });

  await kms.disableKey(keyId);
  expect(await kms.describeKey(keyId)).toMatchObject({ keyState: '3' });
  await kms.enableKey(keyId);
  await kms.updateKeyAlias(keyId, 'orders-2');
  await kms.updateKeyDescription(keyId, '');
  expect(await kms.describeKey(keyId)).toMatchObject({
    keyState: '2',
    keyAlias: 'orders-2',
    keyDescription: '',
  });

  await kms.deleteImportedKeyMaterial(keyId);
  expect(await kms.describeKey(keyId)).toMatchObject({ keyState: '5' });
  await expect(
    wrapped(keyId, randomBytes(32)).then((request) => kms.importKeyMaterial(request)),
  ).rejects.toMatchObject({
    apiCode: 'KMS.2606',
    status: 400,
    requestId: expect.any(String),
  });
  await kms.importKeyMaterial(await wrapped(keyId, material));
  expect(await kms.describeKey(keyId)).toMatchObject({ keyState: '2', expirationTime: undefined });
  expect(await ok(emulator, 'decrypt-data', { cipher_text })).toMatchObject({
    plain_text: 'hello, ümlaut',
  });

  await kms.scheduleKeyDeletion(keyId, 7);
  expect(await kms.describeKey(keyId)).toMatchObject({
    keyState: '4',
    scheduledDeletionDate: expect.any(Date),
  });
  await kms.cancelKeyDeletion(keyId);
  expect(await kms.describeKey(keyId)).toMatchObject({
    keyState: '3',
    scheduledDeletionDate: undefined,
  });
});

test('tags are written, overwritten and deleted', async () => {
  const { keyId } = await kms.createKey({ keyAlias: 'orders' });
  expect(await kms.getTags(keyId)).toEqual({});
  await kms.updateTags(keyId, { create: { team: 'shop', cost: '' } });
  await kms.updateTags(keyId, { create: { team: 'cards' }, delete: { cost: '' } });
  expect(await kms.getTags(keyId)).toEqual({ team: 'cards' });
  await expect(kms.getTags('00000000-0000-0000-0000-000000000000')).rejects.toMatchObject({
    apiCode: 'KMS.0207',
  });
});

test('describes a key that does not exist as undefined', async () => {
  expect(await kms.describeKey('00000000-0000-0000-0000-000000000000')).toBeUndefined();
});

test('lists every key, also where pages of a thousand are refused', async () => {
  const ids = new Set<string>();
  for (let index = 0; index < 105; index++) {
    ids.add((await kms.createKey({ keyAlias: `key-${index}` })).keyId);
  }
  const lists = () => emulator.calls().filter(({ operation }) => operation === 'list-keys').length;
  expect(new Set((await kms.listKeys()).map((key) => key.keyId))).toEqual(ids);
  expect(lists()).toBe(1);
  emulator.injectFaults([{ operation: 'list-keys', errorCode: 'KMS.1601' }]);
  expect(new Set((await kms.listKeys()).map((key) => key.keyId))).toEqual(ids);
  expect(lists()).toBe(1 + 1 + 2);
});

test('import parameters say when they expire', async () => {
  const { keyId } = await kms.createKey({ keyAlias: 'orders' });
  const { expirationTime, publicKey } = await kms.getParametersForImport(keyId, 'RSAES_OAEP_SHA_1');
  const hours = (expirationTime.getTime() - emulator.now().getTime()) / 3_600_000;
  expect(Math.round(hours)).toBe(24);
  expect(publicKey.length).toBe(294);
});

test('the import that took effect although its answer was lost is one call, and known to be lost', async () => {
  const { keyId } = await kms.createKey({ keyAlias: 'orders' });
  const request = await wrapped(keyId, randomBytes(32));
  emulator.injectFaults([{ operation: 'import-key-material', drop: 'after' }]);
  const error = await kms.importKeyMaterial(request).catch((thrown) => thrown);
  expect(isLostAnswer(error)).toBe(true);
  expect(await kms.describeKey(keyId)).toMatchObject({ keyState: '2' });
  expect(
    emulator.calls().filter(({ operation }) => operation === 'import-key-material').length,
  ).toBe(1);
});

test.each([
  [{ drop: 'before' as const }, 'describe-key', true],
  [{ drop: 'after' as const }, 'describe-key', true],
  [{ status: 429 }, 'describe-key', true],
  [{ status: 503 }, 'describe-key', true],
  [{ status: 429 }, 'delete-imported-key-material', true],
  [{ status: 500 }, 'delete-imported-key-material', false],
  [{ status: 504, committed: true }, 'delete-imported-key-material', false],
  [{ drop: 'before' as const }, 'delete-imported-key-material', false],
])('after %j, %s is repeated: %s', async (fault, operation, repeated) => {
  const { keyId } = await kms.createKey({ keyAlias: 'orders' });
  await kms.importKeyMaterial(await wrapped(keyId, randomBytes(32)));
  emulator.clearCalls();
  emulator.injectFaults([{ ...fault, operation }]);
  const calls: Record<string, () => Promise<unknown>> = {
    'describe-key': () => kms.describeKey(keyId),
    'delete-imported-key-material': () => kms.deleteImportedKeyMaterial(keyId),
  };
  const outcome = await calls[operation]?.().then(
    () => 'done',
    (error) => (isLostAnswer(error) ? 'lost' : 'failed'),
  );
  expect([outcome, emulator.calls().length]).toEqual(repeated ? ['done', 2] : ['lost', 1]);
});

test('enable-key is repeated, and its second refusal counts as done', async () => {
  const { keyId } = await kms.createKey({ keyAlias: 'orders' });
  await kms.importKeyMaterial(await wrapped(keyId, randomBytes(32)));
  await kms.disableKey(keyId);
  emulator.injectFaults([{ operation: 'enable-key', drop: 'after' }]);
  await kms.enableKey(keyId);
  expect(await kms.describeKey(keyId)).toMatchObject({ keyState: '2' });
});

test('fails when an answer is garbled', async () => {
  const { keyId } = await kms.createKey({ keyAlias: 'orders' });
  emulator.injectFaults([{ operation: 'describe-key', body: 'garbled' }]);
  await expect(kms.describeKey(keyId)).rejects.toMatchObject({
    code: 'ERR_KMS',
    message: expect.stringContaining('not what the API documents'),
  });
});

test('fails with the code of the gateway or the KMS when the token is wrong, and says what to do', async () => {
  const stranger = connect('wrong-token');
  try {
    await expect(stranger.listKeys()).rejects.toMatchObject({
      apiCode: expect.stringMatching(/^(APIGW|KMS)\.03/),
      message: expect.stringMatching(/; (fetch|give|check) /),
    });
  } finally {
    stranger.close();
  }
});
