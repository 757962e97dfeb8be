/**
 * The published signing vectors of the vendor's SDKs and guide, and the vendor's own signer on
 * requests that nobody chose.
 */
import { createHash } from 'node:crypto';
import { AKSKSigner } from '@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner';
import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials';
import fc from 'fast-check';
import { encodeQuery } from '../../lib/kms/query';
import { canonicalRequest, type RequestToSign, sdkDate, signRequest } from '../../lib/kms/signer';
import { Secret } from '../../lib/secret';

const sdkKey = { accessKey: 'AccessKey', secretKey: Secret.fromText('SecretKey') };
/** A sample of the guide, good for nothing else. */
const guideKey = {
  accessKey: 'QTWAOYTTINDUT2QVKYUC',
  secretKey: Secret.fromText('MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc'),
};

const vpcs = {
  method: 'GET',
  path: '/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs',
  query: [
    ['limit', '2'],
    ['marker', '13551d6b-755d-4757-b956-536f674975c0'],
  ],
  headers: { Host: 'service.region.example.com', 'X-Sdk-Date': '20191115T033655Z' },
  body: undefined,
} as const satisfies RequestToSign;

const resources = {
  method: 'GET',
  path: '/resources',
  query: [['size', '1']],
  headers: { Host: 'service.endpoint.myhuaweicloud.com', 'X-Sdk-Date': '20200608T023900Z' },
  body: undefined,
} as const satisfies RequestToSign;

const goHeaders = { 'X-Sdk-Date': '20060102T150405Z' };

interface Vector {
  readonly source: string;
  readonly request: RequestToSign;
  readonly key?: typeof sdkKey;
  readonly signedHeaders: string;
  readonly canonicalHash?: string;
  readonly signature: string;
}

const vectors: readonly Vector[] = [
  {
    source: 'A: huaweicloud-sdk-java-v3 AKSKSignerTest.testAKSKSigner',
    request: vpcs,
    signedHeaders: 'host;x-sdk-date',
    canonicalHash: '0e84e7853cf87931d965c80e83bffb15aa865326db3a6f57aa2560a7601dfe18',
    signature: 'fd95e7da6f695cfb4cabbb9d6b0968aec155bc576b064835282473539ae9ea1d',
  },
  {
    source: 'B: testAKSKSigner2',
    request: {
      ...vpcs,
      method: 'POST',
      path: '/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpc/123',
      query: [],
      body: Buffer.from('{"key":"value"}'),
    },
    signedHeaders: 'host;x-sdk-date',
    canonicalHash: '79be7a43859f485df125c417ebb8821754c7ed42f6742ce8b0fd74b2b303446d',
    signature: 'b5649aa774f6cac7437631662f08815fc65c70e40e486df6db2436ce68902771',
  },
  {
    source: 'C: testAKSKSigner3',
    request: { ...vpcs, path: '', query: [], headers: { ...vpcs.headers, Host: 'example.com' } },
    signedHeaders: 'host;x-sdk-date',
    signature: '919ad8b75d4ad49da0d377e63ee21c4a7a54b752f6bf2878b4adbe9c19927da6',
  },
  {
    source: 'D: huaweicloud-sdk-python-v3 test_signer1',
    request: resources,
    signedHeaders: 'host;x-sdk-date',
    signature: 'cfb4171acec81de07d50e53d57eb77edd537414d66ddb1d7d780f128e12cd842',
  },
  {
    source: 'E: test_signer2',
    request: { ...resources, method: 'POST', body: Buffer.from('{"name":"test","id":1}') },
    signedHeaders: 'host;x-sdk-date',
    signature: '436b1ac0a1ae03705934bb70ef2f2e09f7bfed2117d731a38235053199323a1f',
  },
  {
    source: 'F: API Request Signing Guide, Content-Type signed as well',
    request: { ...vpcs, headers: { ...vpcs.headers, 'Content-Type': 'application/json' } },
    key: guideKey,
    signedHeaders: 'content-type;host;x-sdk-date',
    canonicalHash: 'b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a',
    signature: '7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe',
  },
  {
    source: 'G: huaweicloud-sdk-go-v3 TestSigner_Sign test1, the date alone signed',
    request: {
      method: 'GET',
      path: '/path',
      query: [['limit', '1']],
      headers: goHeaders,
      body: undefined,
    },
    signedHeaders: 'x-sdk-date',
    signature: '5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624',
  },
  {
    source: 'H: test2, whose body ends in a line feed',
    request: {
      method: 'POST',
      path: '/path',
      query: [['key', 'value']],
      headers: goHeaders,
      body: Buffer.from('{"Name":"test","Id":1}\n'),
    },
    signedHeaders: 'x-sdk-date',
    signature: 'cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59',
  },
];

test.each(vectors)(
  '$source',
  ({ request, key = sdkKey, signedHeaders, canonicalHash, signature }) => {
    expect(signRequest(request, key)).toBe(
      `SDK-HMAC-SHA256 Access=${key.accessKey}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
    );
    if (canonicalHash !== undefined) {
      expect(createHash('sha256').update(canonicalRequest(request)).digest('hex')).toBe(
        canonicalHash,
      );
    }
  },
);

test('the query of the SDKs: sorted, every reserved character encoded', () => {
  const query = [
    ['limit', '1'],
    ['enable', 'true'],
    ['test', '一 (&=?!#%.*)'],
    ['path', '/tmp/123'],
    ['multi', '2'],
    ['multi', '1'],
    ['multi', '3'],
  ] as const;
  expect(encodeQuery(query)).toBe(
    'enable=true&limit=1&multi=1&multi=2&multi=3&path=%2Ftmp%2F123&test=%E4%B8%80%20%28%26%3D%3F%21%23%25.%2A%29',
  );
});

test('a path that is encoded on the wire is signed once encoded, not twice', () => {
  expect(canonicalRequest({ ...resources, path: '/a%20b/%C3%A4' }).split('\n')[1]).toBe(
    '/a%20b/%C3%A4/',
  );
});

test('the date has no separators and no milliseconds', () => {
  expect(sdkDate(new Date('2019-11-15T03:36:55.999Z'))).toBe('20191115T033655Z');
});

const text = fc.string({
  unit: fc.constantFrom(...'abcXYZ019-_.~ /?&=#%+*!\'()"\\:;,@äß€一'),
  maxLength: 12,
});
const headerValue = fc
  .string({ unit: fc.constantFrom(...'abcXYZ019-_./+= ;'), minLength: 1, maxLength: 40 })
  .filter((value) => value === value.trim());
/** The vendor's signer parses a URL, which changes other characters before it signs them. */
const path = fc.array(
  fc.string({ unit: fc.constantFrom(...'abcXYZ019-_~'), minLength: 1, maxLength: 8 }),
  { maxLength: 5 },
);

test("the vendor's own signer gives the same signature to any request", () => {
  const anyRequest = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
    path,
    query: fc.dictionary(
      text.filter((name) => name !== '' && name !== '__proto__'),
      text,
      { maxKeys: 4 },
    ),
    project: fc.option(fc.stringMatching(/^[0-9a-f]{32}$/)),
    securityToken: fc.option(headerValue),
    body: fc.option(
      fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean()), { minKeys: 1, maxKeys: 4 }),
    ),
    secret: fc.string({ minLength: 1, maxLength: 40 }),
    date: fc.date({
      min: new Date('2000-01-01T00:00:00Z'),
      max: new Date('2099-12-31T00:00:00Z'),
      noInvalidDate: true,
    }),
  });
  fc.assert(
    fc.property(
      anyRequest,
      ({ method, path: segments, query, project, securityToken, body, secret, date }) => {
        const headers = {
          'X-Sdk-Date': sdkDate(date),
          ...(project === null ? {} : { 'X-Project-Id': project }),
          ...(securityToken === null ? {} : { 'X-Security-Token': securityToken }),
        };
        const url = `/${segments.join('/')}`;
        const theirs = AKSKSigner.sign(
          {
            method,
            endpoint: `https://kms.example.com:8443${url}`,
            queryParams: query,
            headers,
            data: body ?? undefined,
          },
          new BasicCredentials().withAk('AK').withSk(secret),
        ) as Record<string, string>;
        const ours = signRequest(
          {
            method,
            path: url,
            query: Object.entries(query),
            headers: { ...headers, Host: 'kms.example.com:8443' },
            body: body === null ? undefined : Buffer.from(JSON.stringify(body)),
          },
          { accessKey: 'AK', secretKey: Secret.fromText(secret) },
        );
        expect(ours).toBe(theirs.Authorization);
      },
    ),
    { numRuns: process.env.SLOW === '1' ? 2000 : 200 },
  );
});
