/**
 * A KMS that sends back every secret that it was ever sent, in every place that it can: headers,
 * codes, messages and fields, at once and later, of refusals and of successes. None of it is in
 * what the command prints or in what Terraform prints, logs and keeps.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ByokProcess, bundleByok } from '../cli/byok-process';
import { createKey } from '../emulator/external-key';
import { filesBelow, findLeaks, needlesOf, type Place } from '../support/leak-scanner';
import type { Alteration } from '../support/recording-proxy';
import { runCommand, type TerraformWorkspace } from '../support/terraform-workspace';
import { LeakWatch, tracedWorkspace } from './leak-watch';

let watch: LeakWatch;
/** What the KMS got from the process that asks, and gave to it. */
let known: Set<string>;

beforeEach(async () => {
  watch = await LeakWatch.start({
    projectName: 'eu-de',
    token: randomBytes(150).toString('base64'),
  });
  known = new Set();
});

afterEach(() => watch.close());

/** Headers and fields that are secret, whichever way they go. */
const secretFields = ['import_token', 'encrypted_key_material', 'encrypted_privatekey', 'password'];

function remember(text: string, headers: Readonly<Record<string, unknown>>): void {
  for (const name of secretFields) {
    for (const [, value = ''] of text.matchAll(new RegExp(`"${name}": ?"([^"]+)"`, 'g'))) {
      known.add(value);
    }
  }
  const { 'x-auth-token': token, 'x-security-token': securityToken, authorization = '' } = headers;
  for (const secret of [token, securityToken, /Signature=(\w+)/.exec(String(authorization))?.[1]]) {
    if (typeof secret === 'string') {
      known.add(secret);
    }
  }
}

type Echo = (
  secrets: readonly string[],
  answer: { status: number; body: string },
  count: number,
) => ReturnType<Alteration>;

const everything = (secrets: readonly string[]) =>
  secrets.map((secret) => secret.slice(0, 900)).join(' ');
const oneOf = (secrets: readonly string[], count: number) => secrets[count % secrets.length] ?? '';

/** In every object of the answer, whatever it is. */
function spoilt(body: string, fields: Readonly<Record<string, string>>): string {
  if (body === '') {
    return JSON.stringify(fields);
  }
  const within = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      return value.map(within);
    }
    return typeof value !== 'object' || value === null
      ? value
      : {
          ...Object.fromEntries(Object.entries(value).map(([name, item]) => [name, within(item)])),
          ...fields,
        };
  };
  return JSON.stringify(within(JSON.parse(body)));
}

/**
 * An answer of success, with more in it than anybody asked for, and a secret in place of the id of
 * the request.
 */
const quietly: Echo = (secrets, { status, body }, count) => ({
  status,
  headers: { 'X-Request-Id': oneOf(secrets, count).slice(0, 2000) },
  body: spoilt(body, { echo: everything(secrets) }),
});

const refusals: Readonly<Record<string, Echo>> = {
  'the envelope of the KMS': (secrets, _answer, count) => ({
    status: 400,
    headers: { 'X-Request-Id': oneOf(secrets, count) },
    body: JSON.stringify({
      error: { error_code: oneOf(secrets, count).slice(0, 64), error_msg: everything(secrets) },
    }),
  }),
  'the envelope of the gateway': (secrets, _answer, count) => ({
    status: 403,
    headers: {},
    body: JSON.stringify({
      error_code: 'APIGW.0301',
      error_msg: everything(secrets),
      request_id: oneOf(secrets, count),
    }),
  }),
  'the envelope of IAM': (secrets) => ({
    status: 401,
    headers: {},
    body: JSON.stringify({
      error: {
        code: everything(secrets),
        message: everything(secrets),
        title: everything(secrets),
      },
    }),
  }),
  'a page': (secrets) => ({
    status: 502,
    headers: { 'Retry-After': '0' },
    body: `<html>${everything(secrets)}</html>`,
  }),
  'text that is no answer': (secrets) => ({ status: 200, headers: {}, body: everything(secrets) }),
};

/** @param from the calls up to this one are answered as they were */
function echo(how: Echo, from?: string): void {
  let count = 0;
  let begun = from === undefined;
  watch.proxy.alter((answer, { operation, headers, body }) => {
    remember(body, headers);
    remember(answer.body, {});
    const altered = begun ? how([...known], answer, count) : { ...answer, headers: {} };
    count += 1;
    begun ||= operation === from;
    return altered;
  });
}

describe('the command', () => {
  let byok: ByokProcess;
  let folder: string;
  let printed: Place[];
  let keyId: string;

  beforeAll(() => {
    byok = bundleByok();
  });

  afterAll(() => byok.remove());

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'byok-echoes-'));
    writeFileSync(join(folder, 'orders.key'), randomBytes(32).toString('base64'));
    printed = [];
    keyId = await createKey(watch.emulator);
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function run(
    args: readonly string[],
    login: Readonly<Record<string, string>>,
  ): Promise<string> {
    known.clear();
    for (const secret of Object.values(login)) {
      known.add(secret);
    }
    const { PATH = '' } = process.env;
    const env = {
      PATH,
      HW_MAX_RETRIES: '1',
      HW_PROJECT_NAME: 'eu-de',
      HW_AUTH_URL: `${watch.proxy.url}/v3`,
      ...login,
    };
    const { output } = await runCommand(
      process.execPath,
      [byok.file, ...args, '--kms-endpoint', watch.proxy.url],
      { cwd: folder, env },
    );
    printed.push({ name: args.join(' '), content: Buffer.from(output) });
    return output;
  }

  const logins: Readonly<Record<string, () => Readonly<Record<string, string>>>> = {
    'a token': () => ({ HW_AUTH_TOKEN: watch.emulator.authToken }),
    'a password': () => {
      const { userName, password, domainName } = watch.emulator;
      return { HW_USER_NAME: userName, HW_USER_PASSWORD: password, HW_DOMAIN_NAME: domainName };
    },
    'a temporary access key': () => {
      const { accessKey, secretKey, securityToken } = watch.emulator.temporaryCredentials;
      return {
        HW_ACCESS_KEY: accessKey,
        HW_SECRET_KEY: secretKey,
        HW_SECURITY_TOKEN: securityToken,
      };
    },
  };

  const commands = (): readonly (readonly string[])[] => [
    ['status'],
    ['check', '--live', '--allow-empty', '--json', '--junit', 'byok.xml'],
    ['apply', '--key-id', keyId, '--material-file', 'orders.key', '--record-dir', 'records'],
    ['remove', '--key-id', keyId, '--json'],
    ['ceremony', 'start', '--key-id', keyId, '--json'],
  ];

  function expectNothing(): void {
    const except = ['orders.key', `byok-ceremony-${keyId}/ImportToken.b64`];
    expect(findLeaks([...printed, ...filesBelow(folder, except)], watch.needles())).toEqual([]);
  }

  test.each(Object.keys(logins))('every refusal, with %s', async (login) => {
    const secrets = logins[login]?.() ?? {};
    for (const how of Object.values(refusals)) {
      echo(how);
      await run(['status'], secrets);
      await run(['status', '--json'], secrets);
      echo(how, 'get-parameters-for-import');
      await run(['import', '--key-id', keyId, '--material-file', 'orders.key'], secrets);
    }
    expect(printed.some(({ content }) => content.includes('[secret]'))).toBe(true);
    expectNothing();
  });

  test('successes, and what comes after them', async () => {
    const secrets = logins['a token']?.() ?? {};
    for (const args of commands()) {
      echo(quietly);
      expect(await run(args, secrets)).not.toMatch(/^byok: (?!key )/);
    }
    echo(
      (...answer) => (refusals['the envelope of the KMS'] ?? quietly)(...answer),
      'import-key-material',
    );
    await run(['import', '--key-id', keyId, '--material-file', 'orders.key', '--json'], secrets);
    expectNothing();
  });

  test.each([
    'key_alias',
    'key_description',
    'key_spec',
    'key_usage',
    'key_state',
    'key_id',
    'next_marker',
  ])('a success with a secret in %s', async (field) => {
    const secrets = logins['a token']?.() ?? {};
    for (const args of commands()) {
      echo((found, { status, body }, count) => ({
        status,
        headers: {},
        body: spoilt(body, { [field]: oneOf(found, count) }),
      }));
      await run(args, secrets);
    }
    expectNothing();
  });
});

describe('terraform', () => {
  let workspace: TerraformWorkspace;

  beforeEach(() => {
    const { projectId, authToken } = watch.emulator;
    workspace = tracedWorkspace({ HW_PROJECT_ID: projectId, HW_AUTH_TOKEN: authToken });
    workspace.write('orders.key', randomBytes(32).toString('base64'));
    const body = `resource "byok_external_key" "orders" {
  alias       = "orders"
  description = "of the shop"
  tags        = { team = "shop" }
}
resource "byok_key_material" "orders" {
  key_id        = byok_external_key.orders.key_id
  material_file = "orders.key"
  on_destroy    = "delete_material"
}
data "byok_key" "orders" {
  key_id = byok_external_key.orders.key_id
}
data "byok_keys" "all" {
}
output "keys" {
  value = [data.byok_key.orders, data.byok_keys.all]
}`;
    workspace.configure(`  kms_endpoint = "${watch.proxy.url}"\n  max_retries = 1`, body);
  });

  afterEach(() => workspace.remove());

  /** @returns what it printed */
  async function run(expectedCode: number, ...args: string[]): Promise<string> {
    known.clear();
    return (await watch.run(`terraform ${args.join(' ')}`, expectedCode, workspace.terraform(args)))
      .text;
  }

  function expectNothing(): void {
    watch.expectNoLeak(filesBelow(workspace.folder, ['orders.key']), {
      'trace.log': 'serving provider byok',
    });
  }

  test('successes with a secret in every header and every odd field go through, and leave none', async () => {
    await run(0, 'init', '-no-color');
    echo(quietly);
    await run(0, 'apply', '-no-color', '-auto-approve');
    await run(0, 'plan', '-no-color', '-out', 'tfplan');
    await run(0, 'show', '-json', 'tfplan');
    // The look that confirms the import is refused, with all that the import brought.
    watch.deleteAllMaterial();
    echo(
      (...answer) => (refusals['the envelope of the KMS'] ?? quietly)(...answer),
      'import-key-material',
    );
    expect(await run(0, 'apply', '-no-color', '-auto-approve')).toContain(
      'The import was not confirmed',
    );
    expect(readFileSync(join(workspace.folder, 'terraform.tfstate'), 'utf8')).toContain(
      'byok_key_material',
    );
    expectNothing();
    echo(quietly);
    await run(0, 'destroy', '-no-color', '-auto-approve');
    expectNothing();
    expect(readFileSync(join(workspace.folder, 'trace.log'), 'utf8')).toContain('the KMS answered');
  });

  test('refusals and false fields end in errors that name no secret', async () => {
    await run(0, 'init', '-no-color');
    await run(0, 'apply', '-no-color', '-auto-approve');
    for (const how of Object.values(refusals)) {
      echo(how);
      await run(1, 'plan', '-no-color');
    }
    for (const field of ['key_alias', 'key_description', 'value']) {
      echo((found, { status, body }, count) => ({
        status,
        headers: {},
        body: spoilt(body, { [field]: oneOf(found, count) }),
      }));
      const refreshed = await workspace.terraform([
        'apply',
        '-no-color',
        '-auto-approve',
        '-refresh-only',
      ]);
      await watch.run(`refresh with ${field}`, refreshed.code, Promise.resolve(refreshed));
      expect(refreshed.text).toContain('a secret of this connection');
    }
    expectNothing();
    expect(
      findLeaks(
        [{ name: 'planted', content: Buffer.from(watch.emulator.authToken) }],
        needlesOf('token', watch.emulator.authToken),
      ),
    ).not.toEqual([]);
  });
});
