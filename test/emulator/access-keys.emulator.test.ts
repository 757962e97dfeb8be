/**
 * Requests signed by the vendor's own SDK are accepted; every deviation is refused as the gateway
 * does.
 */
import { AKSKSigner } from '@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner';
import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials';
import type { IHttpRequest } from '@huaweicloud/huaweicloud-sdk-core/http/IHttpRequest';
import { type AccessKey, type Emulator, startEmulator } from '../support/emulator';
import { type PlainAnswer, send } from './plain-http';

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.close());

interface Order {
  readonly key?: AccessKey;
  readonly method?: string;
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Signed {
  readonly path: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

/** By the emulator's clock, so that it may stand anywhere. */
function sdkDate(offsetSeconds = 0): string {
  const instant = new Date(emulator.now().getTime() + offsetSeconds * 1000);
  return instant.toISOString().replace(/[-:]|\.\d+/g, '');
}

/** What the SDK would send. */
function sign({
  key = emulator,
  method = 'POST',
  path,
  query = {},
  body = {},
  headers = {},
}: Order = {}): Signed {
  const wanted = path ?? `/v1.0/${emulator.projectId}/kms/list-keys`;
  const request = {
    endpoint: `${emulator.url}${wanted}`,
    method,
    queryParams: query,
    data: method === 'GET' ? undefined : body,
    headers: { 'X-Sdk-Date': sdkDate(), ...headers },
  } as unknown as IHttpRequest;
  const credentials = new BasicCredentials().withAk(key.accessKey).withSk(key.secretKey);
  const signed = AKSKSigner.sign(request, credentials) as Record<string, string>;
  const search = new URLSearchParams(query).toString();
  return {
    method,
    path: search === '' ? wanted : `${wanted}?${search}`,
    headers: signed,
    body: method === 'GET' ? undefined : JSON.stringify(body),
  };
}

/**
 * "401 APIGW.0301 …" in the gateway's envelope, "403 KMS.0321" in the KMS's; "200" when it
 * succeeded.
 */
function verdictOf({ status, text }: PlainAnswer): string {
  const answer = JSON.parse(text) as {
    error_code?: string;
    error_msg?: string;
    error?: { error_code: string };
  };
  const words = [
    status,
    answer.error?.error_code ?? answer.error_code,
    answer.error_code && answer.error_msg?.split(': ')[1],
  ];
  return words.filter((word) => word !== undefined).join(' ');
}

const sendSigned = async (order?: Order) => verdictOf(await send(emulator, sign(order)));

describe('a signed request', () => {
  test('opens the KMS, with and without X-Project-Id', async () => {
    expect(await sendSigned()).toBe('200');
    expect(await sendSigned({ headers: { 'X-Project-Id': emulator.projectId } })).toBe('200');
  });

  test('carries its body to the call', async () => {
    const body = { key_alias: 'signed', key_description: 'ünïcode' };
    const answer = await send(
      emulator,
      sign({ path: `/v1.0/${emulator.projectId}/kms/create-key`, body }),
    );
    expect(answer.status).toBe(200);
    const { key_info } = JSON.parse(answer.text) as { key_info: { key_id: string } };
    const described = await send(
      emulator,
      sign({
        path: `/v1.0/${emulator.projectId}/kms/describe-key`,
        body: { key_id: key_info.key_id },
      }),
    );
    expect(JSON.parse(described.text)).toMatchObject({
      key_info: { key_alias: 'signed', key_description: 'ünïcode' },
    });
  });

  test('may be up to 15 minutes off, either way', async () => {
    const verdicts = [];
    for (const seconds of [-890, 890, -930, 930]) {
      verdicts.push(await sendSigned({ headers: { 'X-Sdk-Date': sdkDate(seconds) } }));
    }
    const late = expect.stringMatching(
      /^401 APIGW\.0301 .*signature expired, expired time:\d{8}T\d{6}Z, now:\d{8}T\d{6}Z/,
    );
    expect(verdicts).toEqual(['200', '200', late, late]);
  });

  test('is judged by the emulator’s clock', async () => {
    const signed = sign();
    emulator.advanceClock(3600);
    expect(verdictOf(await send(emulator, signed))).toMatch('401 APIGW.0301');
    expect(await sendSigned()).toBe('200');
  });

  test('is refused when anything signed was changed', async () => {
    const signed = sign({ headers: { 'X-Project-Id': emulator.projectId } });
    const changed = [
      { ...signed, body: '{"limit":"1"}' },
      { ...signed, path: `${signed.path}?limit=1` },
      { ...signed, headers: { ...signed.headers, 'X-Project-Id': 'other' } },
      {
        ...signed,
        headers: {
          ...signed.headers,
          Authorization: String(signed.headers.Authorization).replace(/.$/, (end) =>
            end === '0' ? '1' : '0',
          ),
        },
      },
    ];
    for (const request of changed) {
      expect(verdictOf(await send(emulator, request))).toBe(
        '401 APIGW.0301 verify aksk signature fail',
      );
    }
    expect(verdictOf(await send(emulator, signed))).toBe('200');
  });

  test('is refused with an unknown access key, and with another’s secret key', async () => {
    const { accessKey, secretKey } = emulator;
    expect(await sendSigned({ key: { accessKey: 'NOBODY', secretKey } })).toMatch(
      /^401 APIGW.0301 Get secretKey failed,ak:/,
    );
    const foreign = emulator.temporaryCredentials.secretKey;
    expect(await sendSigned({ key: { accessKey, secretKey: foreign } })).toBe(
      '401 APIGW.0301 verify aksk signature fail',
    );
  });

  test('is refused when the date is missing, malformed or not signed', async () => {
    const signed = sign();
    const { 'X-Sdk-Date': date = '', ...undated } = signed.headers;
    const unsigned = String(signed.headers.Authorization).replace(';x-sdk-date', '');
    for (const headers of [
      undated,
      { ...undated, 'X-Sdk-Date': 'today' },
      { ...signed.headers, Authorization: unsigned },
    ]) {
      expect(verdictOf(await send(emulator, { ...signed, headers }))).toMatch(
        /^401 APIGW.0301 verify aksk signature fail/,
      );
    }
    expect(date).toMatch(/^\d{8}T\d{6}Z$/);
  });

  test('is refused when Authorization is malformed', async () => {
    const signed = sign();
    const headers = { ...signed.headers, Authorization: 'SDK-HMAC-SHA256 x' };
    expect(verdictOf(await send(emulator, { ...signed, headers }))).toMatch(
      /^401 APIGW.0301 verify aksk signature fail/,
    );
  });

  test('to another project than the key’s is refused by the KMS', async () => {
    expect(await sendSigned({ path: `/v1.0/${'a'.repeat(32)}/kms/list-keys` })).toBe(
      '403 KMS.0321',
    );
    expect(await sendSigned({ headers: { 'X-Project-Id': 'a'.repeat(32) } })).toBe('403 KMS.0321');
    expect(await sendSigned({ path: '/v1.0/short/kms/list-keys' })).toBe('400 KMS.0201');
  });

  test('may leave the payload unsigned, and may not declare the hash of another', async () => {
    const declared = (value: string) => sign({ headers: { 'X-Sdk-Content-Sha256': value } });
    expect(verdictOf(await send(emulator, declared('UNSIGNED-PAYLOAD')))).toBe('200');
    expect(verdictOf(await send(emulator, declared('0'.repeat(64))))).toBe(
      '401 APIGW.0301 verify aksk signature fail',
    );
  });

  test('more than 12 MB long is refused by the gateway', async () => {
    const answer = await send(emulator, sign({ body: { filler: 'x'.repeat(12 * 1024 * 1024) } }));
    expect(verdictOf(answer)).toBe('413 APIGW.0201 Request entity too large');
  });
});

test('after more than five failures in a row the access key is locked for five minutes', async () => {
  const wrong = { accessKey: emulator.accessKey, secretKey: 'wrong' };
  const failed = '401 APIGW.0301 verify aksk signature fail';
  const locked = '401 APIGW.0301 AK access failed to reach the limit,forbidden';
  for (let count = 0; count < 5; count += 1) {
    expect(await sendSigned({ key: wrong })).toBe(failed);
  }
  expect(await sendSigned()).toBe('200');
  for (let count = 0; count < 6; count += 1) {
    expect(await sendSigned({ key: wrong })).toBe(failed);
  }
  expect(await sendSigned()).toBe(locked);
  emulator.advanceClock(299);
  expect(await sendSigned()).toBe(locked);
  emulator.advanceClock(2);
  expect(await sendSigned()).toBe('200');
});

describe('temporary credentials', () => {
  const order = (change: Record<string, string> = {}): Order => {
    const key = emulator.temporaryCredentials;
    return { key, headers: { 'X-Security-Token': key.securityToken, ...change } };
  };

  test('open the KMS together with their security token', async () => {
    expect(await sendSigned(order())).toBe('200');
  });

  test('are refused without it, with another, and when it is not signed', async () => {
    const wrongToken = '401 APIGW.0301 decrypt token fail';
    expect(await sendSigned({ key: emulator.temporaryCredentials })).toBe(wrongToken);
    expect(await sendSigned(order({ 'X-Security-Token': 'other' }))).toBe(wrongToken);
    expect(await sendSigned({ headers: { 'X-Security-Token': 'surplus' } })).toBe(wrongToken);
    const { securityToken } = emulator.temporaryCredentials;
    const signed = sign({ key: emulator.temporaryCredentials });
    const headers = { ...signed.headers, 'X-Security-Token': securityToken };
    expect(verdictOf(await send(emulator, { ...signed, headers }))).toBe(
      '401 APIGW.0301 verify aksk signature fail',
    );
  });

  test('expire after 24 hours', async () => {
    emulator.advanceClock(24 * 3600 - 60);
    expect(await sendSigned(order())).toBe('200');
    emulator.advanceClock(61);
    expect(await sendSigned(order())).toBe('401 APIGW.0307');
    expect(await sendSigned()).toBe('200');
  });
});

describe('GET /v3/projects', () => {
  const found = () => ({
    projects: [expect.objectContaining({ id: emulator.projectId, name: emulator.projectName })],
  });

  test('finds the project of a region for a signed request', async () => {
    const answer = await send(
      emulator,
      sign({ method: 'GET', path: '/v3/projects', query: { name: emulator.projectName } }),
    );
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      200,
      expect.objectContaining(found()),
    ]);
  });

  test('finds it for a token, and without a name too', async () => {
    for (const path of [`/v3/projects?name=${emulator.projectName}`, '/v3/projects']) {
      const answer = await send(emulator, {
        method: 'GET',
        path,
        headers: { 'X-Auth-Token': emulator.authToken },
      });
      expect([answer.status, JSON.parse(answer.text)]).toEqual([
        200,
        expect.objectContaining(found()),
      ]);
    }
  });

  test('answers an empty list for another region', async () => {
    const answer = await send(
      emulator,
      sign({ method: 'GET', path: '/v3/projects', query: { name: 'atlantis-1' } }),
    );
    expect(JSON.parse(answer.text)).toMatchObject({ projects: [] });
  });

  test('refuses a wrong token in IAM’s envelope, a wrong signature in the gateway’s', async () => {
    for (const token of ['', 'wrong']) {
      const answer = await send(emulator, {
        method: 'GET',
        path: '/v3/projects',
        headers: { 'X-Auth-Token': token },
      });
      expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
        401,
        { error: { title: 'Unauthorized' } },
      ]);
    }
    const key = { accessKey: emulator.accessKey, secretKey: 'wrong' };
    expect(await sendSigned({ key, method: 'GET', path: '/v3/projects' })).toBe(
      '401 APIGW.0301 verify aksk signature fail',
    );
  });

  test('is journaled, and open to faults', async () => {
    emulator.injectFaults([{ operation: 'projects', status: 503 }]);
    const answer = await send(emulator, sign({ method: 'GET', path: '/v3/projects' }));
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
      503,
      { error: { title: 'Service Unavailable' } },
    ]);
    expect(emulator.calls()).toMatchObject([{ operation: 'projects', status: 503 }]);
  });
});

test('credentials can be chosen', async () => {
  const temporaryCredentials = {
    accessKey: 'TEMPORARY',
    secretKey: 'temporary secret',
    securityToken: 'a token',
  };
  const chosen = await startEmulator({
    accessKey: 'CHOSEN',
    secretKey: 'chosen secret',
    temporaryCredentials,
  });
  try {
    expect(chosen).toMatchObject({
      accessKey: 'CHOSEN',
      secretKey: 'chosen secret',
      temporaryCredentials,
    });
  } finally {
    await chosen.close();
  }
});
