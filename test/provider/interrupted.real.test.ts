/**
 * Ctrl-C twice: Terraform tells the provider to shut down in the middle of a change, and does not
 * wait for it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { describeKey, holdsMaterial } from '../support/emulated-key';
import { cleanEnvironment } from '../support/terraform-workspace';
import { keyWithMaterial, takeBuiltProvider, useWorkbench } from './workbench';

takeBuiltProvider('Ctrl-C reaches the process of the provider, and its end is the subject');

const bench = useWorkbench();

const expiring = (year: number) =>
  keyWithMaterial('orders', `expiration_time = "${year}-01-01T00:00:00Z"`);

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) {
    await new Promise((next) => setTimeout(next, 50));
  }
}

const hasCalled = (operation: string) => () =>
  bench.emulator.calls().some((call) => call.operation === operation);

function apply(): ChildProcess {
  const { folder, env } = bench.workspace;
  return spawn('terraform', ['apply', '-auto-approve', '-no-color'], {
    cwd: folder,
    env: cleanEnvironment({ ...env, TMPDIR: folder }),
    stdio: 'ignore',
  });
}

// The first import is the one of noise, before anything is deleted.
test.each([0, 1])(
  'twice in the outage of a renewal, %i s before its import is answered, the key gets its material back',
  async (delayS) => {
    await bench.begin(expiring(2035));
    await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
    const keyId = String(bench.workspace.attributes('byok_external_key').key_id);
    bench.configure(expiring(2036));
    bench.emulator.clearCalls();
    bench.emulator.injectFaults([
      { operation: 'import-key-material', skip: 1, delayMs: 300 + delayS * 1000 },
    ]);
    const child = apply();
    const ended = new Promise((resolve) => child.once('close', resolve));
    await until(hasCalled('delete-imported-key-material'));
    child.kill('SIGINT');
    await new Promise((next) => setTimeout(next, 100));
    child.kill('SIGINT');
    await ended;
    await until(async () => (await describeKey(bench.emulator, keyId)).key_state === '2');
    expect(await holdsMaterial(bench.emulator, keyId, bench.material)).toBe(true);
    expect((await bench.workspace.apply()).code).toBe(0);
    expect((await bench.workspace.plan()).code).toBe(0);
  },
);
