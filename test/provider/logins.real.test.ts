/**
 * Every login under the real terraform: a whole life of a key, from the provider block and from the
 * environment, and no secret left.
 */
import { randomBytes } from 'node:crypto';
import { holdsMaterial } from '../support/emulated-key';
import { type Emulator, startEmulator } from '../support/emulator';
import { filesBelow, findLeaks, needlesOf } from '../support/leak-scanner';
import type { TerraformWorkspace } from '../support/terraform-workspace';
import { keyWithMaterial, workspaceWith } from './workbench';

let emulator: Emulator;
const workspaces: TerraformWorkspace[] = [];

beforeAll(async () => {
  emulator = await startEmulator({ projectName: 'eu-de' });
});

afterAll(() => emulator.close());

beforeEach(() => emulator.clearCalls());

afterEach(() => {
  for (const workspace of workspaces.splice(0)) {
    workspace.remove();
  }
});

/** Values by attribute; those whose name says so are secret. */
type LoginBlock = Readonly<Record<string, string>>;

const isSecret = (attribute: string) => /token|password|secret/.test(attribute);

const logins: Readonly<Record<string, () => LoginBlock>> = {
  'a token': () => ({ auth_token: emulator.authToken }),
  'a password': () => ({
    user_name: emulator.userName,
    password: emulator.password,
    domain_name: emulator.domainName,
  }),
  'an access key': () => ({ access_key: emulator.accessKey, secret_key: emulator.secretKey }),
  'a temporary access key': () => {
    const { accessKey, secretKey, securityToken } = emulator.temporaryCredentials;
    return { access_key: accessKey, secret_key: secretKey, security_token: securityToken };
  },
};

const variables: Readonly<Record<string, string>> = {
  auth_token: 'HW_AUTH_TOKEN',
  user_name: 'HW_USER_NAME',
  password: 'HW_USER_PASSWORD',
  domain_name: 'HW_DOMAIN_NAME',
  access_key: 'HW_ACCESS_KEY',
  secret_key: 'HW_SECRET_KEY',
  security_token: 'HW_SECURITY_TOKEN',
};

const endpoints = () =>
  `  kms_endpoint = "${emulator.url}"\n  auth_url     = "${emulator.authUrl}"\n  region       = "eu-de"`;

/** Credentials in the provider block, from ephemeral variables. */
async function withBlock(login: LoginBlock, body: string): Promise<TerraformWorkspace> {
  const attributes = Object.keys(login);
  const env = Object.fromEntries(
    Object.entries(login).map(([name, value]) => [`TF_VAR_${name}`, value]),
  );
  const declared = attributes.map(
    (name) =>
      `variable "${name}" {\n  type      = string\n  ephemeral = true\n  sensitive = ${isSecret(name)}\n}\n`,
  );
  return prepared(
    env,
    [endpoints(), ...attributes.map((name) => `  ${name} = var.${name}`)].join('\n'),
    declared.join('') + body,
  );
}

/** Credentials in the environment; the provider block says where, and nothing about who. */
async function withEnvironment(login: LoginBlock, body: string): Promise<TerraformWorkspace> {
  const env = Object.fromEntries(
    Object.entries(login).map(([name, value]) => [variables[name] ?? name, value]),
  );
  return prepared(env, endpoints(), body);
}

async function prepared(
  env: Readonly<Record<string, string>>,
  provider: string,
  body: string,
): Promise<TerraformWorkspace> {
  const workspace = await workspaceWith(env);
  workspaces.push(workspace);
  workspace.configure(provider, body);
  return workspace;
}

let aliases = 0;

test.each([
  ...Object.keys(logins).map((name) => [name, 'the provider block', withBlock] as const),
  ...Object.keys(logins).map((name) => [name, 'the environment', withEnvironment] as const),
])(
  'with %s from %s, a key lives its whole life, and no secret is in log, state or plan',
  async (name, _place, prepare) => {
    const login = logins[name]?.() ?? {};
    aliases += 1;
    const workspace = await prepare(login, keyWithMaterial(`login-${aliases}`));
    const material = randomBytes(32);
    workspace.write('orders.key', material.toString('base64'));
    Object.assign(workspace.env, { TF_LOG: 'TRACE', TF_LOG_PATH: 'trace.log' });
    const plan = await workspace.plan('-out', 'tfplan');
    const apply = await workspace.terraform(['apply', '-no-color', 'tfplan']);
    expect([plan.code, apply.code]).toEqual([2, 0]);
    expect(
      await holdsMaterial(
        emulator,
        String(workspace.attributes('byok_key_material').key_id),
        material,
      ),
    ).toBe(true);
    const again = await workspace.plan();
    expect(again.code).toBe(0);
    const destroy = await workspace.destroy();
    expect(destroy.code).toBe(0);

    const needles = Object.entries(login)
      .filter(([attribute]) => isSecret(attribute))
      .flatMap(([attribute, value]) => needlesOf(attribute, value));
    const outputs = [plan, apply, again, destroy].map(({ output }, index) => ({
      name: `output ${index}`,
      content: Buffer.from(output),
    }));
    const places = [...filesBelow(workspace.folder, ['orders.key']), ...outputs];
    expect(places.find((place) => place.name === 'trace.log')?.content.length).toBeGreaterThan(
      10_000,
    );
    expect(findLeaks(places, needles)).toEqual([]);
  },
);

test('a login in the provider block wins over another one in the environment', async () => {
  const workspace = await withBlock(
    logins['an access key']?.() ?? {},
    keyWithMaterial('block-wins'),
  );
  Object.assign(workspace.env, { HW_AUTH_TOKEN: 'of-somebody-else' });
  expect((await workspace.plan()).code).toBe(2);
});

describe('fails in one sentence that names what to check', () => {
  const wrong: [string, () => LoginBlock, string[]][] = [
    [
      'a wrong password',
      () => ({ ...logins['a password']?.(), password: 'correct horse battery' }),
      [
        'Auth-tokens answered 401',
        'check the login (user_name, password and domain_name, or HW_USER_NAME, HW_USER_PASSWORD and HW_DOMAIN_NAME',
      ],
    ],
    [
      'an unknown access key',
      () => ({ access_key: 'NOBODYSACCESSKEY0000', secret_key: 'correct horse battery' }),
      [
        '401 APIGW.0301',
        'ak not exist',
        'check the login (access_key and secret_key, or HW_ACCESS_KEY and HW_SECRET_KEY',
      ],
    ],
    [
      'a wrong secret key',
      () => ({ access_key: emulator.accessKey, secret_key: 'correct horse battery' }),
      [
        '401 APIGW.0301',
        'verify aksk signature fail',
        'check the login (access_key and secret_key',
      ],
    ],
    [
      'a wrong security token',
      () => ({ ...logins['a temporary access key']?.(), security_token: 'correct-horse-battery' }),
      ['401 APIGW.0301', 'check the login (access_key and secret_key'],
    ],
    [
      'a wrong token',
      () => ({ auth_token: 'correct-horse-battery' }),
      ['401', 'check the login (auth_token, or HW_AUTH_TOKEN'],
    ],
    [
      'a password without a user',
      () => ({ password: 'correct horse battery' }),
      [
        'user_name is not set, although password is; give it there or in the environment variable HW_USER_NAME',
      ],
    ],
    [
      'two logins at once',
      () => ({ ...logins['a token']?.(), ...logins['an access key']?.() }),
      ['given together; give only one login', 'auth_token'],
    ],
    [
      'no login',
      () => ({}),
      [
        'auth_token is not set, nor is any other login',
        'HW_USER_NAME, HW_USER_PASSWORD and HW_DOMAIN_NAME',
      ],
    ],
  ];

  test.each(wrong)('%s', async (_name, login, sentences) => {
    const workspace = await withBlock(login(), 'data "byok_keys" "all" {}');
    Object.assign(workspace.env, { TF_LOG: 'TRACE', TF_LOG_PATH: 'trace.log' });
    const plan = await workspace.plan();
    expect(plan.code).toBe(1);
    for (const sentence of sentences) {
      expect(plan.text.toLowerCase()).toContain(sentence.toLowerCase());
    }
    expect(
      findLeaks(
        [...filesBelow(workspace.folder), { name: 'output', content: Buffer.from(plan.output) }],
        needlesOf('it', 'horse'),
      ),
    ).toEqual([]);
  });

  test('an IAM that does not follow from a KMS on this machine', async () => {
    const login = logins['a password']?.() ?? {};
    const env = Object.fromEntries(
      Object.entries(login).map(([name, value]) => [variables[name] ?? name, value]),
    );
    const workspace = await prepared(
      { ...env, HW_REGION_NAME: 'eu-de' },
      `  kms_endpoint = "${emulator.url}"`,
      'data "byok_keys" "all" {}',
    );
    const plan = await workspace.plan();
    expect(plan.code).toBe(1);
    expect(plan.text).toContain(
      'auth_url is not set: give the URL of the IAM that checks the password',
    );
  });
});

describe('KMS_ENDPOINT', () => {
  const look = 'data "byok_keys" "all" {}';
  const login = () => ({ HW_AUTH_TOKEN: emulator.authToken, HW_PROJECT_ID: emulator.projectId });

  test('is the endpoint of an empty provider block, and the block wins over it', async () => {
    const workspace = await prepared({ ...login(), KMS_ENDPOINT: emulator.url }, '', look);
    expect((await workspace.plan()).code).toBe(0);
    expect(emulator.calls().map(({ operation }) => operation)).toEqual(['list-keys']);
    workspace.configure(`  kms_endpoint = "${emulator.url}"`, look);
    Object.assign(workspace.env, { KMS_ENDPOINT: 'http://127.0.0.1:9' });
    expect((await workspace.plan()).code).toBe(0);
    workspace.configure('', look);
    Object.assign(workspace.env, { KMS_ENDPOINT: 'http://kms.example.com', HW_INSECURE: 'true' });
    const refused = await workspace.plan();
    expect(refused.code).toBe(1);
    expect(refused.text).toContain('it comes from the environment variable KMS_ENDPOINT');
  });

  test('what has no effect in the environment is said in the plan', async () => {
    const workspace = await prepared(
      { ...login(), KMS_ENDPOINT: emulator.url, HW_INSECURE: 'true' },
      '',
      look,
    );
    const plan = await workspace.plan();
    expect(plan.code).toBe(0);
    expect(plan.text).toContain(
      'HW_INSECURE is set and not supported: certificates are always verified',
    );
  });
});
