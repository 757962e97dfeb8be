/** The quickstart as a newcomer runs it, and what it leaves behind when it fails or is stopped. Each run has a checkout of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { linkedFolder, linkedNames, root } from '../support/checkout';
import { processesWith } from '../support/processes';
import { cleanEnvironment } from '../support/terraform-workspace';

const ownNames = ['cdktf.json', 'examples'];

let checkout: string;
let mark: string;

beforeEach(() => {
  mark = randomUUID();
  checkout = linkedFolder();
  for (const name of ownNames) {
    cpSync(join(root, name), join(checkout, name), { recursive: true });
  }
});

afterEach(() => rmSync(checkout, { recursive: true, force: true }));

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(env: Readonly<Record<string, string>> = {}): { child: ChildProcess; finished: Promise<Finished> } {
  const child = spawn(process.execPath, ['examples/quickstart/run.mjs'], {
    cwd: checkout,
    env: { ...cleanEnvironment(), ...env, QUICKSTART_MARK: mark },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  const finished = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { child, finished };
}

async function expectNothingLeft(): Promise<void> {
  // What a closed terminal hangs up, as cdktf's terraform is, ends a moment after its parent.
  for (const deadline = Date.now() + 5000; processesWith(mark).length > 0 && Date.now() < deadline; ) {
    await shortPause();
  }
  expect(processesWith(mark)).toEqual([]);
  expect(readdirSync(checkout).sort()).toEqual([...ownNames, ...linkedNames].sort());
}

/** PATH on which `terraform` is this shell script. */
function pathWithTerraform(script: string): string {
  const folder = join(checkout, 'examples', 'stub');
  mkdirSync(folder);
  writeFileSync(join(folder, 'terraform'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'terraform'), 0o755);
  return [folder, process.env.PATH].join(delimiter);
}

test('shows the life of a key, also in a shell whose settings would lead elsewhere, and leaves nothing', async () => {
  const config = join(checkout, 'examples', 'cli.tfrc');
  writeFileSync(config, 'provider_installation {\n  direct {}\n}\n');
  const { finished } = start({
    HW_AUTH_TOKEN: 'live',
    HW_REGION_NAME: 'elsewhere',
    OS_AUTH_TOKEN: 'live',
    TF_CLI_CONFIG_FILE: config,
    TF_CLI_ARGS_apply: '-no-such-flag',
    CDKTF_OUTDIR: 'elsewhere',
    BYOK_EXAMPLE_ENDPOINT: 'http://127.0.0.1:9',
    HTTP_PROXY: 'http://127.0.0.1:9',
    https_proxy: 'http://127.0.0.1:9',
  });
  const { code, stdout, stderr } = await finished;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('✔ cdktf destroy: the key is scheduled for deletion');
  expect(stdout).toMatch(/\+ import_reason += "the key holds no material any more \(deleted, or an import was interrupted\)/);
  expect(stdout).toMatch(/~ material_status += "deleted_outside" -> \(known after apply\)/);
  expect(stdout).toMatch(/Key [0-9a-f-]{36} kept its id, and held the very same material before and after\./);
  await expectNothingLeft();
});

test('fails with the output of the command that failed', async () => {
  const version = '{"terraform_version":"1.11.4","platform":"linux_amd64","provider_selections":{},"terraform_outdated":false}';
  const PATH = pathWithTerraform(`case "$1" in version) echo '${version}';; *) echo "no luck today" >&2; exit 3;; esac`);
  const { code, stdout, stderr } = await start({ PATH }).finished;
  expect(code).toBe(1);
  expect(stdout).toContain('✔ Start a KMS');
  expect(stdout).not.toContain('✔ cdktf deploy');
  expect(stderr).toContain('The quickstart failed: cdktf deploy --auto-approve');
  expect(stderr).toContain('no luck today');
  await expectNothingLeft();
});

test('fails with one sentence when terraform is too old', async () => {
  const PATH = pathWithTerraform(`echo '{"terraform_version":"1.10.5"}'`);
  const { code, stderr } = await start({ PATH }).finished;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^The quickstart failed: terraform is of version 1\.10\.5: install Terraform 1\.11 or newer, see \S+$/m);
  await expectNothingLeft();
});

test('fails with one sentence when terraform is missing', async () => {
  const { code, stderr } = await start({ PATH: checkout }).finished;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^The quickstart failed: terraform cannot be started: install Terraform 1\.11 or newer, see \S+$/m);
  await expectNothingLeft();
});

test('ends at once when it is interrupted in the middle of a deploy', async () => {
  const { child, finished } = start();
  await untilExists('terraform.tfstate', child);
  expect(processesWith(mark).some((command) => command.includes('terraform'))).toBe(true);
  child.kill('SIGINT');
  const { code, stderr } = await finished;
  expect(code).toBe(130);
  expect(stderr).toContain('The quickstart was stopped by SIGINT');
  await expectNothingLeft();
});

test('refuses a folder that may hold the state of a deploy by hand, and leaves it alone', async () => {
  const folder = join(checkout, '.quickstart');
  mkdirSync(folder);
  writeFileSync(join(folder, 'payments.key'), 'mine');
  const { code, stderr } = await start().finished;
  expect(code).toBe(1);
  expect(stderr).toContain('may hold the state of a deploy by hand: move it away');
  expect(readFileSync(join(folder, 'payments.key'), 'utf8')).toBe('mine');
});

test('refuses to run twice at a time in one checkout', async () => {
  const first = start();
  await untilExists('run.pid', first.child);
  const { code, stderr } = await start().finished;
  expect(code).toBe(1);
  expect(stderr).toContain(`another quickstart is running here, as process ${first.child.pid}`);
  first.child.kill('SIGTERM');
  expect((await first.finished).code).toBe(143);
  await expectNothingLeft();
});

test('starts afresh where an earlier run was killed', async () => {
  const killed = start();
  await untilExists('payments.key', killed.child);
  killed.child.kill('SIGKILL');
  await killed.finished;
  while (processesWith(mark).length > 0) {
    await shortPause();
  }
  rmSync(join(checkout, '.quickstart', 'payments.key'));
  const { child, finished } = start();
  await untilExists('payments.key', child);
  child.kill('SIGTERM');
  expect((await finished).stdout).toContain('✔ Make a key');
  await expectNothingLeft();
});

/** Waits for a file in `.quickstart/`, or for the end of the process. */
async function untilExists(name: string, child: ChildProcess): Promise<void> {
  while (!existsSync(join(checkout, '.quickstart', name)) && child.exitCode === null) {
    await shortPause();
  }
}

function shortPause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
