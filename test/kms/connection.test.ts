import { type Connection, readConnection } from '../../lib/kms/connection';
import { environmentVariables, providerSchema } from '../../lib/schema/provider';
import { Secret } from '../../lib/secret';

const project = '0123456789abcdef0123456789ABCDEF';
const other = 'ffffffffffffffffffffffffffffffff';

const huawei = { HW_REGION_NAME: 'cn-north-4', HW_PROJECT_ID: project, HW_AUTH_TOKEN: 'hw-token' };
const telekom = { OS_REGION_NAME: 'eu-de', OS_TENANT_ID: other, OS_TOKEN: 'os-token', OS_CACERT: '/etc/otc.pem' };

function tokenOf({ login }: Connection): string | undefined {
  return login.kind === 'token' ? login.authToken.revealText() : undefined;
}

test('reads HW_ variables by default, and none of the other cloud', () => {
  const connection = readConnection({}, { ...telekom, ...huawei });
  expect(connection.endpoint.host).toBe('kms.cn-north-4.myhuaweicloud.com');
  expect(connection.project).toEqual({ id: project });
  expect(tokenOf(connection)).toBe('hw-token');
  expect(connection).toMatchObject({ caFile: undefined, maxRetries: 5, maxRequestsPerSecond: 20 });
});

test('reads OS_ variables for opentelekomcloud, and none of the other cloud', () => {
  const connection = readConnection({ cloud: 'opentelekomcloud' }, { ...telekom, ...huawei });
  expect(connection.endpoint.host).toBe('kms.eu-de.otc.t-systems.com');
  expect(connection).toMatchObject({ project: { id: other }, caFile: '/etc/otc.pem' });
  expect(tokenOf(connection)).toBe('os-token');
});

test.each([
  ['huaweicloud', telekom],
  ['myhuaweicloud.eu', telekom],
  ['opentelekomcloud', huawei],
  ['otc.t-systems.com', huawei],
])('refuses to use the credentials of another cloud for %s', (cloud, env) => {
  expect(() => readConnection({ cloud, region: 'eu-de' }, env)).toThrow(expect.objectContaining({ attribute: 'auth_token' }));
  const { project: found } = readConnection({ cloud, region: 'eu-de', authToken: Secret.fromText('given') }, env);
  expect(found).toEqual({ name: 'eu-de' });
});

test('says which cloud would have the variables read that are set, and not what they hold', () => {
  const messageFor = (cloud: string | undefined, env: Record<string, string>) => {
    try {
      readConnection({ cloud, region: 'eu-de' }, env);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(messageFor(undefined, { OS_TOKEN: 'os-token' })).toMatch(/; OS_TOKEN is set, and is read when cloud is "opentelekomcloud"$/);
  expect(messageFor('opentelekomcloud', { HW_AUTH_TOKEN: 'hw-token' })).toMatch(
    /; HW_AUTH_TOKEN is set, and is read when cloud is "huaweicloud" or a relative of it$/,
  );
  expect(messageFor(undefined, { OS_TOKEN: 'os-token' })).not.toContain('os-token');
  expect(messageFor(undefined, { OS_TOKEN: 'os-token', HW_PROJECT_ID: project })).not.toContain('OS_TOKEN');
});

test('lets the configuration win over the environment', () => {
  const connection = readConnection(
    { region: 'eu-west-101', projectId: other, authToken: Secret.fromText('given'), maxRetries: 0, maxRequestsPerSecond: 3 },
    { ...huawei, HW_MAX_RETRIES: '9' },
  );
  expect(connection.endpoint.host).toBe('kms.eu-west-101.myhuaweicloud.eu');
  expect(connection).toMatchObject({ project: { id: other }, maxRetries: 0, maxRequestsPerSecond: 3 });
  expect(tokenOf(connection)).toBe('given');
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
  [{ kmsEndpoint: 'https://kms.example.com' }, { HW_AUTH_TOKEN: 't' }, 'project_id', /HW_PROJECT_ID/],
  [{ kmsEndpoint: 'http://127.0.0.1:1' }, { ...huawei, HW_PROJECT_ID: '' }, 'project_id', /HW_PROJECT_ID/],
  [{ enterpriseProjectId: 'sales' }, huawei, 'enterprise_project_id', /"sales"; allowed is "0" or/],
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
  expect(tokenOf(readConnection({}, { ...huawei, HW_AUTH_TOKEN: 'token\n' }))).toBe('token');
  expect(() => readConnection({}, { ...huawei, HW_AUTH_TOKEN: 'to\nken' })).toThrow(
    expect.objectContaining({ attribute: 'auth_token', message: expect.not.stringMatching(/ken\b(?! holds| alone)/) }),
  );
});

const password = { HW_REGION_NAME: 'eu-west-101', HW_USER_NAME: 'u', HW_USER_PASSWORD: 'p', HW_DOMAIN_NAME: 'd' };

test('asks IAM only for what is not known: a token by password, or the id of a project', () => {
  expect(readConnection({}, huawei).authUrl).toBeUndefined();
  expect(readConnection({}, { ...huawei, HW_PROJECT_ID: '' }).authUrl?.href).toBe('https://iam.cn-north-4.myhuaweicloud.com/v3');
  const connection = readConnection({ projectId: project }, password);
  expect(connection.authUrl?.href).toBe('https://iam.myhuaweicloud.eu/v3');
  expect(connection.project).toEqual({ id: project });
});

test('a project is named after the region unless another name is given', () => {
  expect(readConnection({}, password).project).toEqual({ name: 'eu-west-101' });
  expect(readConnection({}, { ...password, HW_PROJECT_NAME: 'eu-west-101_payments' }).project).toEqual({ name: 'eu-west-101_payments' });
  const os = { OS_REGION: 'eu-de', OS_TENANT_NAME: 'eu-de_x', OS_USERNAME: 'u', OS_PASSWORD: 'p', OS_USER_DOMAIN_NAME: 'd' };
  const connection = readConnection({ cloud: 'opentelekomcloud' }, os);
  expect(connection).toMatchObject({ project: { name: 'eu-de_x' }, login: { kind: 'password', userName: 'u', domainName: 'd' } });
  expect(connection.authUrl?.href).toBe('https://iam.eu-de.otc.t-systems.com/v3');
});

test('never sends a password for an emulator to the IAM of a real cloud', () => {
  expect(() => readConnection({ kmsEndpoint: 'http://127.0.0.1:1' }, password)).toThrow(
    expect.objectContaining({ code: 'ERR_CONFIGURATION', attribute: 'auth_url', message: expect.stringContaining('HW_AUTH_URL') }),
  );
  const authUrl = 'http://127.0.0.1:1/v3';
  expect(readConnection({ kmsEndpoint: 'http://127.0.0.1:1', authUrl }, password).authUrl?.href).toBe(authUrl);
});

test('refuses plain http to an IAM elsewhere, also from the environment', () => {
  expect(() => readConnection({}, { ...password, HW_AUTH_URL: 'http://iam.example.com/v3' })).toThrow(
    expect.objectContaining({ attribute: 'auth_url', message: expect.stringContaining('could read the login') }),
  );
});

test('an empty text in the configuration counts as left out', () => {
  expect(tokenOf(readConnection({ authToken: Secret.fromText(''), projectId: '', cloud: '' }, huawei))).toBe('hw-token');
});

test('the documentation of every attribute names its variables', () => {
  for (const [attribute, { HW, OS }] of Object.entries(environmentVariables)) {
    const { description } = providerSchema.attributes[attribute as keyof typeof environmentVariables];
    expect([...HW, ...OS].filter((name) => !description.includes(`\`${name}\``))).toEqual([]);
  }
});
