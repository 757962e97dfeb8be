/**
 * A KMS, or a proxy before it, that does not speak HTTP to its end: no command of Terraform waits
 * for it for ever, and nothing is lost.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { drip, rawServer } from '../kms/misbehaving-kms';
import { holdsMaterial } from '../support/emulated-key';
import { type Emulator, startEmulator } from '../support/emulator';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy';
import { cleanEnvironment } from '../support/terraform-workspace';
import { configure, keyWithMaterial, type Workbench, workbench } from './workbench';

let emulator: Emulator;
let between: RecordingProxy;
let bench: Workbench;

const upgrade =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
const body = keyWithMaterial('orders');

beforeEach(async () => {
  emulator = await startEmulator();
  between = await startRecordingProxy(emulator.url);
  bench = await workbench(emulator, body);
  bench.workspace.configure(`  kms_endpoint = "${between.url}"\n  max_retries = 1`, body);
});

afterEach(async () => {
  bench.workspace.remove();
  await between.close();
  await emulator.close();
});

test('a plan ends when every answer changes the protocol', async () => {
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  between.intercept(() => ({ raw: upgrade }));
  const plan = await bench.workspace.plan();
  expect(plan.code).toBe(1);
  expect(plan.text).toContain('the answer is 101, a change of protocol that we did not ask for');
});

test('an import whose answer changes the protocol is settled by looking at the key, and heals', async () => {
  between.intercept(({ operation }) =>
    operation === 'import-key-material' ? { raw: upgrade } : undefined,
  );
  const apply = await bench.workspace.apply();
  expect(apply.code).toBe(1);
  expect(apply.text).toContain('the answer is 101');
  between.intercept(undefined);
  expect((await bench.workspace.apply()).code).toBe(0);
  const keyId = String(bench.workspace.attributes('byok_external_key').key_id);
  expect(await holdsMaterial(emulator, keyId, bench.material)).toBe(true);
  expect((await bench.workspace.plan()).code).toBe(0);
});

test('a plan behind a proxy that answers without end is ended by Ctrl-C', async () => {
  configure(emulator, bench.workspace, body);
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  bench.workspace.configure('  kms_endpoint = "https://203.0.113.7"', body);
  let asked = (): void => undefined;
  const begun = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const drips = drip('X-A: b\r\n', 100, 'HTTP/1.1 200 OK\r\n');
  const proxy = await rawServer((socket) => {
    drips(socket);
    asked();
  });
  const { folder, env } = bench.workspace;
  const child = spawn('terraform', ['plan', '-no-color'], {
    cwd: folder,
    env: cleanEnvironment({ ...env, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }),
    stdio: 'ignore',
  });
  const ended = once(child, 'close');
  await begun;
  child.kill('SIGINT');
  expect(await ended).toEqual([1, null]);
  await proxy.allClosed();
});
