import { operations } from '../../lib/kms/operations';
import { wording } from '../../lib/provider/wording';
import { Secret } from '../../lib/secret';

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';
const token = 'A'.repeat(2236);
const material = Buffer.alloc(256, 7);

const importRequest = {
  keyId,
  importToken: Secret.fromText(token),
  encryptedKeyMaterial: material,
};
const {
  importKeyMaterial,
  createKey,
  scheduleKeyDeletion,
  getParametersForImport,
  updateKeyDescription,
  listKeys,
  changeTags,
  getTags,
} = operations;
const { name } = wording;

test('import-key-material sends exactly the fields of the API page', () => {
  expect(importKeyMaterial.body(importRequest, name)).toEqual({
    key_id: keyId,
    import_token: token,
    encrypted_key_material: material.toString('base64'),
  });
  expect(
    importKeyMaterial.body(
      { ...importRequest, expirationTime: new Date('2024-05-06T07:08:09.999Z') },
      name,
    ),
  ).toMatchObject({
    expiration_time: 1714979289,
  });
});

test('an asymmetric key takes its wrapped private key as well', () => {
  const encryptedPrivatekey = Buffer.alloc(152, 9);
  expect(importKeyMaterial.body({ ...importRequest, encryptedPrivatekey }, name)).toMatchObject({
    encrypted_privatekey: encryptedPrivatekey.toString('base64'),
  });
});

test('the other calls send what the API pages say', () => {
  expect(
    createKey.body({ keyAlias: 'orders', keySpec: 'AES_256', keyDescription: '' }, name),
  ).toEqual({
    key_alias: 'orders',
    key_spec: 'AES_256',
    key_description: '',
    origin: 'external',
  });
  expect(scheduleKeyDeletion.body({ keyId, pendingDays: 7 }, name)).toEqual({
    key_id: keyId,
    pending_days: '7',
  });
  expect(listKeys.body({ marker: undefined, limit: 100 })).toEqual({
    key_spec: 'ALL',
    limit: '100',
  });
  expect(listKeys.body({ marker: '10', limit: 100 })).toEqual({
    key_spec: 'ALL',
    limit: '100',
    marker: '10',
  });
});

const base = { ...importRequest };

test.each<[string, () => unknown, string, RegExp]>([
  [
    'a private key without its public part, which is too short',
    () => importKeyMaterial.body({ ...base, encryptedPrivatekey: Buffer.alloc(144) }, name),
    'encrypted_privatekey_wo',
    /has 192 characters.*\{200,6144\}/,
  ],
  [
    'a tag without a key',
    () => changeTags.body({ keyId, action: 'create', tags: { '': 'x' } }, name),
    'tags',
    /the key "".*1 to 36/,
  ],
  [
    'a tag of a forbidden character',
    () => changeTags.body({ keyId, action: 'create', tags: { a: 'b=c' } }, name),
    'tags',
    /the value "b=c"/,
  ],
  [
    'a long tag',
    () => changeTags.body({ keyId, action: 'create', tags: { a: 'x'.repeat(44) } }, name),
    'tags',
    /0 to 43/,
  ],
  ['tags of no key', () => getTags.path('../keys', name), 'key_id', /"\.\.\/keys"/],
  [
    'an upper-case key id',
    () => importKeyMaterial.body({ ...base, keyId: keyId.toUpperCase() }, name),
    'key_id',
    /"0D0466B0-.*36 characters/,
  ],
  [
    'a short token',
    () => importKeyMaterial.body({ ...base, importToken: Secret.fromText('A'.repeat(199)) }, name),
    'import_token_wo',
    /has 199 characters.*\{200,6144\}/,
  ],
  [
    'a long token',
    () => importKeyMaterial.body({ ...base, importToken: Secret.fromText('A'.repeat(6145)) }, name),
    'import_token_wo',
    /\{200,6144\}/,
  ],
  [
    'a token of URL-safe Base64',
    () => importKeyMaterial.body({ ...base, importToken: Secret.fromText('-'.repeat(300)) }, name),
    'import_token_wo',
    /\{200,6144\}/,
  ],
  [
    'a token of two lines',
    () =>
      importKeyMaterial.body(
        { ...base, importToken: Secret.fromText(`${'A'.repeat(300)}\n`) },
        name,
      ),
    'import_token_wo',
    /\{200,6144\}/,
  ],
  [
    'material of another size',
    () => importKeyMaterial.body({ ...base, encryptedKeyMaterial: Buffer.alloc(128) }, name),
    'encrypted_key_material_wo',
    /\{344,360\}/,
  ],
  [
    'an expiry before 1970',
    () => importKeyMaterial.body({ ...base, expirationTime: new Date(-1) }, name),
    'expiration_time',
    /-1 seconds.*0 to 10000000000/,
  ],
  [
    'an expiry after 2286',
    () => importKeyMaterial.body({ ...base, expirationTime: new Date(10_000_000_001_000) }, name),
    'expiration_time',
    /0 to 10000000000/,
  ],
  [
    'an expiry that is no instant',
    () => importKeyMaterial.body({ ...base, expirationTime: new Date(Number.NaN) }, name),
    'expiration_time',
    /NaN/,
  ],
  [
    'an alias with a space',
    () => createKey.body({ keyAlias: 'my key' }, name),
    'alias',
    /"my key"/,
  ],
  ['an empty alias', () => createKey.body({ keyAlias: '' }, name), 'alias', /1 to 255/],
  [
    'an alias of a default key',
    () => createKey.body({ keyAlias: 'evs/default' }, name),
    'alias',
    /\/default/,
  ],
  [
    'a long description',
    () => updateKeyDescription.body({ keyId, keyDescription: 'x'.repeat(256) }, name),
    'description',
    /has 256.*at most 255/,
  ],
  [
    '6 pending days',
    () => scheduleKeyDeletion.body({ keyId, pendingDays: 6 }, name),
    'pending_days',
    /is 6.*7 to 1096/,
  ],
  [
    '1097 pending days',
    () => scheduleKeyDeletion.body({ keyId, pendingDays: 1097 }, name),
    'pending_days',
    /7 to 1096/,
  ],
  [
    'a fraction of a day',
    () => scheduleKeyDeletion.body({ keyId, pendingDays: 7.5 }, name),
    'pending_days',
    /7.5/,
  ],
  [
    'an unknown algorithm',
    () => getParametersForImport.body({ keyId, wrappingAlgorithm: 'RSA' }, name),
    'wrapping_algorithm',
    /"RSA".*RSAES_OAEP_SHA_256/,
  ],
])('refuses %s before anything is sent', (_, send, attribute, message) => {
  expect(send).toThrow(
    expect.objectContaining({
      code: 'ERR_ARGUMENT',
      attribute,
      message: expect.stringMatching(message),
    }),
  );
});

test('fails without showing token or material', () => {
  const secret = `${'SECRET'.repeat(5)}!`;
  for (const send of [
    () => importKeyMaterial.body({ ...base, importToken: Secret.fromText(secret) }, name),
    () =>
      importKeyMaterial.body(
        { ...base, encryptedKeyMaterial: Buffer.from('SECRETSECRET', 'base64') },
        name,
      ),
    () =>
      importKeyMaterial.body(
        { ...base, encryptedPrivatekey: Buffer.from('SECRETSECRET', 'base64') },
        name,
      ),
  ]) {
    expect(send).toThrow(/allowed is/);
    expect(send).not.toThrow(/SECRET/);
  }
});
