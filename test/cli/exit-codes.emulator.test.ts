/**
 * No command ends with 0 unless its work came to its end, and what it found is told by its exit
 * code although nobody reads its output.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drip, keyId, projectId, type RawAnswer, rawServer } from '../kms/misbehaving-kms';
import { type ByokProcess, bundleByok, type Finished } from './byok-process';

const folder = mkdtempSync(join(tmpdir(), 'byok-exit-codes-'));
const materialFile = join(folder, 'orders.key');
let byok: ByokProcess;

beforeAll(() => {
  byok = bundleByok();
  writeFileSync(
    materialFile,
    Buffer.alloc(32, 'yTqPdrY1V0VbUPRBHmDCOZ4EX8PWmg9').toString('base64'),
  );
});

afterAll(() => {
  byok.remove();
  rmSync(folder, { recursive: true, force: true });
});

type Output = 'read' | 'closed' | 'full';

interface RunOptions {
  readonly env?: Record<string, string>;
  readonly stdout?: Output;
  readonly stderr?: Output;
}

const login = { HW_PROJECT_ID: projectId, HW_AUTH_TOKEN: 'a-token', HW_MAX_RETRIES: '0' };

/** Asynchronously: the servers are in this process. */
async function run(
  args: readonly string[],
  { env = {}, stdout = 'read', stderr = 'read' }: RunOptions = {},
): Promise<Finished> {
  const full = openSync(existsSync('/dev/full') ? '/dev/full' : '/dev/null', 'w');
  const child = spawn(process.execPath, [byok.file, ...args], {
    env: { PATH: process.env.PATH, ...login, ...env },
    stdio: ['ignore', stdout === 'full' ? full : 'pipe', stderr === 'full' ? full : 'pipe'],
  });
  closeSync(full);
  const printed = { stdout: '', stderr: '' };
  for (const [name, wish] of [
    ['stdout', stdout],
    ['stderr', stderr],
  ] as const) {
    child[name]?.on('data', (chunk) => {
      printed[name] += chunk;
    });
    if (wish === 'closed') {
      child[name]?.destroy();
    }
  }
  const [status] = await once(child, 'close');
  return { status, ...printed };
}

/** Not by `byok.runHere` where that starts processes: it would keep the servers from answering. */
function runHere(args: readonly string[]): Promise<Finished> {
  return process.env.TEST_BYOK === 'process' ? run(args) : byok.runHere(args, { env: login });
}

/** Every command that asks the KMS for something. */
const commands: readonly (readonly string[])[] = [
  ['status'],
  ['status', '--json'],
  ['check', '--live'],
  ['check', '--drift-token'],
  ['import', '--key-id', keyId, '--material-file', materialFile],
  ['apply', '--key-id', keyId, '--material-file', materialFile],
  ['remove', '--key-id', keyId],
  ['ceremony', 'start', '--key-id', keyId, '--out-dir', join(folder, 'ceremony')],
];

const upgrade =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

const servers: Readonly<Record<string, RawAnswer>> = {
  'changes the protocol, and holds the connection': (socket) => socket.write(upgrade),
  'changes the protocol, and goes on for ever': drip('{}', 10, upgrade),
  'closes the connection without an answer': (socket) => socket.end(),
};

const cases = commands.flatMap((args) =>
  Object.keys(servers).map((name) => [args.slice(0, 2).join(' '), name, args] as const),
);

test.each(cases)('%s fails in one sentence when the KMS %s', async (command, name, args) => {
  const server = await rawServer(servers[name] as RawAnswer);
  const line = [...args, '--kms-endpoint', `http://127.0.0.1:${server.port}`];
  // One command shows that the process ends, too, whatever the connection does.
  const { status, stdout, stderr } = command === 'status' ? await run(line) : await runHere(line);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(
    args.includes('--json')
      ? /^\{"error":\{"code":"ERR_KMS_UNREACHABLE".*\}\}\n$/
      : /^byok: .* got no answer from [^\n]*\n$/,
  );
});

test.each(commands.map((args) => [args.slice(0, 2).join(' '), args] as const))(
  '%s fails when nothing is left that could bring it to its end',
  async (_command, args) => {
    // Each pause before a retry lasts for ever, and no connection keeps the process alive.
    const server = await rawServer((socket) =>
      socket.end('HTTP/1.1 503 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'),
    );
    const { status, stdout, stderr } = await run(
      [...args, '--kms-endpoint', `http://127.0.0.1:${server.port}`],
      {
        env: {
          HW_MAX_RETRIES: '5',
          NODE_OPTIONS: `--require ${join(__dirname, '..', 'support', 'never-wakes.cjs')}`,
        },
      },
    );
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^[^\n]*the command ended before its work was done[^\n]*\n$/);
    expect(stderr).toMatch(
      args.includes('--json') ? /^\{"error":\{"code":"ERR_INTERNAL"/ : /^byok: /,
    );
  },
);

const present = {
  key_id: 'k',
  material_status: 'present',
  expiration_time: 'never',
  fingerprint_verified: true,
};
const fingerprint = `sha256:${'a'.repeat(64)}`;

/** What a state holds, by the exit code that tells it. */
const states: Readonly<Record<number, object>> = {
  0: { ...present, fingerprint },
  2: {
    ...present,
    fingerprint,
    expiration_time: new Date(Date.now() + 86_400_000).toISOString().replace(/\.\d+/, ''),
  },
  3: { ...present, fingerprint, material_status: 'deleted' },
  4: { ...present, fingerprint: null, fingerprint_verified: false },
};

function stateFile(code: number): string {
  const file = join(folder, `${code}.tfstate`);
  const resource = {
    mode: 'managed',
    type: 'byok_key_material',
    name: 'orders',
    instances: [{ attributes: states[code] }],
  };
  writeFileSync(file, JSON.stringify({ version: 4, resources: [resource] }));
  return file;
}

describe.each([0, 2, 3, 4])('check keeps its verdict %i', (code) => {
  const outputs: readonly Output[] = [
    'read',
    'closed',
    ...(existsSync('/dev/full') ? (['full'] as const) : []),
  ];

  test.each(outputs.flatMap((stdout) => outputs.map((stderr) => [stdout, stderr] as const)))(
    'with stdout %s and stderr %s',
    async (stdout, stderr) => {
      for (const more of [[], ['--json']]) {
        const args = ['check', '--state', stateFile(code), ...more];
        const finished =
          stdout === 'read' && stderr === 'read'
            ? await runHere(args)
            : await run(args, { stdout, stderr });
        // Not even a verdict of "fine" is a success when it could not be written down.
        expect(finished.status).toBe(stdout === 'full' && code === 0 ? 1 : code);
        if (stdout === 'full' && stderr === 'read') {
          expect(finished.stderr).toMatch(/standard output cannot be written: ENOSPC/);
        }
      }
    },
  );
});

test.each(['closed', 'full'] as const)('a failure is one although stderr is %s', async (stderr) => {
  for (const args of [
    ['status'],
    ['check', '--state', join(folder, 'missing.tfstate')],
    ['stauts'],
  ]) {
    expect((await run(args, { stderr, env: { HW_PROJECT_ID: '' } })).status).toBe(1);
  }
});

test('an emulator whose credentials nobody reads ends', async () => {
  expect(await run(['emulator'], { stdout: 'closed' })).toMatchObject({
    status: 0,
    stderr: 'stopped: its output was closed\n',
  });
});

test('a pipe that is closed early is no failure', async () => {
  expect(await run(['fingerprint', '--material-file', materialFile], { stdout: 'closed' })).toEqual(
    { status: 0, stdout: '', stderr: '' },
  );
});
