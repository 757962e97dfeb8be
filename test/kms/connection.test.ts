import { type Connection, readConnection as read } from '../../lib/kms/connection';
import { wording } from '../../lib/provider/wording';
import { providerSchema } from '../../lib/schema/provider';
import { Secret } from '../../lib/secret';
import { type EnvironmentSetting, environmentVariables } from '../../lib/terms/connection';

const readConnection = (config: Parameters<typeof read>[0], env: Parameters<typeof read>[1]) =>
  read(config, env, wording);

const project = '0123456789abcdef0123456789ABCDEF';
const other = 'ffffffffffffffffffffffffffffffff';

const huawei = { HW_REGION_NAME: 'cn-north-4', HW_PROJECT_ID: project, HW_AUTH_TOKEN: 'hw-token' };
const telekom = {
  OS_REGION_NAME: 'eu-de',
  OS_TENANT_ID: other,
  OS_TOKEN: 'os-token',
  OS_CACERT: '/etc/otc.pem',
};

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
  expect(() => readConnection({ cloud, region: 'eu-de' }, env)).toThrow(
    expect.objectContaining({ attribute: 'auth_token' }),
  );
  const { project: found } = readConnection(
    { cloud, region: 'eu-de', authToken: Secret.fromText('given') },
    env,
  );
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
  expect(messageFor(undefined, { OS_TOKEN: 'os-token' })).toMatch(
    /; OS_TOKEN is set, and is read when cloud is "opentelekomcloud"$/,
  );
  expect(messageFor('opentelekomcloud', { HW_AUTH_TOKEN: 'hw-token' })).toMatch(
    /; HW_AUTH_TOKEN is set, and is read when cloud is "huaweicloud" or a relative of it$/,
  );
  expect(messageFor(undefined, { OS_TOKEN: 'os-token' })).not.toContain('os-token');
  expect(messageFor(undefined, { OS_TOKEN: 'os-token', HW_PROJECT_ID: project })).not.toContain(
    'OS_TOKEN',
  );
});

test.each<[object, Record<string, string>, string]>([
  [
    { cloud: 'prod-cloud-ocb.orange-business.com' },
    { OS_REGION_NAME: 'eu-west-0', OS_ACCESS_KEY: 'A', OS_SECRET_KEY: 'B' },
    'OS_REGION_NAME',
  ],
  [{ cloud: 'myhuaweicloud.eu' }, { OS_AUTH_TOKEN: 't' }, 'OS_AUTH_TOKEN'],
  [{}, { HW_CLOUD: 'prod-cloud-ocb.orange-business.com', OS_ACCESS_KEY: 'A' }, 'OS_ACCESS_KEY'],
  [
    { cloud: 'prod-cloud-ocb.orange-business.com', kmsEndpoint: 'http://127.0.0.1:1' },
    { HW_MAX_RETRIES: '3', OS_ACCESS_KEY: 'A' },
    'OS_ACCESS_KEY',
  ],
  // What belongs to no cloud, or is the other one's in name only, says nothing.
  [
    { cloud: 'prod-cloud-ocb.orange-business.com', kmsEndpoint: 'http://127.0.0.1:1' },
    { KMS_ENDPOINT: 'http://127.0.0.1:2', OS_TOKEN: 't' },
    'OS_TOKEN',
  ],
])(
  'whoever named the cloud %j with %j is told of its variables and sent to no other cloud',
  (config, env, name) => {
    const said = messageOf(config, env);
    expect(said).toContain(`${name} is set and not read: for cloud "`);
    expect(said).toMatch(/the variables begin with HW_$/);
    expect(said).toMatch(/HW_REGION_NAME|HW_AUTH_TOKEN/);
    expect(said).not.toContain('opentelekomcloud"');
  },
);

test('names only the variables that are set when two logins are', () => {
  const federated = { ...telekom, OS_ACCESS_KEY: 'A', OS_SECRET_KEY: 'B', OS_SECURITY_TOKEN: 'C' };
  const said = messageOf({ cloud: 'opentelekomcloud' }, federated);
  expect(said).toContain(
    'OS_TOKEN, OS_ACCESS_KEY, OS_SECRET_KEY and OS_SECURITY_TOKEN are set together',
  );
  expect(said).not.toContain('OS_AUTH_TOKEN');
  expect(
    messageOf({ cloud: 'opentelekomcloud' }, { ...federated, OS_AUTH_TOKEN: 'other' }),
  ).toContain('unset OS_AUTH_TOKEN and OS_TOKEN, or');
});

test.each([
  ['opentelekomcloud', 'OS_PROJECT_NAME', 'eu-de_team', 'kms.eu-de.otc.t-systems.com'],
  ['opentelekomcloud', 'OS_TENANT_NAME', 'eu-nl', 'kms.eu-nl.otc.t-systems.com'],
  ['opentelekomcloud', 'OS_PROJECT_NAME', 'eu-ch2_a_b', 'kms.eu-ch2.sc.otc.t-systems.com'],
  [
    'huaweicloud',
    'HW_PROJECT_NAME',
    'my-kualalumpur-1_x',
    'kms.my-kualalumpur-1.myhuaweicloud.com',
  ],
  ['huaweicloud', 'HW_PROJECT_NAME', 'eu-west-101_payments', 'kms.eu-west-101.myhuaweicloud.eu'],
])('%s: the project name in %s, %s, tells the region', (cloud, name, project, host) => {
  const token = cloud === 'huaweicloud' ? { HW_AUTH_TOKEN: 't' } : { OS_AUTH_TOKEN: 't' };
  expect(readConnection({ cloud }, { ...token, [name]: project })).toMatchObject({
    endpoint: { host },
    project: { name: project },
  });
  expect(readConnection({ cloud, projectName: project }, token).endpoint.host).toBe(host);
  expect(
    readConnection({ cloud, region: 'eu-x-9' }, { ...token, [name]: project }).endpoint.host,
  ).toMatch(/^kms\.eu-x-9\./);
});

test.each([
  'payments',
  'my-project',
  'eu',
  'EU-DE_team',
  'eu-de-team',
  'eu-west-101x',
  'evil.example/eu-de',
  'eu-de team',
])('the project name "%s" tells no region', (projectName) => {
  expect(messageOf({ projectName }, { HW_AUTH_TOKEN: 't' })).toMatch(/^region is not set/);
});

test.each([
  ['HW', 'HW_PROFILE', 'profiles of a shared configuration file are not read'],
  ['HW', 'HW_SHARED_CONFIG_FILE', 'profiles of a shared configuration file are not read'],
  ['HW', 'HW_ASSUME_ROLE_AGENCY_NAME', 'we do not assume roles or agencies'],
  ['HW', 'HW_ASSUME_ROLE_DOMAIN_NAME', 'we do not assume roles or agencies'],
  ['HW', 'HW_USER_ID', 'give the user by HW_USER_NAME'],
  ['OS', 'OS_CLOUD', 'clouds.yaml is not read'],
  ['OS', 'OS_USER_ID', 'give the user by OS_USERNAME'],
  ['OS', 'OS_DEFAULT_DOMAIN', 'give the account by OS_USER_DOMAIN_NAME'],
  ['OS', 'OS_PASSCODE', 'a login with a second factor is not supported'],
  ['OS', 'OS_AGENCY_NAME', 'we do not assume roles or agencies'],
  ['OS', 'OS_IDENTITY_PROVIDER', 'a federated login is not supported: fetch a token'],
  ['OS', 'OS_AUTH_TYPE', 'the login follows from the variables that are set'],
])(
  '%s: says of %s that it is seen and not supported, and not what it holds',
  (family, name, instead) => {
    const cloud = family === 'HW' ? undefined : 'opentelekomcloud';
    const said = messageOf({ cloud, region: 'eu-de' }, { [name]: 'its-value' });
    expect(said).toContain(`${name} is set and not supported: ${instead}`);
    expect(said).not.toContain('its-value');
    expect(
      messageOf(
        { cloud: family === 'HW' ? 'opentelekomcloud' : undefined, region: 'eu-de' },
        { [name]: 'its-value' },
      ),
    ).not.toContain(name);
    // Without anything missing there is nothing to explain.
    expect(
      messageOf(
        { cloud, region: 'eu-de', maxRetries: -1, authToken: Secret.fromText('t') },
        { [name]: 'its-value' },
      ),
    ).not.toContain(name);
  },
);

test('remarks on what asks for something else than what happens, also when nothing is missing', () => {
  const remarksOn = (env: Record<string, string>) =>
    readConnection({}, { ...huawei, ...env }).remarks;
  expect(remarksOn({ HW_INSECURE: 'true' })).toEqual([
    expect.stringMatching(
      /^HW_INSECURE is set and not supported: certificates are always verified/,
    ),
  ]);
  expect(remarksOn({ HW_ASSUME_ROLE_DOMAIN_NAME: 'd', HW_ASSUME_ROLE_AGENCY_NAME: 'a' })).toEqual([
    expect.stringMatching(
      /^HW_ASSUME_ROLE_AGENCY_NAME and HW_ASSUME_ROLE_DOMAIN_NAME are set and not supported: /,
    ),
  ]);
  expect(
    remarksOn({ HW_INSECURE: 'false', HW_PROFILE: 'p', HW_USER_ID: 'u', OS_INSECURE: '1' }),
  ).toEqual([]);
  const { remarks } = readConnection(
    { cloud: 'opentelekomcloud' },
    { ...telekom, OS_INSECURE: 'TRUE' },
  );
  expect(remarks).toEqual([expect.stringContaining('OS_INSECURE')]);
  const remarksOnLogin = (env: Record<string, string>) =>
    readConnection({ cloud: 'opentelekomcloud' }, { ...telekom, ...env }).remarks;
  expect(
    remarksOnLogin({ OS_AUTH_TYPE: 'v3oidcpassword', OS_IDENTITY_PROVIDER: 'corporate' }),
  ).toEqual([
    expect.stringMatching(/^OS_AUTH_TYPE is set and not supported: the login follows/),
    expect.stringMatching(/^OS_IDENTITY_PROVIDER is set and not supported: a federated login/),
  ]);
  expect(remarksOnLogin({ OS_AUTH_TYPE: 'v3token' })).toEqual([]);
});

describe('KMS_ENDPOINT', () => {
  const local = 'http://127.0.0.1:4010';

  test.each([
    [{}, huawei],
    [{ cloud: 'opentelekomcloud' }, telekom],
    [{ kmsEndpoint: '' }, huawei],
  ])('is read for every cloud: %j', (config, env) => {
    expect(readConnection(config, { ...env, KMS_ENDPOINT: local }).endpoint.href).toBe(`${local}/`);
    expect(readConnection(config, { ...env, KMS_ENDPOINT: '' }).endpoint.protocol).toBe('https:');
  });

  test('is below the setting itself, and above what follows from the region', () => {
    const config = { kmsEndpoint: 'https://kms.example.com' };
    expect(readConnection(config, { ...huawei, KMS_ENDPOINT: local }).endpoint.host).toBe(
      'kms.example.com',
    );
    expect(
      readConnection({ region: 'eu-west-101' }, { ...huawei, KMS_ENDPOINT: local }).endpoint.href,
    ).toBe(`${local}/`);
  });

  test('is plain http on loopback only, and says where it stands', () => {
    expect(messageOf({}, { ...huawei, KMS_ENDPOINT: 'http://10.0.0.1' })).toMatch(
      /^kms_endpoint "http:\/\/10.0.0.1" is plain http .*; it comes from the environment variable KMS_ENDPOINT$/,
    );
    expect(
      messageOf({ kmsEndpoint: 'http://10.0.0.1' }, { ...huawei, KMS_ENDPOINT: local }),
    ).not.toContain('KMS_ENDPOINT');
  });

  test('sends no password for an emulator to the IAM of a real cloud', () => {
    expect(messageOf({}, { ...password, KMS_ENDPOINT: local })).toMatch(/^auth_url is not set/);
  });
});

function messageOf(
  config: Parameters<typeof readConnection>[0],
  env: Record<string, string | undefined>,
): string {
  try {
    readConnection(config, env);
    return '';
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_CONFIGURATION' });
    return (error as Error).message;
  }
}

test('lets the configuration win over the environment', () => {
  const connection = readConnection(
    {
      region: 'eu-west-101',
      projectId: other,
      authToken: Secret.fromText('given'),
      maxRetries: 0,
      maxRequestsPerSecond: 3,
    },
    { ...huawei, HW_MAX_RETRIES: '9' },
  );
  expect(connection.endpoint.host).toBe('kms.eu-west-101.myhuaweicloud.eu');
  expect(connection).toMatchObject({
    project: { id: other },
    maxRetries: 0,
    maxRequestsPerSecond: 3,
  });
  expect(tokenOf(connection)).toBe('given');
});

test('takes the domain suffix that HW_CLOUD holds, as the provider of that cloud does', () => {
  expect(readConnection({}, { ...huawei, HW_CLOUD: 'myhuaweicloud.eu' }).endpoint.host).toBe(
    'kms.cn-north-4.myhuaweicloud.eu',
  );
});

test('needs no region when the endpoint is given by hand', () => {
  const { endpoint } = readConnection(
    { kmsEndpoint: 'http://127.0.0.1:1' },
    { HW_PROJECT_ID: project, HW_AUTH_TOKEN: 't' },
  );
  expect(endpoint.href).toBe('http://127.0.0.1:1/');
});

test.each([
  [{}, { ...huawei, HW_REGION_NAME: '' }, 'region', /HW_REGION_NAME/],
  [
    { kmsEndpoint: 'https://kms.example.com' },
    { HW_AUTH_TOKEN: 't' },
    'project_id',
    /HW_PROJECT_ID/,
  ],
  [
    { kmsEndpoint: 'http://127.0.0.1:1' },
    { ...huawei, HW_PROJECT_ID: '' },
    'project_id',
    /HW_PROJECT_ID/,
  ],
  [{ enterpriseProjectId: 'sales' }, huawei, 'enterprise_project_id', /"sales"; allowed is "0" or/],
  [{}, { ...huawei, HW_AUTH_TOKEN: undefined }, 'auth_token', /HW_AUTH_TOKEN/],
  [
    { cloud: 'opentelekomcloud' },
    { ...telekom, OS_TOKEN: '' },
    'auth_token',
    /OS_AUTH_TOKEN or OS_TOKEN/,
  ],
  [{ projectId: 'short' }, huawei, 'project_id', /"short"; allowed are 32/],
  [{ maxRetries: -1 }, huawei, 'max_retries', /-1; allowed is a whole number from 0/],
  [
    {},
    { ...huawei, HW_MAX_RETRIES: 'many' },
    'max_retries',
    /^HW_MAX_RETRIES is "many"; allowed is a whole number from 0 to 100$/,
  ],
  [{}, { ...huawei, HW_MAX_RETRIES: '101' }, 'max_retries', /^HW_MAX_RETRIES is "101"; allowed/],
  [{ maxRequestsPerSecond: 0.5 }, huawei, 'max_requests_per_second', /0.5/],
])('refuses %j with one sentence about the attribute', (config, env, attribute, message) => {
  expect(() => readConnection(config, env)).toThrow(
    expect.objectContaining({
      code: 'ERR_CONFIGURATION',
      attribute,
      message: expect.stringMatching(message),
    }),
  );
});

test('drops the line feed that ends a token file, and refuses one inside without showing the token', () => {
  expect(tokenOf(readConnection({}, { ...huawei, HW_AUTH_TOKEN: 'token\n' }))).toBe('token');
  expect(() => readConnection({}, { ...huawei, HW_AUTH_TOKEN: 'to\nken' })).toThrow(
    expect.objectContaining({
      attribute: 'auth_token',
      message: expect.not.stringMatching(/ken\b(?! holds| alone)/),
    }),
  );
});

const password = {
  HW_REGION_NAME: 'eu-west-101',
  HW_USER_NAME: 'u',
  HW_USER_PASSWORD: 'p',
  HW_DOMAIN_NAME: 'd',
};

test('asks IAM only for what is not known: a token by password, or the id of a project', () => {
  expect(readConnection({}, huawei).authUrl).toBeUndefined();
  expect(readConnection({}, { ...huawei, HW_PROJECT_ID: '' }).authUrl?.href).toBe(
    'https://iam.cn-north-4.myhuaweicloud.com/v3',
  );
  const connection = readConnection({ projectId: project }, password);
  expect(connection.authUrl?.href).toBe('https://iam.myhuaweicloud.eu/v3');
  expect(connection.project).toEqual({ id: project });
});

test('a project is named after the region unless another name is given', () => {
  expect(readConnection({}, password).project).toEqual({ name: 'eu-west-101' });
  expect(
    readConnection({}, { ...password, HW_PROJECT_NAME: 'eu-west-101_payments' }).project,
  ).toEqual({ name: 'eu-west-101_payments' });
  const os = {
    OS_REGION: 'eu-de',
    OS_TENANT_NAME: 'eu-de_x',
    OS_USERNAME: 'u',
    OS_PASSWORD: 'p',
    OS_USER_DOMAIN_NAME: 'd',
  };
  const connection = readConnection({ cloud: 'opentelekomcloud' }, os);
  expect(connection).toMatchObject({
    project: { name: 'eu-de_x' },
    login: { kind: 'password', userName: 'u', domainName: 'd' },
  });
  expect(connection.authUrl?.href).toBe('https://iam.eu-de.otc.t-systems.com/v3');
});

test('never sends a password for an emulator to the IAM of a real cloud', () => {
  expect(() => readConnection({ kmsEndpoint: 'http://127.0.0.1:1' }, password)).toThrow(
    expect.objectContaining({
      code: 'ERR_CONFIGURATION',
      attribute: 'auth_url',
      message: expect.stringContaining('HW_AUTH_URL'),
    }),
  );
  const authUrl = 'http://127.0.0.1:1/v3';
  expect(
    readConnection({ kmsEndpoint: 'http://127.0.0.1:1', authUrl }, password).authUrl?.href,
  ).toBe(authUrl);
});

test('refuses plain http to an IAM elsewhere, also from the environment', () => {
  expect(() =>
    readConnection({}, { ...password, HW_AUTH_URL: 'http://iam.example.com/v3' }),
  ).toThrow(
    expect.objectContaining({
      attribute: 'auth_url',
      message: expect.stringContaining('could read the login'),
    }),
  );
});

test('an empty text in the configuration counts as left out', () => {
  expect(
    tokenOf(readConnection({ authToken: Secret.fromText(''), projectId: '', cloud: '' }, huawei)),
  ).toBe('hw-token');
});

test('the documentation of every attribute names its variables', () => {
  for (const [setting, { HW, OS }] of Object.entries(environmentVariables)) {
    const { description } =
      providerSchema.attributes[
        wording.name(setting as EnvironmentSetting) as keyof typeof providerSchema.attributes
      ];
    expect([...HW, ...OS].filter((name) => !description.includes(`\`${name}\``))).toEqual([]);
  }
});
