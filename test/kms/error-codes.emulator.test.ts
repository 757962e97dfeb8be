/** Every row of the table of codes, as the emulator says it and as the client takes it. */

import { connectKms } from '../../lib/kms/connect';
import type { KmsClient } from '../../lib/kms/kms-client';
import { hasReaction, KmsError } from '../../lib/kms/kms-error';
import { wording } from '../../lib/provider/wording';
import { Secret } from '../../lib/secret';
import { type KmsErrorCode, type KmsReaction, kmsErrorCodes } from '../../lib/terms/kms-errors';
import { say } from '../../lib/terms/setting';
import { type Emulator, startEmulator } from '../support/emulator';

let emulator: Emulator;
let kms: KmsClient;
let keyId: string;

beforeAll(async () => {
  emulator = await startEmulator();
  kms = connectKms(
    {
      kmsEndpoint: emulator.url,
      authUrl: emulator.authUrl,
      projectId: emulator.projectId,
      userName: emulator.userName,
      password: Secret.fromText(emulator.password),
      domainName: emulator.domainName,
      maxRequestsPerSecond: 1000,
    },
    {},
    { now: () => emulator.now(), sleep: async () => undefined, spelling: wording },
  );
  keyId = (await kms.createKey({ keyAlias: 'orders' })).keyId;
});

beforeEach(() => {
  emulator.clearCalls();
  emulator.clearFaults();
});

afterAll(async () => {
  kms.close();
  await emulator.close();
});

const rows: [string, KmsErrorCode][] = Object.entries(kmsErrorCodes);

const called = () => emulator.calls().map(({ operation }) => operation);

/** What describing the key once leads to, by reaction. */
const conduct: Readonly<Record<KmsReaction, readonly string[]>> = {
  retry: ['describe-key', 'describe-key'],
  'new-login': ['describe-key', 'auth-tokens', 'describe-key'],
  'new-parameters': ['describe-key'],
  describe: ['describe-key'],
  stop: ['describe-key'],
};

test.each(rows)('%s: $message', async (code, { status, message, advice, blame, reaction }) => {
  emulator.injectFaults([{ operation: 'describe-key', errorCode: code }]);
  const outcome = await kms.describeKey(keyId).catch((thrown) => thrown);
  expect(called()).toEqual(conduct[reaction]);
  if (reaction === 'retry' || reaction === 'new-login') {
    expect(outcome).toMatchObject({ keyId });
    return;
  }
  if (code === 'KMS.0207') {
    expect(outcome).toBeUndefined();
    return;
  }
  expect(outcome).toBeInstanceOf(KmsError);
  expect(hasReaction(outcome, reaction)).toBe(true);
  expect(outcome).toMatchObject({ code: 'ERR_KMS', status, apiCode: code });
  const said = `describe-key answered ${status} ${code}: ${message.replace(/\.$/, '')}; ${say(advice, wording)}`;
  expect(outcome.message.startsWith(said)).toBe(true);
  expect(outcome.message.includes('user_name')).toBe(blame === 'login');
});

// Sent twice, a change could undo what somebody else did in between, unless the refusal says that
// nothing was done.
test.each(rows.filter(([, { reaction }]) => reaction === 'retry'))(
  'a change that met %s is repeated only after throttling',
  async (code, { blame }) => {
    emulator.injectFaults([{ operation: 'cancel-key-deletion', errorCode: code }]);
    await expect(kms.cancelKeyDeletion(keyId)).rejects.toMatchObject({
      apiCode: blame === 'throttling' ? 'KMS.1501' : code,
    });
  },
);

test('the gateway of the other cloud says the same under its own name', async () => {
  emulator.injectFaults([{ operation: 'cancel-key-deletion', errorCode: 'APIG.0308' }]);
  await expect(kms.cancelKeyDeletion(keyId)).rejects.toMatchObject({ apiCode: 'KMS.1501' });
});

test('a code that nobody documented is shown as it came', async () => {
  emulator.injectFaults([{ operation: 'describe-key', errorCode: 'KMS.9999', status: 409 }]);
  await expect(kms.describeKey(keyId)).rejects.toMatchObject({
    apiCode: 'KMS.9999',
    message: expect.stringMatching(/^describe-key answered 409 KMS\.9999: /),
  });
});

test.each([
  [500, conduct.retry],
  [503, conduct.retry],
  [429, conduct.retry],
  [401, conduct['new-login']],
])('a code that nobody documented is taken by its status: %i', async (status, expected) => {
  emulator.injectFaults([{ operation: 'describe-key', errorCode: 'KMS.9999', status }]);
  await kms.describeKey(keyId);
  expect(called()).toEqual(expected);
});

test('a code of many statuses is taken by the one it came with', async () => {
  emulator.injectFaults([{ operation: 'describe-key', errorCode: 'APIGW.0201', status: 504 }]);
  await kms.describeKey(keyId);
  expect(called()).toEqual(conduct.retry);
});

test('a state that nobody documented is shown as it came', async () => {
  emulator.setKeyState(keyId, '6');
  expect(await kms.describeKey(keyId)).toMatchObject({ keyState: '6' });
  emulator.setKeyState(keyId, '5');
});
