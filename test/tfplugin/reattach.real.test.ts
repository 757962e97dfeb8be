/** The real terraform attaches to a provider that somebody started by hand. */
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:http2';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { AttachedProvider } from '../support/attached-provider';
import { bundleBoxProvider } from './fixtures/bundle';
import { finished, requireTerraform, Workspace } from './fixtures/terraform';

const folder = mkdtempSync(join(tmpdir(), 'reattach-'));
const executable = join(folder, 'terraform-provider-box');
let workspace: Workspace;
let provider: AttachedProvider;

beforeAll(() => {
  requireTerraform();
  bundleBoxProvider(executable);
});

beforeEach(async () => {
  workspace = new Workspace(executable);
  // Nothing else that Terraform could start.
  rmSync(join(workspace.folder, 'terraform.d'), { recursive: true });
  const env = { PATH: process.env.PATH, TMPDIR: workspace.temp, TF_LOG_PROVIDER: 'INFO' };
  provider = await AttachedProvider.start([process.execPath, executable, '--debug'], {
    cwd: workspace.folder,
    env,
  });
});

afterEach(async () => {
  await provider.end('SIGKILL');
  workspace.remove();
});

afterAll(() => rmSync(folder, { recursive: true }));

async function succeed(...args: string[]): Promise<string> {
  const run = await workspace.run(args, provider.environment);
  expect(run).toMatchObject({ code: 0 });
  return run.output;
}

const socketOf = ({ environment }: AttachedProvider): string =>
  JSON.parse(environment.TF_REATTACH_PROVIDERS)['terraform.local/test/box'].Addr.String;

test('one process serves command after command, until it is interrupted, and leaves nothing', async () => {
  const socket = socketOf(provider);
  expect(statSync(dirname(socket)).mode & 0o777).toBe(0o700);
  workspace.write('resource "box_item" "a" {\n  name = "a"\n}');
  await succeed('init');
  expect(await succeed('apply', '-auto-approve')).toContain('1 added');
  expect(await succeed('plan', '-detailed-exitcode')).toContain('No changes.');
  expect(await succeed('destroy', '-auto-approve')).toContain('1 destroyed');
  expect(provider.isRunning).toBe(true);
  // Its own log is on its own terminal.
  expect(provider.stderr).toMatch(/Ctrl-C ends it[\s\S]*"@message":"reading an item"/);
  expect(await provider.end()).toBe(0);
  expect(existsSync(socket)).toBe(false);
  expect(readdirSync(workspace.temp)).toEqual([]);
});

test('every provider block keeps its own configuration', async () => {
  workspace.write(`provider "box" {
  alias  = "other"
  folder = "\${path.module}/other"
}
resource "box_item" "a" {
  name = "a"
}
resource "box_item" "b" {
  provider = box.other
  name     = "b"
}`);
  await succeed('init');
  await succeed('apply', '-auto-approve');
  expect(['box', 'other'].map((name) => readdirSync(join(workspace.folder, name)))).toEqual([
    ['item-a.json'],
    ['item-b.json'],
  ]);
});

test('a command that is interrupted stops, and the next one works', async () => {
  workspace.write('resource "box_item" "a" {\n  name = "a"\n  mood = "waits"\n}');
  await succeed('init');
  const terraform = workspace.start(['apply', '-auto-approve'], provider.environment);
  const run = finished(terraform);
  while (!existsSync(join(workspace.folder, 'box/waiting'))) {
    expect(terraform.exitCode).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  process.kill(-Number(terraform.pid), 'SIGINT');
  expect(await run).toMatchObject({
    code: 1,
    output: expect.stringContaining('Stopped while waiting.'),
  });
  workspace.write('resource "box_item" "a" {\n  name = "a"\n}');
  expect(await succeed('apply', '-auto-approve')).toContain('1 added');
});

test('what waits for a Terraform that was killed is stopped, and the next command works', async () => {
  workspace.write('resource "box_item" "a" {\n  name = "a"\n  mood = "waits"\n}');
  await succeed('init');
  const terraform = workspace.start(
    ['apply', '-auto-approve', '-lock=false'],
    provider.environment,
  );
  const run = finished(terraform);
  while (!existsSync(join(workspace.folder, 'box/waiting'))) {
    expect(terraform.exitCode).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  process.kill(-Number(terraform.pid), 'SIGKILL');
  expect(await run).toMatchObject({ code: null });
  workspace.write('resource "box_item" "a" {\n  name = "a"\n}');
  expect(await succeed('apply', '-auto-approve', '-lock=false')).toContain('1 added');
  // It would wait a minute for work that goes on.
  expect(await provider.end()).toBe(0);
});

test('a relative temp folder counts from where it was started; a crowd brings no warning', async () => {
  const other = await AttachedProvider.start([process.execPath, executable, '--debug'], {
    cwd: workspace.folder,
    env: { PATH: process.env.PATH, TMPDIR: '.' },
  });
  const socket = socketOf(other);
  expect(isAbsolute(socket)).toBe(true);
  const sessions = Array.from({ length: 12 }, () =>
    connect('http://box', { createConnection: () => createConnection(socket) }),
  );
  await Promise.all(
    sessions.map(async (session) => {
      const call = session.request({ ':method': 'POST', ':path': '/nothing' });
      call.resume().end();
      await once(call, 'close');
    }),
  );
  for (const session of sessions) {
    session.destroy();
  }
  expect(await other.end()).toBe(0);
  expect(other.stderr).not.toContain('Warning');
});

test('a temp folder that does not exist is replaced; SIGTERM ends it, too', async () => {
  const env = { PATH: process.env.PATH, TMPDIR: join(workspace.folder, 'nowhere') };
  const other = await AttachedProvider.start([process.execPath, executable, '--debug'], {
    cwd: workspace.folder,
    env,
  });
  expect(socketOf(other)).toMatch(/^\/(var\/)?tmp\/plugin-[^/]+\/s\.sock$/);
  expect(await other.end('SIGTERM')).toBe(0);
  expect(existsSync(dirname(socketOf(other)))).toBe(false);
});
