/**
 * The gateway's verification against the signatures that the vendor publishes: its API signing
 * guide and the tests of its SDKs.
 */
import {
  canonicalHash,
  parseAuthorization,
  parseSdkDate,
  type ReceivedRequest,
  signatureOf,
} from '../../lib/emulator/signature';

interface Vector {
  readonly source: string;
  readonly request: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** @default all headers */
  readonly signed?: readonly string[];
  readonly secretKey?: string;
  readonly hash?: string;
  readonly signature: string;
}

const vpcHost = { host: 'service.region.example.com', 'x-sdk-date': '20191115T033655Z' };
const pythonHost = { host: 'service.endpoint.myhuaweicloud.com', 'x-sdk-date': '20200608T023900Z' };
const goDate = { 'x-sdk-date': '20060102T150405Z' };
const vpcs =
  '/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0';
const json = { 'content-type': 'application/json' };

const vectors: readonly Vector[] = [
  {
    source: 'A, Java SDK: Content-Type present, not signed',
    request: `GET ${vpcs}`,
    headers: { ...vpcHost, ...json },
    signed: ['host', 'x-sdk-date'],
    hash: '0e84e7853cf87931d965c80e83bffb15aa865326db3a6f57aa2560a7601dfe18',
    signature: 'fd95e7da6f695cfb4cabbb9d6b0968aec155bc576b064835282473539ae9ea1d',
  },
  {
    source: 'B, Java SDK: a body',
    request: 'POST /v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpc/123',
    headers: vpcHost,
    body: '{"key":"value"}',
    hash: '79be7a43859f485df125c417ebb8821754c7ed42f6742ce8b0fd74b2b303446d',
    signature: 'b5649aa774f6cac7437631662f08815fc65c70e40e486df6db2436ce68902771',
  },
  {
    source: 'C, Java SDK: an empty path',
    request: 'GET ',
    headers: { ...vpcHost, host: 'example.com' },
    signature: '919ad8b75d4ad49da0d377e63ee21c4a7a54b752f6bf2878b4adbe9c19927da6',
  },
  {
    source: 'D, Python SDK: a query',
    request: 'GET /resources?size=1',
    headers: pythonHost,
    signature: 'cfb4171acec81de07d50e53d57eb77edd537414d66ddb1d7d780f128e12cd842',
  },
  {
    source: 'E, Python SDK: a query and a body',
    request: 'POST /resources?size=1',
    headers: pythonHost,
    body: '{"name":"test","id":1}',
    signature: '436b1ac0a1ae03705934bb70ef2f2e09f7bfed2117d731a38235053199323a1f',
  },
  {
    source: 'F, API signing guide: Content-Type signed',
    request: `GET ${vpcs}`,
    headers: { ...json, ...vpcHost },
    // The sample key of the public guide.
    secretKey: 'MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc',
    hash: 'b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a',
    signature: '7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe',
  },
  {
    source: 'G, Go SDK: nothing but the date signed',
    request: 'GET /path?limit=1',
    headers: goDate,
    signature: '5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624',
  },
  {
    source: 'H, Go SDK: a body that ends in a newline',
    request: 'POST /path?key=value',
    headers: goDate,
    body: '{"Name":"test","Id":1}\n',
    signature: 'cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59',
  },
];

test.each(vectors)(
  '$source',
  ({
    request,
    headers,
    body = '',
    signed = Object.keys(headers),
    secretKey = 'SecretKey',
    hash,
    signature,
  }) => {
    const [method = '', url = ''] = request.split(' ');
    const received: ReceivedRequest = { method, url, headers, body: Buffer.from(body) };
    if (hash !== undefined) {
      expect(canonicalHash(received, signed)).toBe(hash);
    }
    expect(signatureOf(received, signed, secretKey)).toBe(signature);
  },
);

function hashOf(url: string, headers: Record<string, string> = {}): string {
  return canonicalHash(
    { method: 'GET', url, headers, body: Buffer.alloc(0) },
    Object.keys(headers),
  );
}

test('the order, the encoding and the final slash on the wire do not matter', () => {
  const expected = hashOf(
    '/a%20b/?enable=true&limit=1&multi=1&multi=2&path=%2Ftmp%2F123&test=%E4%B8%80%20%28%26%3D%3F%21%23%25.%2A%29',
  );
  const query =
    'test=%e4%b8%80%20(%26%3D%3F!%23%25.*)&multi=2&limit=1&multi=1&path=/tmp/123&enable=true';
  expect(hashOf(`/a%20b?${query}`)).toBe(expected);
  expect(hashOf('/a?k')).toBe(hashOf('/a?k='));
});

test('white space around a header value does not count, its content does', () => {
  expect(hashOf('/', { host: ' a ' })).toBe(hashOf('/', { host: 'a' }));
  expect(hashOf('/', { host: 'a' })).not.toBe(hashOf('/', { host: 'b' }));
});

test('Authorization is read in the documented form only', () => {
  const signature = 'a'.repeat(64);
  const header = `SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-sdk-date, Signature=${signature}`;
  expect(parseAuthorization(header)).toEqual({
    accessKey: 'AK',
    signedHeaders: ['host', 'x-sdk-date'],
    signature,
  });
  const malformed = [
    header.replace('SDK-HMAC-SHA256 ', 'SDK-HMAC-SHA256, '),
    header.replace('Access=AK, ', ''),
    header.replace('host;x-sdk-date', 'x-sdk-date;host'),
    header.replace('host;', 'Host;'),
    header.replace(signature, signature.toUpperCase()),
    `${header}a`,
    'Bearer x',
  ];
  expect(malformed.map(parseAuthorization)).toEqual(malformed.map(() => undefined));
});

test('X-Sdk-Date is read in the documented form only', () => {
  expect(parseSdkDate('20191115T033655Z')).toBe(Date.UTC(2019, 10, 15, 3, 36, 55));
  expect(
    ['2019-11-15T03:36:55Z', '20191115T033655', '20191332T250000Z', ''].map(parseSdkDate),
  ).toEqual([undefined, undefined, undefined, undefined]);
});
