/** Programs that hand out or wrap material: what they get, and every way in which they can fail. */
import { getEventListeners } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLimits, runCommand } from '../../lib/material/command';
import { processesWith } from '../support/processes';

const { signal } = new AbortController();
const env = { PATH: process.env.PATH };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'byok-command-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(
  argv: readonly string[],
  options: Partial<Parameters<typeof runCommand>[1]> = {},
  limits = commandLimits,
): Promise<Buffer> {
  return runCommand(argv, { attribute: 'material_command', env, signal, ...options }, limits);
}

function node(script: string): string[] {
  return [process.execPath, '-e', script];
}

/** The error's code and message: what a person sees. */
async function failureOf(running: Promise<unknown>): Promise<string> {
  const error = await running.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason as Error & { code?: string },
  );
  return `${'code' in error ? error.code : error.name}: ${error.message}`;
}

const hint = '; run it by hand to see its output, which we never log';

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('gives bytes from standard input to standard output unchanged', async () => {
  expect(await run(['cat'], { input: 'zwölf\n\0' })).toEqual(Buffer.from('zwölf\n\0'));
});

test('hands over arguments as they are, through no shell', async () => {
  const odd = ['$(id)', '; id', '*', '', '"', "'", '-n', 'a b\nc'];
  expect(
    JSON.parse(
      (
        await run([...node('console.log(JSON.stringify(process.argv.slice(1)))'), '--', ...odd])
      ).toString(),
    ),
  ).toEqual(odd);
});

test('gives an empty standard input to a program that asks for one without need', async () => {
  expect(await run(['cat'])).toEqual(Buffer.alloc(0));
});

test('takes output in many pieces up to the limit', async () => {
  const output = await run(
    node('for (let i = 0; i < 16; i += 1) process.stdout.write(Buffer.alloc(1 << 16, i))'),
  );
  expect(output.length).toBe(commandLimits.bytes);
  expect(output.at(-1)).toBe(15);
});

test('passes on the variables of the list and those named BYOK_, and no others', async () => {
  const passed = {
    PATH: process.env.PATH,
    HOME: '/home/us',
    USER: 'us',
    LOGNAME: 'us',
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    TMPDIR: '/tmp',
    XDG_RUNTIME_DIR: '/run/us',
    SSL_CERT_FILE: '/ca.pem',
    SSL_CERT_DIR: '/ca',
    BYOK_HSM_PIN: '1234',
  };
  const blocked = {
    HW_AUTH_TOKEN: 'x',
    HW_SECRET_KEY: 'x',
    OS_PASSWORD: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    TF_VAR_orders: 'x',
    CI_JOB_TOKEN: 'x',
    NODE_OPTIONS: '--no-such-option',
    LD_PRELOAD: 'x',
    SOFTHSM2_CONF: 'x',
    HTTPS_PROXY: 'x',
    XBYOK_PIN: 'x',
    byok_pin: 'x',
    PATHEXT: 'x',
    LC: 'x',
  };
  const seen = await run(node('console.log(JSON.stringify(process.env))'), {
    env: { ...blocked, ...passed, BYOK_UNSET: undefined },
  });
  expect(JSON.parse(seen.toString())).toEqual(passed);
});

test.each([
  [
    'an exit code',
    node('console.log("not-for-eyes"); console.error("not-for-eyes"); process.exit(3)'),
    'ended with exit code 3',
  ],
  [
    'a signal',
    node('process.kill(process.pid, "SIGTERM"); setInterval(() => undefined, 1000)'),
    'was ended by SIGTERM',
  ],
  ['a program that does not exist', ['no-such-program-of-ours', 'not-for-eyes'], 'is not found'],
  ['a folder', ['/'], 'could not be run (EACCES)'],
  ['an empty name', [''], 'could not be run (ERR_INVALID_ARG_VALUE)'],
  [
    'an argument that no program can be given',
    ['cat', 'x'.repeat(1 << 22)],
    'could not be run (E2BIG)',
  ],
])(
  'fails with one sentence that shows neither output nor arguments: %s',
  async (_name, argv, how) => {
    expect(await failureOf(run(argv))).toBe(
      `ERR_MATERIAL_NOT_AT_HAND: material_command "${argv[0]}" ${how}${hint}`,
    );
  },
);

test('fails a program without the permission to be executed', async () => {
  const program = join(folder, 'program');
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o644 });
  expect(await failureOf(run([program]))).toContain('could not be run (EACCES)');
});

test('fails a program that writes more than the limit, and ends it', async () => {
  const mark = `BYOK_TEST_MARK=output-${process.pid}`;
  const running = run(['cat', '/dev/zero'], {
    env: { ...env, BYOK_TEST_MARK: mark.split('=')[1] },
  });
  expect(await failureOf(running)).toBe(
    `ERR_MATERIAL_NOT_AT_HAND: material_command "cat" wrote more than 1048576 bytes${hint}`,
  );
  await until(() => processesWith(mark).length === 0);
});

test('fails a program that does not end in time, and ends it with everything that it started', async () => {
  const value = `timeout-${process.pid}`;
  const script = 'sleep 600 & sleep 600';
  const running = run(
    ['sh', '-c', script],
    { env: { ...env, BYOK_TEST_MARK: value } },
    { ...commandLimits, milliseconds: 500 },
  );
  expect(await failureOf(running)).toBe(
    `ERR_MATERIAL_NOT_AT_HAND: material_command "sh" did not end within 0.5 seconds${hint}`,
  );
  await until(() => processesWith(`BYOK_TEST_MARK=${value}`).length === 0);
});

test('fails a program that has ended but left its output to another one, which is ended too', async () => {
  const value = `left-${process.pid}`;
  const running = run(
    ['sh', '-c', 'sleep 600 &'],
    { env: { ...env, BYOK_TEST_MARK: value } },
    { ...commandLimits, milliseconds: 500 },
  );
  expect(await failureOf(running)).toContain('did not end within 0.5 seconds');
  await until(() => processesWith(`BYOK_TEST_MARK=${value}`).length === 0);
});

test.each([
  ['succeeds', 'echo done', undefined],
  ['fails', 'exit 3', 'ended with exit code 3'],
])(
  'ends what a program that %s left in the background without its output',
  async (_, last, failure) => {
    const value = `background-${process.pid}`;
    const running = run(['sh', '-c', `sleep 600 > /dev/null 2>&1 < /dev/null & ${last}`], {
      env: { ...env, BYOK_TEST_MARK: value },
    });
    if (failure === undefined) {
      expect((await running).toString()).toBe('done\n');
    } else {
      expect(await failureOf(running)).toContain(failure);
    }
    await until(() => processesWith(`BYOK_TEST_MARK=${value}`).length === 0);
  },
);

test('fails by its exit code when the program closed its standard input unread', async () => {
  const running = run(
    node('require("node:fs").closeSync(0); setTimeout(() => process.exit(4), 200)'),
    { input: 'x'.repeat(1 << 22) },
  );
  expect(await failureOf(running)).toContain('ended with exit code 4');
});

test('succeeds with a program that does not read a long standard input', async () => {
  expect((await run(['echo', 'done'], { input: 'x'.repeat(1 << 22) })).toString()).toBe('done\n');
});

test('fails at once when it is interrupted, and ends the program with everything that it started', async () => {
  const controller = new AbortController();
  const value = `abort-${process.pid}`;
  const started = join(folder, 'started');
  const script = 'sleep 600 & echo > "$1"; sleep 600';
  const running = run(['sh', '-c', script, 'sh', started], {
    signal: controller.signal,
    env: { ...env, BYOK_TEST_MARK: value },
  });
  await until(() => existsSync(started));
  controller.abort();
  expect(await failureOf(running)).toBe('ERR_INTERRUPTED: material_command "sh" was interrupted');
  await until(() => processesWith(`BYOK_TEST_MARK=${value}`).length === 0);
});

test('fails without a start when it was interrupted before', async () => {
  const trace = join(folder, 'trace');
  expect(await failureOf(run(['touch', trace], { signal: AbortSignal.abort() }))).toBe(
    'ERR_INTERRUPTED: material_command "touch" was interrupted',
  );
  expect(existsSync(trace)).toBe(false);
});

test.each([['true'], ['false'], ['no-such-program-of-ours'], ['']])(
  'leaves no listener on the signal: %j',
  async (program) => {
    const controller = new AbortController();
    await Promise.allSettled([run([program], { signal: controller.signal })]);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  },
);
