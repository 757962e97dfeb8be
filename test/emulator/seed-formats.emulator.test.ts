/**
 * Every regular expression and range of "Importing Key Materials" and its siblings, refused one
 * step outside and accepted at the edge.
 */
import { type Emulator, startEmulator } from '../support/emulator';
import { createKey } from './external-key';
import { call, send, verdict } from './plain-http';

let emulator: Emulator;
let keyId: string;
beforeAll(async () => {
  emulator = await startEmulator();
  keyId = await createKey(emulator);
});
afterAll(() => emulator.close());

const filler = (length: number) => 'A'.repeat(length);

/** A request that passes every schema; the token is then recognised as a foreign one (KMS.2605). */
const importRequest = () => ({
  key_id: keyId,
  import_token: filler(200),
  encrypted_key_material: filler(344),
});

async function importVerdict(change: object): Promise<string> {
  return verdict(await call(emulator, 'import-key-material', { ...importRequest(), ...change }));
}

describe('import-key-material accepts', () => {
  test.each<[string, object]>([
    ['the shortest import_token, 200 characters', { import_token: filler(200) }],
    ['the longest import_token, 6144 characters', { import_token: filler(6144) }],
    [
      'the shortest encrypted_key_material, 344 characters',
      { encrypted_key_material: filler(344) },
    ],
    ['the longest encrypted_key_material, 360 characters', { encrypted_key_material: filler(360) }],
    [
      'every character of Base64',
      { encrypted_key_material: `${filler(280)}abcxyzABCXYZ0189+/==${filler(44)}` },
    ],
    ['the shortest encrypted_privatekey, 200 characters', { encrypted_privatekey: filler(200) }],
    ['the longest encrypted_privatekey, 6144 characters', { encrypted_privatekey: filler(6144) }],
    ['a sequence of 36 characters', { sequence: '919c82d4-8046-4722-9094-35c3c6524cff' }],
    ['fields that it does not know', { something: 'else' }],
  ])('%s', async (_what, change) => {
    expect(await importVerdict(change)).toBe('400 KMS.2605');
  });

  test('a key_id with letters beyond f: the documented form is not hex', async () => {
    expect(await importVerdict({ key_id: 'ghijklmn-opqr-stuv-wxyz-0123456789ab' })).toBe(
      '404 KMS.0207',
    );
  });
});

describe('import-key-material refuses', () => {
  test.each<[string, object, string]>([
    ['an import_token of 199 characters', { import_token: filler(199) }, 'KMS.0308'],
    ['an import_token of 6145 characters', { import_token: filler(6145) }, 'KMS.0308'],
    ['an import_token in the URL alphabet', { import_token: `${filler(199)}-` }, 'KMS.0308'],
    ['an import_token with a line break', { import_token: `${filler(200)}\n` }, 'KMS.0308'],
    [
      'an encrypted_key_material of 343 characters',
      { encrypted_key_material: filler(343) },
      'KMS.0308',
    ],
    [
      'an encrypted_key_material of 361 characters',
      { encrypted_key_material: filler(361) },
      'KMS.0308',
    ],
    [
      'an encrypted_key_material in the URL alphabet',
      { encrypted_key_material: `${filler(343)}_` },
      'KMS.0308',
    ],
    [
      'an encrypted_key_material with a line break at its end',
      { encrypted_key_material: `${filler(344)}\n` },
      'KMS.0308',
    ],
    [
      'an encrypted_privatekey of 199 characters',
      { encrypted_privatekey: filler(199) },
      'KMS.0308',
    ],
    [
      'an encrypted_privatekey of 6145 characters',
      { encrypted_privatekey: filler(6145) },
      'KMS.0308',
    ],
    ['a key_id of 35 characters', { key_id: '0d0466b0-e727-4d9c-b35d-f84bb474a37' }, 'KMS.0205'],
    ['a key_id of 37 characters', { key_id: '0d0466b0-e727-4d9c-b35d-f84bb474a37f0' }, 'KMS.0205'],
    ['a key_id in capitals', { key_id: '0D0466B0-E727-4D9C-B35D-F84BB474A37F' }, 'KMS.0205'],
    ['a key_id without hyphens', { key_id: '0d0466b0ae727a4d9cab35daf84bb474a37f' }, 'KMS.0205'],
    [
      'a key_id with a line break at its end',
      { key_id: '0d0466b0-e727-4d9c-b35d-f84bb474a37f\n' },
      'KMS.0205',
    ],
    ['a key_id that is a number', { key_id: 7 }, 'KMS.0205'],
    ['a key_id that is null', { key_id: null }, 'KMS.0205'],
    ['a sequence of 35 characters', { sequence: filler(35) }, 'KMS.0206'],
    ['a sequence of 37 characters', { sequence: filler(37) }, 'KMS.0206'],
    ['a sequence that is a number', { sequence: 1 }, 'KMS.0206'],
    ['an expiration_time below zero', { expiration_time: -1 }, 'KMS.0308'],
    ['an expiration_time past the range', { expiration_time: 10_000_000_001 }, 'KMS.0308'],
    ['an expiration_time with a fraction', { expiration_time: 2999886177.5 }, 'KMS.0308'],
    ['an expiration_time that is no number', { expiration_time: 'tomorrow' }, 'KMS.0308'],
    ['an expiration_time that is empty', { expiration_time: '' }, 'KMS.0308'],
    ['an expiration_time that is null', { expiration_time: null }, 'KMS.0308'],
    ['an expiration_time in a string with a sign', { expiration_time: '-1' }, 'KMS.0308'],
  ])('%s', async (_what, change, code) => {
    expect(await importVerdict(change)).toBe(`400 ${code}`);
  });

  test.each(['key_id', 'import_token', 'encrypted_key_material'])(
    'a request without %s',
    async (name) => {
      expect(await importVerdict({ [name]: undefined })).toBe('400 KMS.0204');
    },
  );
});

describe('the project id in the path', () => {
  test.each([
    ['of 31 characters', filler(31)],
    ['of 33 characters', filler(33)],
    ['with a hyphen', `${filler(31)}-`],
  ])('is refused %s', async (_what, projectId) => {
    const headers = { 'X-Auth-Token': emulator.authToken };
    expect(
      verdict(
        await send(emulator, { path: `/v1.0/${projectId}/kms/describe-key`, headers, body: {} }),
      ),
    ).toBe('400 KMS.0201');
  });
});

describe('the sibling calls refuse', () => {
  test.each<[string, string, object, string]>([
    ['an empty alias', 'create-key', { key_alias: '' }, 'KMS.1101'],
    ['an alias of 256 characters', 'create-key', { key_alias: filler(256) }, 'KMS.1101'],
    ['an alias with a space', 'create-key', { key_alias: 'my key' }, 'KMS.1101'],
    [
      'an alias that ends like a default key',
      'create-key',
      { key_alias: 'obs/default' },
      'KMS.1101',
    ],
    [
      'a description of 256 characters',
      'create-key',
      { key_alias: 'd', key_description: filler(256) },
      'KMS.1103',
    ],
    ['an unknown key_spec', 'create-key', { key_alias: 's', key_spec: 'AES_128' }, 'KMS.1110'],
    ['an unknown key_usage', 'create-key', { key_alias: 'u', key_usage: 'WRAP' }, 'KMS.0308'],
    [
      'a key_usage that the spec has not',
      'create-key',
      { key_alias: 'u', key_usage: 'SIGN_VERIFY' },
      'KMS.0308',
    ],
    ['an unknown origin', 'create-key', { key_alias: 'o', origin: 'hsm' }, 'KMS.0308'],
    ['a limit of zero', 'list-keys', { limit: '0' }, 'KMS.1601'],
    ['a limit that is no number', 'list-keys', { limit: 'all' }, 'KMS.1601'],
    ['a negative marker', 'list-keys', { marker: '-1' }, 'KMS.1602'],
    ['a negative marker that is a number', 'list-keys', { marker: -1 }, 'KMS.1602'],
    ['a key_state of 6', 'list-keys', { key_state: '6' }, 'KMS.0308'],
    ['a key_state of two digits', 'list-keys', { key_state: '22' }, 'KMS.0308'],
    ['an unknown key_spec to list', 'list-keys', { key_spec: 'DES' }, 'KMS.1110'],
  ])('%s', async (_what, verb, body, code) => {
    expect(verdict(await call(emulator, verb, body))).toBe(`400 ${code}`);
  });

  test.each<[string, string, object, string]>([
    [
      'an unknown wrapping algorithm',
      'get-parameters-for-import',
      { wrapping_algorithm: 'SM2_ENCRYPT' },
      'KMS.0308',
    ],
    ['a missing wrapping algorithm', 'get-parameters-for-import', {}, 'KMS.0204'],
    ['6 days until deletion', 'schedule-key-deletion', { pending_days: '6' }, 'KMS.1401'],
    ['1097 days until deletion', 'schedule-key-deletion', { pending_days: '1097' }, 'KMS.1401'],
    ['days as a number', 'schedule-key-deletion', { pending_days: 7 }, 'KMS.1401'],
    ['an empty plain_text', 'encrypt-data', { plain_text: '' }, 'KMS.0308'],
    ['a plain_text of 4097 characters', 'encrypt-data', { plain_text: filler(4097) }, 'KMS.0308'],
    [
      'a plain_text of 4097 bytes in 4096 characters',
      'encrypt-data',
      { plain_text: `${filler(4095)}é` },
      'KMS.0308',
    ],
    ['a cipher_text of 127 characters', 'decrypt-data', { cipher_text: filler(127) }, 'KMS.2201'],
    ['a cipher_text of 5649 characters', 'decrypt-data', { cipher_text: filler(5649) }, 'KMS.2201'],
    [
      'a cipher_text that is not of this KMS',
      'decrypt-data',
      { cipher_text: filler(188) },
      'KMS.2201',
    ],
    [
      'an algorithm for other keys',
      'encrypt-data',
      { plain_text: 'x', encryption_algorithm: 'RSAES_OAEP_SHA_256' },
      'KMS.2105',
    ],
    [
      'a description of 256 characters',
      'update-key-description',
      { key_description: filler(256) },
      'KMS.1103',
    ],
    ['an alias of 256 characters', 'update-key-alias', { key_alias: filler(256) }, 'KMS.1101'],
  ])('%s', async (_what, verb, body, code) => {
    expect(verdict(await call(emulator, verb, { key_id: keyId, ...body }))).toBe(`400 ${code}`);
  });

  test('an alias of 255 characters and a description of 255 are at the edge, and accepted', async () => {
    const body = { key_alias: `${filler(250)}:/_-9`, key_description: filler(255) };
    expect(verdict(await call(emulator, 'create-key', body))).toBe('200');
  });
});

describe('the body', () => {
  test.each<[string, string, string]>([
    ['of broken JSON', '{"key_id":', 'KMS.0202'],
    ['that is empty', '', 'KMS.0202'],
    ['that is a list', '[]', 'KMS.0202'],
    ['that is null', 'null', 'KMS.0202'],
    ['without its fields', '{}', 'KMS.0204'],
    ['of 2 MiB', `{"key_id":"${filler(2 * 1024 * 1024)}"}`, 'KMS.0203'],
  ])('%s is refused', async (_what, body, code) => {
    expect(verdict(await call(emulator, 'describe-key', body))).toBe(`400 ${code}`);
  });

  test('of another content type is refused', async () => {
    const answer = await call(
      emulator,
      'describe-key',
      { key_id: keyId },
      { 'Content-Type': 'application/x-www-form-urlencoded' },
    );
    expect(verdict(answer)).toBe('400 KMS.0214');
  });

  test('may name its character set', async () => {
    const answer = await call(
      emulator,
      'describe-key',
      { key_id: keyId },
      { 'Content-Type': 'application/json;charset=UTF-8' },
    );
    expect(verdict(answer)).toBe('200');
  });
});
