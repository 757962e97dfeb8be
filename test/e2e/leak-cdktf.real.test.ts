/** Rule 12, with cdktf: nothing secret is in what it synthesizes, writes, logs and prints. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkedFolder } from '../support/checkout';
import { fingerprintOf } from '../support/emulated-key';
import { filesBelow, findLeaks } from '../support/leak-scanner';
import { cleanEnvironment, type Run, runCommand } from '../support/terraform-workspace';
import { expectHeld, LeakWatch, type Materials, watchedMaterials } from './leak-watch';

const app = `import { App, LocalBackend, TerraformOutput, TerraformStack } from 'cdktf';
import { ByokProvider, Expiration, ImportedKey, KeyMaterialSource } from 'cdktf-byok';

const app = new App();
const stack = new TerraformStack(app, 'leak');
new ByokProvider(stack, 'byok', { kmsEndpoint: process.env.ENDPOINT, maxRetries: 0 });
const expiration = Expiration.at(process.env.EXPIRY ?? '');
const sources = {
  file: KeyMaterialSource.fromFile('orders.key'),
  env: KeyMaterialSource.fromEnvironment('ORDERS_KEY'),
  variable: KeyMaterialSource.fromVariable('orders', { version: 1 }),
};
for (const [alias, source] of Object.entries(sources)) {
  const key = new ImportedKey(stack, alias, { alias, source, expiration, onDestroy: 'delete_material' });
  new TerraformOutput(stack, alias + '_fingerprint', { value: key.fingerprint });
}
new LocalBackend(stack, { path: '../../../leak.tfstate' });
app.synth();
`;

let watch: LeakWatch;
let right: Materials;
let wrong: Materials;
let folder: string;
let env: Record<string, string>;

beforeEach(async () => {
  watch = await LeakWatch.start();
  right = watchedMaterials(watch, 'material');
  wrong = watchedMaterials(watch, 'wrong material');
  folder = linkedFolder();
  writeFileSync(join(folder, 'main.ts'), app);
  writeFileSync(
    join(folder, 'cdktf.json'),
    '{"language":"typescript","app":"npx tsx main.ts","sendCrashReports":"false"}',
  );
  const home = join(folder, 'home');
  mkdirSync(home);
  env = {
    HOME: home,
    CI: '1',
    CDKTF_LOG_LEVEL: 'debug',
    TF_LOG: 'TRACE',
    TF_LOG_PATH: join(folder, 'trace.log'),
    HW_PROJECT_ID: watch.emulator.projectId,
    HW_AUTH_TOKEN: watch.emulator.authToken,
    ENDPOINT: watch.proxy.url,
    EXPIRY: '2035-01-01T00:00:00Z',
  };
});

afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await watch.close();
});

function provide(materials: Materials): void {
  writeFileSync(join(folder, 'orders.key'), materials.file.toString('base64'));
  env.ORDERS_KEY = materials.env.toString('base64');
  env.TF_VAR_orders = materials.variable.toString('base64');
}

function run(expectedCode: number, command: string, ...args: string[]): Promise<Run> {
  const path = command === 'cdktf' ? join(folder, 'node_modules', '.bin', command) : command;
  return watch.run(
    [command, ...args].join(' '),
    expectedCode,
    runCommand(path, args, { cwd: folder, env: cleanEnvironment(env) }),
  );
}

test('no secret is in cdktf.out, state, plan, trace logs, the home folder and output', async () => {
  provide(right);
  await run(0, 'cdktf', 'deploy', '--auto-approve', '--outputs-file', 'outputs.json');
  await expectHeld(watch, right);

  watch.deleteAllMaterial();
  await run(0, 'cdktf', 'diff');
  await run(0, 'terraform', '-chdir=cdktf.out/stacks/leak', 'show', '-json', 'plan');
  provide(wrong);
  expect((await run(1, 'cdktf', 'deploy', '--auto-approve')).text).toContain('is bound for ever');
  provide(right);
  env.EXPIRY = '2036-01-01T00:00:00Z';
  await run(0, 'cdktf', 'deploy', '--auto-approve');
  await expectHeld(watch, right);
  // Refused by every other command, as above.
  provide(wrong);
  await run(0, 'cdktf', 'destroy', '--auto-approve');

  const fingerprint = fingerprintOf(right.variable);
  watch.expectNoLeak(filesBelow(folder, ['orders.key']), {
    'cdktf.out/stacks/leak/cdk.tf.json': 'ORDERS_KEY',
    'cdktf.out/stacks/leak/plan!tfplan': fingerprint,
    'leak.tfstate.backup': fingerprint,
    'outputs.json': fingerprint,
    'output of terraform -chdir=cdktf.out/stacks/leak show -json plan': fingerprint,
    'output of cdktf deploy --auto-approve --outputs-file outputs.json': fingerprint,
    'trace.log': 'serving provider byok',
  });
  writeFileSync(join(folder, 'cdktf.out', 'planted'), right.file.toString('base64url'));
  expect(findLeaks(filesBelow(folder, ['orders.key']), watch.needles())).toContain(
    'cdktf.out/planted: material of file in base64url',
  );
});
