/**
 * Every way in, against the emulator's IAM and gateway: what is asked of IAM, how often, and what a
 * refusal says.
 */

import { connectKms } from '../../lib/kms/connect';
import type { ConnectionConfig, Environment } from '../../lib/kms/connection';
import type { KmsClient } from '../../lib/kms/kms-client';
import { isLostAnswer } from '../../lib/kms/lost-answer';
import { wording } from '../../lib/provider/wording';
import { Secret } from '../../lib/secret';
import { type Emulator, startEmulator } from '../support/emulator';

let emulator: Emulator;
const clients: KmsClient[] = [];

beforeEach(async () => {
  emulator = await startEmulator({ projectName: 'eu-de' });
});

afterEach(async () => {
  for (const client of clients.splice(0)) {
    client.close();
  }
  await emulator.close();
});

function connect(
  config: ConnectionConfig,
  env: Environment = {},
  logged: unknown[] = [],
): KmsClient {
  const connection = {
    kmsEndpoint: emulator.url,
    authUrl: emulator.authUrl,
    region: 'eu-de',
    maxRequestsPerSecond: 1000,
    ...config,
  };
  const runtime = {
    now: () => emulator.now(),
    sleep: async () => undefined,
    spelling: wording,
    log: (...line: unknown[]) => logged.push(line),
  };
  const client = connectKms(connection, env, runtime);
  clients.push(client);
  return client;
}

const secret = Secret.fromText;

function byPassword(): ConnectionConfig {
  return {
    userName: emulator.userName,
    password: secret(emulator.password),
    domainName: emulator.domainName,
  };
}

function byAccessKey(): ConnectionConfig {
  return { accessKey: emulator.accessKey, secretKey: secret(emulator.secretKey) };
}

function byTemporaryKey(): ConnectionConfig {
  const { accessKey, secretKey, securityToken } = emulator.temporaryCredentials;
  return { accessKey, secretKey: secret(secretKey), securityToken: secret(securityToken) };
}

const operationsCalled = () =>
  emulator.calls().map(({ operation, status }) => `${operation} ${status}`);

test.each<[string, () => ConnectionConfig, string[]]>([
  ['a token', () => ({ authToken: secret(emulator.authToken) }), ['projects 200']],
  ['a password', byPassword, ['auth-tokens 201']],
  ['an access key', byAccessKey, ['projects 200']],
  ['a temporary access key', byTemporaryKey, ['projects 200']],
])('with %s, IAM is asked once, for the project of the region too', async (_, login, asked) => {
  const client = connect(login());
  const { keyId } = await client.createKey({ keyAlias: 'orders' });
  await Promise.all([
    client.describeKey(keyId),
    client.listKeys(),
    client.updateTags(keyId, { create: { team: 'shop' } }),
  ]);
  const calls = operationsCalled();
  expect(calls.slice(0, asked.length + 1)).toEqual([...asked, 'create-key 200']);
  expect(calls.slice(asked.length + 1).sort()).toEqual([
    'batch-tags 204',
    'describe-key 200',
    'list-keys 200',
  ]);
});

test.each<[string, () => ConnectionConfig]>([
  ['a token', () => ({ authToken: secret(emulator.authToken) })],
  ['an access key', byAccessKey],
  ['a temporary access key', byTemporaryKey],
])('with %s and a project id, IAM is not asked at all', async (_, login) => {
  await connect({ ...login(), projectId: emulator.projectId }).listKeys();
  expect(operationsCalled()).toEqual(['list-keys 200']);
});

test('calls that begin together share one login', async () => {
  const client = connect(byPassword());
  await Promise.all(Array.from({ length: 8 }, () => client.listKeys()));
  expect(operationsCalled().filter((call) => call.startsWith('auth-tokens'))).toEqual([
    'auth-tokens 201',
  ]);
});

test('a token that expired meanwhile is fetched again, once for all calls', async () => {
  const client = connect(byPassword());
  await client.listKeys();
  emulator.advanceClock(25 * 3600);
  emulator.clearCalls();
  await Promise.all([
    client.listKeys(),
    client.listKeys(),
    client.createKey({ keyAlias: 'orders' }),
  ]);
  const calls = operationsCalled();
  expect(calls.filter((call) => call === 'auth-tokens 201')).toHaveLength(1);
  expect(calls.filter((call) => call.endsWith('403'))).toHaveLength(3);
  expect(calls.filter((call) => call.endsWith('200'))).toHaveLength(3);
});

test.each(['KMS.0301', 'KMS.0302', 'KMS.0303', 'KMS.0304', 'KMS.0305', 'APIGW.0301', 'APIGW.0307'])(
  '%s is answered by one new login, and no second one',
  async (errorCode) => {
    const client = connect(byPassword());
    emulator.injectFaults([{ operation: 'list-keys', errorCode }]);
    await client.listKeys();
    emulator.injectFaults([{ operation: 'list-keys', errorCode, times: 2 }]);
    await expect(client.listKeys()).rejects.toMatchObject({ apiCode: errorCode });
    expect(operationsCalled().filter((call) => call.startsWith('auth-tokens'))).toHaveLength(3);
  },
);

test('a change is made once, although its first attempt met an expired token', async () => {
  const client = connect(byPassword());
  emulator.injectFaults([{ operation: 'create-key', errorCode: 'APIGW.0307' }]);
  await client.createKey({ keyAlias: 'orders' });
  expect(operationsCalled()).toEqual([
    'auth-tokens 201',
    'create-key 401',
    'auth-tokens 201',
    'create-key 200',
  ]);
});

test('a wrong password is sent once, however many calls need it, and is one sentence', async () => {
  const logged: unknown[] = [];
  const client = connect(
    { ...byPassword(), password: secret('correct horse battery') },
    {},
    logged,
  );
  for (let call = 0; call < 3; call++) {
    const error = await client.listKeys().catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'ERR_KMS', status: 401, operation: 'auth-tokens' });
    expect(error.message).toMatch(
      /^auth-tokens answered 401: .*; check the login \(user_name, password and domain_name, or HW_USER_NAME, HW_USER_PASSWORD and HW_DOMAIN_NAME in the environment\) \(request \w+\)$/,
    );
    expect(isLostAnswer(error)).toBe(false);
  }
  expect(operationsCalled()).toEqual(['auth-tokens 401']);
  expect(JSON.stringify(logged)).not.toContain('correct horse');
});

test.each<[string, () => ConnectionConfig]>([
  ['an unknown access key', () => ({ ...byAccessKey(), accessKey: 'NOBODYSACCESSKEY0000' })],
  ['a wrong secret key', () => ({ ...byAccessKey(), secretKey: secret('wrong') })],
  [
    'a security token of another key',
    () => ({ ...byTemporaryKey(), securityToken: secret('wrong') }),
  ],
])('%s is tried once and is one sentence', async (_, login) => {
  const error = await connect({ ...login(), projectId: emulator.projectId })
    .listKeys()
    .catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'ERR_KMS', apiCode: 'APIGW.0301', status: 401 });
  expect(error.message).toMatch(
    /; check the login \(access_key and secret_key, or HW_ACCESS_KEY and HW_SECRET_KEY in the environment\)/,
  );
  expect(operationsCalled()).toEqual(['list-keys 401']);
});

test.each([
  [
    -20,
    /; your clock is 20 minutes behind, by the Date of this answer: correct the clock of this machine/,
  ],
  [20, /; your clock is 20 minutes ahead, /],
  [60 * 5, /; your clock is 5 hours ahead, /],
  [-60 * 24 * 3650, /; your clock is 3650 days behind, /],
])('a clock that is %d minutes off is said to be the fault', async (minutes, message) => {
  const now = () => new Date(emulator.now().getTime() + minutes * 60_000);
  const client = connectKms(
    { ...byAccessKey(), kmsEndpoint: emulator.url, projectId: emulator.projectId },
    {},
    { now, spelling: wording },
  );
  clients.push(client);
  await expect(client.listKeys()).rejects.toMatchObject({
    apiCode: 'APIGW.0301',
    message: expect.stringMatching(message),
  });
});

test('with a token nobody asks what time it is here', async () => {
  const now = () => new Date(emulator.now().getTime() - 3_600_000);
  const token = { authToken: secret(emulator.authToken), projectId: emulator.projectId };
  const client = connectKms(
    { ...token, kmsEndpoint: emulator.url },
    {},
    { now, spelling: wording },
  );
  clients.push(client);
  emulator.injectFaults([{ operation: 'list-keys', errorCode: 'APIGW.0301', times: 9 }]);
  await expect(client.listKeys()).rejects.toMatchObject({
    message: expect.stringMatching(/; check the login \(auth_token, /),
  });
});

test('a project that IAM does not know is a mistake of the configuration, asked about once', async () => {
  const client = connect({ ...byAccessKey(), projectName: 'eu-de_nowhere' });
  for (let call = 0; call < 2; call++) {
    await expect(client.listKeys()).rejects.toMatchObject({
      code: 'ERR_CONFIGURATION',
      attribute: 'project_id',
      message: expect.stringMatching(
        /knows no project "eu-de_nowhere" of this login; give project_id/,
      ),
    });
  }
  expect(operationsCalled()).toEqual(['projects 200']);
});

test('an IAM that breaks down is asked again, and a change that needed it was never sent', async () => {
  const client = connect({ ...byPassword(), maxRetries: 1 });
  emulator.injectFaults([{ operation: 'auth-tokens', status: 503 }]);
  await client.listKeys();
  const other = connect({ ...byPassword(), maxRetries: 1 });
  emulator.injectFaults([{ operation: 'auth-tokens', status: 503, times: 2 }]);
  const error = await other.createKey({ keyAlias: 'orders' }).catch((thrown) => thrown);
  expect(error).toMatchObject({
    code: 'ERR_KMS_UNREACHABLE',
    operation: 'auth-tokens',
    sent: false,
  });
  expect(isLostAnswer(error)).toBe(false);
  // Not remembered: it was no answer.
  await other.createKey({ keyAlias: 'orders' });
});

test('an interrupted call does not take the login away from the others', async () => {
  const client = connect(byPassword());
  emulator.injectFaults([{ operation: 'auth-tokens', delayMs: 50 }]);
  const controller = new AbortController();
  const interrupted = client.listKeys({ signal: controller.signal });
  const other = client.listKeys();
  controller.abort();
  await expect(interrupted).rejects.toMatchObject({ code: 'ERR_INTERRUPTED' });
  expect(await other).toEqual([]);
});

test('logins come from the environment of the cloud, and only from there', async () => {
  const { accessKey, secretKey, securityToken } = emulator.temporaryCredentials;
  const os = {
    OS_ACCESS_KEY: accessKey,
    OS_SECRET_KEY: secretKey,
    OS_SECURITY_TOKEN: securityToken,
    OS_AUTH_URL: emulator.authUrl,
  };
  expect(await connect({ cloud: 'opentelekomcloud', authUrl: undefined }, os).listKeys()).toEqual(
    [],
  );
  expect(() => connect({}, os)).toThrow(/auth_token is not set, nor is any other login/);
});

test('no secret is logged, whatever the login', async () => {
  const logged: unknown[] = [];
  for (const login of [byPassword(), byAccessKey(), byTemporaryKey()]) {
    const client = connect(login, {}, logged);
    emulator.injectFaults([
      { operation: 'list-keys', errorCode: 'APIGW.0307' },
      { operation: 'list-keys', body: 'garbled', status: 502 },
    ]);
    await client.listKeys().catch(() => undefined);
    emulator.clearFaults();
  }
  const text = JSON.stringify(logged);
  const { secretKey, securityToken } = emulator.temporaryCredentials;
  expect(logged.length).toBeGreaterThan(6);
  expect(
    [emulator.password, emulator.secretKey, secretKey, securityToken, 'Signature='].filter(
      (value) => text.includes(value),
    ),
  ).toEqual([]);
});
