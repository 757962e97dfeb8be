import {
  importParameters,
  keyDetail,
  keyInfo,
  keyPage,
  UnexpectedAnswer,
} from '../../lib/kms/answer';
import { parseRefusal } from '../../lib/kms/error-envelope';
import { HiddenTexts } from '../../lib/kms/hidden-texts';

// The example of the API reference, as it is printed there.
const described = JSON.parse(
  '{"key_info":{"key_id":"0d0466b0-e727-4d9c-b35d-f84bb474a37f","domain_id":"00074811d5c27c4f8d48bb91e4a1dcfd","key_alias":"test","realm":"test","key_description":"key_description","creation_date":"1502799822000","scheduled_deletion_date":"","key_spec":"AES_256","key_usage":"ENCRYPT_DECRYPT","key_state":"2","default_key_flag":"0","key_type":"1","expiration_time":"1501578672000","origin":"kms","key_rotation_enabled":"false","sys_enterprise_project_id":"0","partition_type":"1"}}',
);

test('reads the example of the API reference: milliseconds in strings, "" for none', () => {
  expect(keyDetail(keyInfo(described))).toEqual({
    keyId: '0d0466b0-e727-4d9c-b35d-f84bb474a37f',
    keyAlias: 'test',
    keyDescription: 'key_description',
    keySpec: 'AES_256',
    keyUsage: 'ENCRYPT_DECRYPT',
    keyState: '2',
    origin: 'kms',
    creationDate: new Date('2017-08-15T12:23:42Z'),
    scheduledDeletionDate: undefined,
    expirationTime: new Date('2017-08-01T09:11:12Z'),
    defaultKeyFlag: '0',
    enterpriseProjectId: '0',
  });
});

test('takes key_info as an array of one, numbers for strings, and states that nobody documented', () => {
  const info = { ...described.key_info, key_state: 6, expiration_time: 1501578672000 };
  expect(keyDetail(keyInfo({ key_info: [info] }))).toMatchObject({
    keyState: '6',
    expirationTime: new Date(1501578672000),
  });
});

test.each([
  ['nothing', undefined, /key_info is missing/],
  ['text', 'ok', /key_info is missing/],
  ['two keys', { key_info: [{}, {}] }, /key_info is missing/],
  ['no state', { key_info: { ...described.key_info, key_state: '' } }, /key_state is missing/],
  ['no origin', { key_info: { ...described.key_info, origin: undefined } }, /origin is missing/],
  [
    'a state that is an object',
    { key_info: { ...described.key_info, key_state: {} } },
    /key_state is not text/,
  ],
  [
    'a time that is no number',
    { key_info: { ...described.key_info, expiration_time: '2030-01-01' } },
    /expiration_time is not an instant/,
  ],
  [
    'a time out of all ranges',
    { key_info: { ...described.key_info, expiration_time: '99999999999999999999' } },
    /expiration_time is not an instant/,
  ],
])('fails on %s', (_, answer, message) => {
  const read = () => keyDetail(keyInfo(answer));
  expect(read).toThrow(UnexpectedAnswer);
  expect(read).toThrow(message);
});

test('reads import parameters: seconds as a number or a string', () => {
  const answer = {
    import_token: 'A'.repeat(200),
    public_key: Buffer.from('key').toString('base64'),
    expiration_time: 1501578672,
  };
  const read = importParameters(answer);
  expect(read.importToken.revealText()).toBe(answer.import_token);
  expect(read.publicKey.toString()).toBe('key');
  expect(read.expirationTime).toEqual(new Date('2017-08-01T09:11:12Z'));
  expect(importParameters({ ...answer, expiration_time: '1501578672' }).expirationTime).toEqual(
    read.expirationTime,
  );
});

test.each([
  [{ import_token: 'short', public_key: 'a2V5', expiration_time: 1 }, /import_token/],
  [{ import_token: 'A'.repeat(200), public_key: 'a2V5!', expiration_time: 1 }, /public_key/],
  [
    { import_token: 'A'.repeat(200), public_key: 'a2V5', expiration_time: 'soon' },
    /expiration_time/,
  ],
])(
  'fails on import parameters that are not as documented, without showing them',
  (answer, message) => {
    expect(() => importParameters(answer)).toThrow(message);
    expect(() => importParameters(answer)).not.toThrow(/short|a2V5|AAA/);
  },
);

test('fails on a list without details', () => {
  expect(() => keyPage({ keys: [] })).toThrow(/key_details is missing/);
  expect(keyPage({ key_details: [], next_marker: '' })).toEqual({ keys: [], nextMarker: '' });
});

test.each([
  [
    'KMS',
    '{"error":{"error_code":"KMS.2702","error_msg":"no."}}',
    { apiCode: 'KMS.2702', apiMessage: 'no.', requestId: undefined },
  ],
  [
    'gateway',
    '{"error_msg":"The API does not exist","error_code":"APIGW.0101","request_id":"5767"}',
    { apiCode: 'APIGW.0101', apiMessage: 'The API does not exist', requestId: '5767' },
  ],
  [
    'IAM, Keystone style',
    '{"error":{"code":401,"message":"requires authentication.","title":"Unauthorized"}}',
    { apiCode: undefined, apiMessage: 'requires authentication.', requestId: undefined },
  ],
  [
    'IAM, flat',
    '{"error_msg":"bad","error_code":"IAM.0011"}',
    { apiCode: 'IAM.0011', apiMessage: 'bad', requestId: undefined },
  ],
  [
    'a page of a proxy',
    '<html>\r\n\u001b[31mBad\u202e Gateway</html>',
    { apiCode: undefined, apiMessage: '<html> [31mBad Gateway</html>', requestId: undefined },
  ],
  ['nothing', '', { apiCode: undefined, apiMessage: 'no message', requestId: undefined }],
  ['an array', '[1]', { apiCode: undefined, apiMessage: '[1]', requestId: undefined }],
])('reads the envelope of %s', (_, body, expected) => {
  expect(parseRefusal(body, new HiddenTexts())).toEqual(expected);
});

test('quotes at most 200 characters and none of what must stay hidden', () => {
  expect(
    parseRefusal(`${'x'.repeat(150)} token-1 ${'y'.repeat(500)}`, new HiddenTexts(['token-1', '']))
      .apiMessage,
  ).toBe(`${'x'.repeat(150)} [secret] ${'y'.repeat(40)}…`);
});

test.each([
  ['cut off at its end', (secret: string) => secret.slice(0, 90)],
  ['without its beginning', (secret: string) => secret.slice(40)],
  ['with escaped slashes', (secret: string) => secret.replaceAll('/', '\\/')],
])('quotes no longer piece of a secret that comes back %s', (_, damaged) => {
  const secret = `MIIF${'0123456789abcdefghij/klmnopqrst+uvwxyz'.repeat(5)}`;
  const { apiMessage } = parseRefusal(
    `token ${damaged(secret)}... is not valid`,
    new HiddenTexts([secret, 'short']),
  );
  const pieces = Array.from(secret, (_character, at) => secret.slice(at, at + 16)).filter(
    (piece) => piece.length === 16,
  );
  expect(pieces.filter((piece) => apiMessage.includes(piece))).toEqual([]);
  expect(apiMessage).toMatch(/^token \[secret\].*\.\.\. is not valid$/);
});
