/**
 * Rule 12, for every login: when it works, when it is refused, when the other side sends it back,
 * and when the provider dies.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyWithMaterial } from '../provider/workbench';
import { filesBelow } from '../support/leak-scanner';
import { preloading } from '../support/preloading-node';
import type { InterceptedRequest } from '../support/recording-proxy';
import type { Run, TerraformWorkspace } from '../support/terraform-workspace';
import { LeakWatch, tracedWorkspace } from './leak-watch';

let watch: LeakWatch;
let workspace: TerraformWorkspace;
/** Holds what the user has, and what makes the provider die; not searched. */
let outside: string;

beforeEach(async () => {
  watch = await LeakWatch.start({
    projectName: 'eu-de',
    token: randomBytes(150).toString('base64'),
  });
  outside = mkdtempSync(join(tmpdir(), 'byok-outside-'));
  workspace = tracedWorkspace();
});

afterEach(async () => {
  workspace.remove();
  rmSync(outside, { recursive: true, force: true });
  await watch.close();
});

interface Login {
  readonly attributes: Readonly<Record<string, string>>;
  /** The one that is wrong when the login is refused. */
  readonly secret: string;
}

const logins: Readonly<Record<string, () => Login>> = {
  'a token': () => ({ attributes: { auth_token: watch.emulator.authToken }, secret: 'auth_token' }),
  'a password': () => {
    const { userName, password, domainName } = watch.emulator;
    return {
      attributes: { user_name: userName, password, domain_name: domainName },
      secret: 'password',
    };
  },
  'an access key': () => {
    const { accessKey, secretKey } = watch.emulator;
    return { attributes: { access_key: accessKey, secret_key: secretKey }, secret: 'secret_key' };
  },
  'a temporary access key': () => {
    const { accessKey, secretKey, securityToken } = watch.emulator.temporaryCredentials;
    return {
      attributes: { access_key: accessKey, secret_key: secretKey, security_token: securityToken },
      secret: 'security_token',
    };
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

type Place = 'the provider block' | 'the environment';

/** Declares a key with material, and the login in one of its two places. */
async function declare({ attributes }: Login, place: Place): Promise<void> {
  const material = randomBytes(32);
  watch.keeps({ material });
  const file = join(outside, 'orders.key');
  writeFileSync(file, material.toString('base64'));
  const inBlock = place === 'the provider block';
  const names = inBlock ? Object.keys(attributes) : [];
  const declared = names.map(
    (name) => `variable "${name}" {\n  type = string\n  ephemeral = true\n  sensitive = true\n}\n`,
  );
  const endpoints = `  kms_endpoint = "${watch.proxy.url}"\n  auth_url = "${watch.proxy.url}/v3"\n  region = "eu-de"\n  max_retries = 0\n`;
  const block = endpoints + names.map((name) => `  ${name} = var.${name}`).join('\n');
  workspace.configure(
    block,
    declared.join('') + keyWithMaterial('orders').replace('"orders.key"', `"${file}"`),
  );
  logInWith(attributes, place);
  await terraform(0, 'init', '-no-color');
}

/** Sets both places; only the one that is declared counts. */
function logInWith(attributes: Login['attributes'], place: Place): void {
  for (const [name, value] of Object.entries(attributes)) {
    workspace.env[place === 'the provider block' ? `TF_VAR_${name}` : (variables[name] ?? name)] =
      value;
  }
}

function terraform(expectedCode: number, ...args: string[]): Promise<Run> {
  return watch.run(`terraform ${args.join(' ')}`, expectedCode, workspace.terraform(args));
}

const apply = (expectedCode: number) =>
  terraform(expectedCode, 'apply', '-no-color', '-auto-approve');

function expectNoLeak(control: Readonly<Record<string, string>> = {}): void {
  watch.expectNoLeak(filesBelow(workspace.folder), {
    'trace.log': 'serving provider byok',
    ...control,
  });
}

/** As gateways do that mean well: what came in stands in the answer. */
const echoes: readonly ((request: InterceptedRequest) => string)[] = [
  ({ headers, body }) => `<html>Bad request: ${body} ${JSON.stringify(headers)}</html>`,
  (request) => refusal(`${secretsIn(request).join(' ')} is not valid`),
  (request) =>
    refusal(
      secretsIn(request)
        .map((secret) => `${secret.slice(0, 90)}...`)
        .join(' '),
    ),
];

const refusal = (message: string) =>
  JSON.stringify({ error: { error_code: 'KMS.0303', error_msg: message } });

function secretsIn({ headers, body }: InterceptedRequest): string[] {
  const inHeaders = ['x-auth-token', 'x-security-token', 'authorization'].map(
    (name) => headers[name],
  );
  const inBody = /"(?:import_token|encrypted_key_material|password)":"([^"]+)"/g;
  return [
    ...inHeaders.filter((value) => typeof value === 'string'),
    ...[...body.matchAll(inBody)].map(([, value = '']) => value),
  ];
}

describe.each(Object.entries(logins))('nothing of %s is written', (name, make) => {
  test('when it works and when it is refused', async () => {
    const login = make();
    await declare(login, 'the environment');
    await apply(0);
    expect(watch.importCalls()).toHaveLength(1);
    expect(watch.proxy.exchanges.some(({ issuedToken }) => issuedToken !== undefined)).toBe(
      name === 'a password',
    );

    const wrong = `wrong-${randomBytes(36).toString('hex')}`;
    watch.passing({ 'the wrong one': wrong });
    logInWith({ ...login.attributes, [login.secret]: wrong }, 'the environment');
    expect((await terraform(1, 'plan', '-no-color')).text).toContain('check the login');
    expectNoLeak();
  });

  test('when the other side sends back what it got', async () => {
    await declare(make(), 'the provider block');
    for (const operation of [
      ...(name === 'a password' ? ['tokens'] : []),
      'create-key',
      'import-key-material',
    ]) {
      for (const echo of echoes) {
        watch.proxy.intercept((request) =>
          request.operation === operation ? { status: 400, body: echo(request) } : undefined,
        );
        expect((await apply(1)).text).toContain('answered 400');
      }
      watch.proxy.intercept(undefined);
    }
    await apply(0);
    expectNoLeak();
  });
});

/**
 * Loaded into the provider by Node itself: where it strikes, with the statement to be filled in.
 */
const moments = {
  'the call that carries the wrapped material': (
    statement: string,
  ) => `const http = require('node:http');
const { request } = http;
http.request = (...args) => {
  if (args.some((arg) => String(arg?.path ?? arg).endsWith('/import-key-material'))) { ${statement}; }
  return request(...args);
};`,
  'the wrapping, with the material in hand': (
    statement: string,
  ) => `const crypto = require('node:crypto');
const { publicEncrypt } = crypto;
crypto.publicEncrypt = (key, material) => {
  ${statement};
  return publicEncrypt(key, material);
};`,
} as const;

const [carrying, wrapping] = Object.keys(moments) as [keyof typeof moments, keyof typeof moments];

/**
 * Terraform sees a dead provider first by its connection or by its process, and words each in its
 * own way.
 */
const gone = /The plugin encountered an error|Request cancelled/;

/** How, at which moment, by which statement, and what is shown of it. */
const deaths: readonly (readonly [string, keyof typeof moments, string, string | RegExp])[] = [
  ['is killed', carrying, "process.kill(process.pid, 'SIGKILL')", gone],
  [
    'throws where nobody catches',
    carrying,
    "setImmediate(() => { throw new Error('a defect') })",
    'panic: Error: a defect',
  ],
  [
    'forgets a rejection',
    carrying,
    "void Promise.reject(new Error('a defect'))",
    'panic: Error: a defect',
  ],
  ['throws inside the call', carrying, "throw new TypeError('a defect')", 'a defect'],
  [
    'throws an error that holds the bytes where nobody catches it',
    wrapping,
    "setImmediate(() => { throw Object.assign(new Error('a defect', { cause: material }), { material, input: [...material] }) })",
    'panic: Error: a defect',
  ],
  [
    'forgets a rejection that holds the bytes',
    wrapping,
    "void Promise.reject(Object.assign(new AggregateError([{ material }], 'a defect'), { material }))",
    'panic: AggregateError: a defect',
  ],
  [
    'throws an error that holds the bytes',
    wrapping,
    "throw Object.assign(new RangeError('a defect', { cause: { material } }), { input: material })",
    'from the KMS cannot wrap anything',
  ],
];

test.each(deaths)(
  'nothing is written when the provider %s, at %s',
  async (_how, moment, statement, shown) => {
    await declare(logins['a password']?.() ?? { attributes: {}, secret: '' }, 'the environment');
    const preload = join(outside, 'preload.js');
    writeFileSync(preload, moments[moment](statement));
    Object.assign(workspace.env, preloading(preload));
    const died = await apply(1);
    expect(died.output).toMatch(shown);
    workspace.env.TEST_PRELOAD = '';
    await apply(0);
    expectNoLeak();
  },
);
