import { readConnection } from '../../lib/kms/connection';
import { Secret } from '../../lib/secret';

const project = '0123456789abcdef0123456789ABCDEF';
const other = 'ffffffffffffffffffffffffffffffff';

const huawei = { HW_REGION_NAME: 'cn-north-4', HW_PROJECT_ID: project, HW_AUTH_TOKEN: 'hw-token' };
const telekom = { OS_REGION_NAME: 'eu-de', OS_TENANT_ID: other, OS_TOKEN: 'os-token', OS_CACERT: '/etc/otc.pem' };

test('reads HW_ variables by default, and none of the other cloud', () => {
  const connection = readConnection({}, { ...telekom, ...huawei });
  expect(connection.endpoint.host).toBe('kms.cn-north-4.myhuaweicloud.com');
  expect(connection.projectId).toBe(project);
  expect(connection.authToken.revealText()).toBe('hw-token');
  expect(connection).toMatchObject({ caFile: undefined, maxRetries: 5, maxRequestsPerSecond: 20 });
});

test('reads OS_ variables for opentelekomcloud, and none of the other cloud', () => {
  const connection = readConnection({ cloud: 'opentelekomcloud' }, { ...telekom, ...huawei });
  expect(connection.endpoint.host).toBe('kms.eu-de.otc.t-systems.com');
  expect(connection).toMatchObject({ projectId: other, caFile: '/etc/otc.pem' });
  expect(connection.authToken.revealText()).toBe('os-token');
});

test.each([
  ['huaweicloud', telekom],
  ['myhuaweicloud.eu', telekom],
  ['opentelekomcloud', huawei],
  ['otc.t-systems.com', huawei],
])('refuses to use the credentials of another cloud for %s', (cloud, env) => {
  expect(() => readConnection({ cloud, region: 'eu-de' }, env)).toThrow(expect.objectContaining({ attribute: 'project_id' }));
  expect(() => readConnection({ cloud, region: 'eu-de', projectId: project }, env)).toThrow(
    expect.objectContaining({ attribute: 'auth_token' }),
  );
});

test('lets the configuration win over the environment', () => {
  const connection = readConnection(
    { region: 'eu-west-101', projectId: other, authToken: Secret.fromText('given'), maxRetries: 0, maxRequestsPerSecond: 3 },
    { ...huawei, HW_MAX_RETRIES: '9' },
  );
  expect(connection.endpoint.host).toBe('kms.eu-west-101.myhuaweicloud.eu');
  expect(connection).toMatchObject({ projectId: other, maxRetries: 0, maxRequestsPerSecond: 3 });
  expect(connection.authToken.revealText()).toBe('given');
});

test('takes the domain suffix that HW_CLOUD holds, as the provider of that cloud does', () => {
  expect(readConnection({}, { ...huawei, HW_CLOUD: 'myhuaweicloud.eu' }).endpoint.host).toBe('kms.cn-north-4.myhuaweicloud.eu');
});

test('needs no region when the endpoint is given by hand', () => {
  const { endpoint } = readConnection({ kmsEndpoint: 'http://127.0.0.1:1' }, { HW_PROJECT_ID: project, HW_AUTH_TOKEN: 't' });
  expect(endpoint.href).toBe('http://127.0.0.1:1/');
});

test.each([
  [{}, { ...huawei, HW_REGION_NAME: '' }, 'region', /HW_REGION_NAME/],
  [{}, { ...huawei, HW_PROJECT_ID: undefined }, 'project_id', /HW_PROJECT_ID/],
  [{}, { ...huawei, HW_AUTH_TOKEN: undefined }, 'auth_token', /HW_AUTH_TOKEN/],
  [{ cloud: 'opentelekomcloud' }, { ...telekom, OS_TOKEN: '' }, 'auth_token', /OS_AUTH_TOKEN or OS_TOKEN/],
  [{ projectId: 'short' }, huawei, 'project_id', /"short"; allowed are 32/],
  [{ maxRetries: -1 }, huawei, 'max_retries', /-1; allowed is a whole number from 0/],
  [{}, { ...huawei, HW_MAX_RETRIES: 'many' }, 'max_retries', /NaN/],
  [{ maxRequestsPerSecond: 0.5 }, huawei, 'max_requests_per_second', /0.5/],
])('refuses %j with one sentence about the attribute', (config, env, attribute, message) => {
  expect(() => readConnection(config, env)).toThrow(
    expect.objectContaining({ code: 'ERR_CONFIGURATION', attribute, message: expect.stringMatching(message) }),
  );
});

test('drops the line feed that ends a token file, and refuses one inside without showing the token', () => {
  expect(readConnection({}, { ...huawei, HW_AUTH_TOKEN: 'token\n' }).authToken.revealText()).toBe('token');
  expect(() => readConnection({}, { ...huawei, HW_AUTH_TOKEN: 'to\nken' })).toThrow(
    expect.objectContaining({ attribute: 'auth_token', message: expect.not.stringMatching(/ken\b(?! holds| alone)/) }),
  );
});
