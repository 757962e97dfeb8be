/**
 * The quickstart as a newcomer runs it, and what it leaves behind when it fails or is stopped. Each
 * run has a checkout of its own.
 */
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root } from '../support/checkout';
import { ExampleCheckout, type StartedRun } from '../support/example-checkout';
import { scratchFolder } from '../support/scratch-folder';

let checkout: ExampleCheckout;

beforeEach(() => {
  checkout = new ExampleCheckout();
});

afterEach(() => checkout.remove());

function start(env: Readonly<Record<string, string>> = {}): StartedRun {
  return checkout.start('quickstart', env);
}

/** The plan of a deletion in a text, without what differs from run to run. */
function planIn(text: string): string | undefined {
  return /^ {2}# byok_key_material\.[\s\S]*?^ {4}\}$/m
    .exec(text)?.[0]
    .replace(/"[0-9a-f-]{36}"/, '"<id>"')
    .replace(/(imported_at += )"[^"]+"/, '$1"<instant>"')
    .replace(/\(\d+ unchanged/, '(<count> unchanged');
}

/** PATH on which `terraform` is this shell script. */
function pathWithTerraform(script: string): string {
  const folder = scratchFolder();
  writeFileSync(join(folder, 'terraform'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'terraform'), 0o755);
  return [folder, process.env.PATH].join(delimiter);
}

test('shows the life of a key, also in a shell whose settings would lead elsewhere, and leaves nothing', async () => {
  const config = join(scratchFolder(), 'cli.tfrc');
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
  expect(stdout).toMatch(/✔ cdkt[fn] destroy: the key is scheduled for deletion/);
  expect(stdout).toMatch(
    /\+ import_reason += "the key no longer holds material \(it was deleted, or an import was interrupted\)/,
  );
  expect(stdout).toMatch(/~ material_status += "deleted_outside" -> \(known after apply\)/);
  expect(planIn(readFileSync(join(root, 'README.md'), 'utf8'))).toBe(planIn(stdout));
  expect(stdout).toMatch(
    /Key [0-9a-f-]{36} kept its id, and held the very same material before and after\./,
  );
  await checkout.expectNothingLeft();
});

test('fails with the output of the command that failed', async () => {
  const version =
    '{"terraform_version":"1.11.4","platform":"linux_amd64","provider_selections":{},"terraform_outdated":false}';
  const PATH = pathWithTerraform(
    `case "$1" in version) echo '${version}';; *) echo "no luck today" >&2; exit 3;; esac`,
  );
  const { code, stdout, stderr } = await start({ PATH }).finished;
  expect(code).toBe(1);
  expect(stdout).toContain('✔ Start a KMS');
  expect(stdout).not.toMatch(/✔ cdkt[fn] deploy/);
  expect(stderr).toMatch(/The run failed: cdkt[fn] deploy --auto-approve/);
  expect(stderr).toContain('no luck today');
  await checkout.expectNothingLeft();
});

test('fails with one sentence when terraform is too old', async () => {
  const PATH = pathWithTerraform(`echo '{"terraform_version":"1.10.5"}'`);
  const { code, stderr } = await start({ PATH }).finished;
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^The run failed: terraform is of version 1\.10\.5: install Terraform 1\.11 or newer, see \S+, or set TERRAFORM_BINARY_NAME to "tofu" for OpenTofu 1\.11 or newer$/m,
  );
  await checkout.expectNothingLeft();
});

test('fails with one sentence when terraform is missing', async () => {
  const { code, stderr } = await start({ PATH: scratchFolder() }).finished;
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^The run failed: terraform cannot be started: install Terraform 1\.11 or newer, see \S+, or set TERRAFORM_BINARY_NAME to "tofu" for OpenTofu 1\.11 or newer$/m,
  );
  await checkout.expectNothingLeft();
});

test('ends at once when it is interrupted in the middle of a deploy', async () => {
  const { child, finished } = start();
  await checkout.untilExists('.quickstart/terraform.tfstate', child);
  expect(checkout.processes().some((command) => command.includes('terraform'))).toBe(true);
  child.kill('SIGINT');
  const { code, stderr } = await finished;
  expect(code).toBe(130);
  expect(stderr).toContain('The run was stopped by SIGINT');
  await checkout.expectNothingLeft();
});

test('refuses a folder that may hold the state of a deploy by hand, and leaves it alone', async () => {
  const folder = join(checkout.folder, '.quickstart');
  mkdirSync(folder);
  writeFileSync(join(folder, 'payments.key'), 'mine');
  const { code, stderr } = await start().finished;
  expect(code).toBe(1);
  expect(stderr).toContain('may hold the state of a deploy by hand: move it away');
  expect(readFileSync(join(folder, 'payments.key'), 'utf8')).toBe('mine');
});

test('refuses to run twice at a time in one checkout', async () => {
  const first = start();
  await checkout.untilExists('.quickstart/run.pid', first.child);
  const { code, stderr } = await start().finished;
  expect(code).toBe(1);
  expect(stderr).toContain(`another run is going on here, as process ${first.child.pid}`);
  first.child.kill('SIGTERM');
  expect((await first.finished).code).toBe(143);
  await checkout.expectNothingLeft();
});

test('starts afresh where an earlier run was killed', async () => {
  const killed = start();
  await checkout.untilExists('.quickstart/payments.key', killed.child);
  killed.child.kill('SIGKILL');
  await killed.finished;
  await checkout.untilQuiet();
  rmSync(join(checkout.folder, '.quickstart', 'payments.key'));
  const { child, finished } = start();
  await checkout.untilExists('.quickstart/payments.key', child);
  child.kill('SIGTERM');
  expect((await finished).stdout).toContain('✔ Make a key');
  await checkout.expectNothingLeft();
});
