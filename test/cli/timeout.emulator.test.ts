/**
 * `--timeout` limits reads, logins, pauses, standard input and material commands alike. What it
 * means for changes is in test/lifecycle/renew-material.test.ts and
 * test/kms/interruption.emulator.test.ts.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { writesOf } from '../support/emulated-key';
import { type ByokAndEmulator, startByokAndEmulator } from './byok-and-emulator';

let byok: ByokAndEmulator;
let silent: Server;
let silence: string;
const sockets = new Set<Socket>();

beforeAll(async () => {
  byok = await startByokAndEmulator();
  silent = createServer((socket) => void sockets.add(socket));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  silence = `http://127.0.0.1:${(silent.address() as { port: number }).port}`;
});

afterAll(async () => {
  for (const socket of sockets) {
    socket.destroy();
  }
  silent.close();
  await byok.close();
});

beforeEach(() => {
  byok.emulator.clearFaults();
  byok.emulator.clearCalls();
});

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';
const limited = ['--timeout', '1s', '--json'];
const advice = 'run it again or raise --timeout';
const passwordLogin = {
  HW_AUTH_TOKEN: '',
  HW_USER_NAME: 'user',
  HW_USER_PASSWORD: 'correct horse',
  HW_DOMAIN_NAME: 'domain',
};

const stoppedWith = (what: string | RegExp, more = '') => ({
  error: {
    code: 'ERR_TIMEOUT',
    attribute: 'timeouts',
    message:
      typeof what === 'string'
        ? `${what} was stopped at the time limit of 1s (--timeout)${more}; ${advice}`
        : expect.stringMatching(what),
  },
});

test.each([
  ['apply', ['--key-id', keyId, '--material-env', 'KEY'], 'describe-key'],
  ['remove', ['--key-id', keyId], 'describe-key'],
])('byok %s gives up on a KMS that never answers', async (command, args, operation) => {
  const { status, stderr } = await byok.run([command, ...args, ...limited], { endpoint: silence });
  expect([status, JSON.parse(stderr)]).toEqual([1, stoppedWith(operation)]);
});

test.each([
  ['apply', ['--key-id', keyId, '--material-env', 'KEY']],
  ['create-key', ['--alias', 'orders']],
])('byok %s gives up on an IAM that never answers', async (command, args) => {
  // A process: in ours, the login would go on.
  const { status, stderr } = await byok.start([command, ...args, ...limited], {
    env: { ...passwordLogin, HW_AUTH_URL: `${silence}/v3` },
  }).ended;
  expect([status, JSON.parse(stderr)]).toEqual([1, stoppedWith('the login')]);
  expect(byok.emulator.calls()).toEqual([]);
});

test('gives up in a pause before the next attempt, and says why there was one', async () => {
  byok.emulator.injectFaults([{ operation: 'describe-key', status: 429, times: 9 }]);
  const { status, stderr } = await byok.run([
    ...['apply', '--key-id', keyId, '--material-env', 'KEY', ...limited],
  ]);
  expect([status, JSON.parse(stderr)]).toEqual([
    1,
    stoppedWith(/^describe-key was stopped at the time limit of 1s .*; before that, .*APIGW\.0308/),
  ]);
});

test.each([
  ['a command that does not end', ['sleep', '1004']],
  ['what a command left behind, which holds its output', ['sh', '-c', 'sleep 1003 & echo AAAA']],
])('gives up on %s', async (_what, argv) => {
  const key = await byok.createKey();
  byok.emulator.clearCalls();
  const { status, stderr } = await byok.run([
    ...['apply', '--key-id', key, '--material-command', JSON.stringify(argv), ...limited],
  ]);
  expect([status, JSON.parse(stderr)]).toEqual([1, stoppedWith(`--material-command "${argv[0]}"`)]);
  expect(writesOf(byok.emulator)).toEqual([]);
});

test('gives up on standard input', async () => {
  const key = await byok.createKey();
  const { ended } = byok.start(['apply', '--key-id', key, ...limited], { endlessInput: true });
  const { status, stderr } = await ended;
  expect([status, JSON.parse(stderr)]).toEqual([
    1,
    stoppedWith('reading standard input', '; nothing was changed'),
  ]);
});
