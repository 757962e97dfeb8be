import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type Emulator, startEmulator } from '../support/emulator';
import { type ByokProcess, bundleByok } from './byok-process';

let byok: ByokProcess;
let emulator: Emulator;

beforeAll(async () => {
  byok = bundleByok();
  emulator = await startEmulator();
});

afterAll(async () => {
  byok.remove();
  await emulator.close();
});

interface Endpoint {
  readonly kms_endpoint: string;
  readonly project_id: string;
  readonly auth_token: string;
  readonly control_token: string;
}

async function createKey(
  { kms_endpoint, project_id, auth_token }: Endpoint,
  body: object,
): Promise<string> {
  const answer = await fetch(`${kms_endpoint}/v1.0/${project_id}/kms/create-key`, {
    method: 'POST',
    headers: { 'X-Auth-Token': auth_token, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { key_info: { key_id: string } }).key_info.key_id;
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) {
    throw new Error('the child has no stdout');
  }
  const lines = createInterface({ input: child.stdout });
  const [line] = await once(lines, 'line');
  return line;
}

/**
 * `startEmulator` blocks nothing, but `spawnSync` does: the emulator in this process could not
 * answer.
 */
async function run(
  args: string[],
  env: Record<string, string>,
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [byok.file, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const [status] = await once(child, 'close');
  return { status, ...output };
}

test('status shows the external keys of the project, and no others', async () => {
  const endpoint = {
    kms_endpoint: emulator.url,
    project_id: emulator.projectId,
    auth_token: emulator.authToken,
    control_token: '',
  };
  const keyId = await createKey(endpoint, { key_alias: 'orders', origin: 'external' });
  await createKey(endpoint, { key_alias: 'not-mine', origin: 'kms' });
  const env = { HW_PROJECT_ID: emulator.projectId, HW_AUTH_TOKEN: emulator.authToken };

  const table = await run(['status', '--kms-endpoint', emulator.url], env);
  expect(table).toEqual({
    status: 0,
    stderr: '',
    stdout: [
      'ALIAS   KEY ID                                SPEC     STATE               EXPIRES  DAYS LEFT',
      `orders  ${keyId}  AES_256  5 (pending import)  -        -`,
      '',
    ].join('\n'),
  });

  const json = await run(['status', '--json', '--kms-endpoint', emulator.url], env);
  expect(JSON.parse(json.stdout)).toEqual([
    {
      alias: 'orders',
      key_id: keyId,
      key_spec: 'AES_256',
      key_state: '5',
      expiration_time: null,
      days_left: null,
    },
  ]);
});

test('status fails with what the KMS said, and never with the token', async () => {
  const env = { HW_PROJECT_ID: emulator.projectId, HW_AUTH_TOKEN: 'a-wrong-token-nobody-may-see' };
  const { status, stdout, stderr } = await run(['status', '--kms-endpoint', emulator.url], env);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^byok: list-keys answered 40[13] /);
  expect(stderr).not.toContain('nobody-may-see');
});

test('emulator --json prints one line and serves until SIGTERM', async () => {
  const child = byok.start(['emulator', '--json']);
  try {
    const endpoint: Endpoint = JSON.parse(await firstLine(child));
    expect(endpoint).toEqual({
      kms_endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      auth_url: `${endpoint.kms_endpoint}/v3`,
      region: 'ap-southeast-3',
      project_id: expect.stringMatching(/^[0-9a-z]{32}$/),
      auth_token: expect.any(String),
      user_name: 'byok-emulator',
      password: expect.any(String),
      domain_name: 'byok-emulator',
      access_key: expect.any(String),
      secret_key: expect.any(String),
      temporary_credentials: {
        access_key: expect.any(String),
        secret_key: expect.any(String),
        security_token: expect.any(String),
      },
      control_token: expect.any(String),
    });
    await createKey(endpoint, { key_alias: 'orders', origin: 'external' });
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});

test('emulator prints what to paste, and stops on Ctrl-C', async () => {
  const child = byok.start(['emulator']);
  let stdout = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  try {
    await firstLine(child);
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([0, null]);
    const [endpoint] = /http:\/\/127\.0\.0\.1:\d+/.exec(stdout) ?? [];
    expect(stdout).toContain(`kms_endpoint = "${endpoint}"`);
    expect(stdout).toMatch(/export HW_AUTH_TOKEN='[\w-]+'/);
    expect(stdout).toMatch(/export HW_ACCESS_KEY='\w{20}'\n {2}export HW_SECRET_KEY='[\w-]+'\n/);
  } finally {
    child.kill('SIGKILL');
  }
});

test('emulator --exit-with-parent does not outlive the process that started it', async () => {
  // A shell that starts the emulator and ends: what an interrupted CI job leaves behind.
  const script = '"$0" "$1" emulator --json --exit-with-parent & read line';
  const shell = spawn('/bin/sh', ['-c', script, process.execPath, byok.file], {
    env: {},
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const endpoint: Endpoint = JSON.parse(await firstLine(shell));
  // The emulator holds the other end of this pipe as well: it closes when both have ended.
  const closed = once(shell, 'close');
  shell.kill('SIGKILL');
  await closed;
  await expect(createKey(endpoint, { key_alias: 'orders', origin: 'external' })).rejects.toThrow(
    /fetch failed/,
  );
});
