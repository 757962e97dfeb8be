/** The reminders of `byok report`, with a webhook on this machine. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { finding } from '../report/findings';
import { liveResult } from '../report/watch/results';
import { scratchFolder } from '../support/scratch-folder';
import { type ByokAndEmulator, startByokAndEmulator } from './byok-and-emulator';

let bench: ByokAndEmulator;
let server: Server;
let url: string;
let answer: { readonly status: number; readonly location?: string };
let received: string[];
const folder = scratchFolder();
const flags = ['check.json', '--remind', '30d,7d', '--reminded', 'told.json'];

beforeAll(async () => {
  bench = await startByokAndEmulator();
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    received.push(`${request.headers['content-type']} ${Buffer.concat(chunks)}`);
    const { status, location } = answer;
    response.writeHead(status, location === undefined ? {} : { location }).end('x');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/s3cret-path`;
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await bench.close();
});

beforeEach(() => {
  received = [];
  answer = { status: 200 };
  const missing = finding({ verdict: 'missing', material_status: 'deleted_outside' });
  writeFileSync(join(folder, 'check.json'), JSON.stringify(liveResult([missing], new Date())));
  writeFileSync(join(folder, 'told.json'), '{"schema":"byok-reminded/1","told":{}}');
});

const read = (name: string) => readFileSync(join(folder, name), 'utf8');

function report(args: readonly string[], env: Record<string, string> = {}) {
  return bench.run(['report', ...args], { endpoint: undefined, cwd: folder, env });
}

const line = 'orders (otc / eu-de / prod) has no usable material\n';

test('without a webhook prints what is new, once, for a cron that mails it', async () => {
  expect(await report(flags)).toEqual({ status: 0, stdout: line, stderr: '' });
  expect(await report(flags)).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('one message for all, and none when nothing is new; the address may come from the environment', async () => {
  expect((await report([...flags, '--webhook', url])).status).toBe(0);
  expect(received).toHaveLength(1);
  expect(received[0]).toMatch(/^application\/json \{"text":"Key material:\\n`orders` /);
  const env = { BYOK_WEBHOOK_URL: url };
  expect((await report([...flags, '--webhook'], env)).status).toBe(0);
  expect(received).toHaveLength(1);
  const { stdout } = await report([...flags, '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'missing', reminders: [] });
});

test.each([
  ['an error', { status: 500 }, 'answered with status 500'],
  ['another address', { status: 302, location: 'http://example.com/' }, 'answered with status 302'],
])(
  '%s for an answer: nothing counts as told, and the address is not shown',
  async (_name, given, message) => {
    answer = given;
    const before = read('told.json');
    const { status, stdout, stderr } = await report([
      ...flags,
      '--webhook',
      url,
      '--badge',
      'b.svg',
    ]);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`the address of --webhook ${message}, so nothing counts as told`);
    expect(stderr).not.toContain('s3cret');
    expect(read('told.json')).toBe(before);
    // What was asked for beside it is there.
    expect(read('b.svg')).toContain('1 missing');
    answer = { status: 204 };
    expect((await report([...flags, '--webhook', url])).status).toBe(0);
    expect(received).toHaveLength(2);
  },
);

test.each([
  ['http://example.com/s3cret'],
  ['http://127.0.0.1.example.com/s3cret'],
  ['http://user@example.com#@localhost/s3cret'],
  ['file:///s3cret'],
  ['s3cret'],
])('refuses to send to %s, and to show it', async (webhook) => {
  const { status, stderr } = await report([...flags, '--webhook', webhook, '--badge', 'none.svg']);
  expect([status, stderr]).toEqual([
    1,
    expect.stringContaining('--webhook is a text that is not shown'),
  ]);
  expect(stderr).not.toContain('s3cret');
  expect(existsSync(join(folder, 'none.svg'))).toBe(false);
});

test.each([
  [['check.json', '--remind', '7d'], '--remind goes together with either --reminded or --issue'],
  [
    ['check.json', '--webhook', 'https://example.com'],
    '--remind goes together with either --reminded or --issue',
  ],
  [[...flags, '--webhook'], '--webhook has no URL, and BYOK_WEBHOOK_URL is not set'],
  [
    ['check.json', '--remind', '7d', '--reminded', 'check.json'],
    '--reminded "check.json" is not what this byok wrote there',
  ],
])('refuses %j', async (args, message) => {
  const { status, stderr } = await report(args);
  expect([status, stderr]).toEqual([1, expect.stringContaining(message)]);
});

test('an input that cannot be read sends nothing', async () => {
  writeFileSync(join(folder, 'check.json'), '{');
  expect((await report([...flags, '--webhook', url])).status).toBe(1);
  expect(received).toEqual([]);
});
