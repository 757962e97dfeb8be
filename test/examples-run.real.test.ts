/**
 * The examples as a newcomer runs them, against the emulator with the real terraform. Each proves in its own steps, by plain HTTP and
 * cryptography of its own, that the KMS holds the right bytes; here it is seen that they were run and what they showed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './support/checkout';
import { ExampleCheckout } from './support/example-checkout';

const examples = join(root, 'examples');
const played = readdirSync(examples).filter((name) => existsSync(join(examples, name, 'run.mjs')));

let checkout: ExampleCheckout;

beforeEach(() => {
  checkout = new ExampleCheckout();
});

afterEach(() => checkout.remove());

/** Replaces a part of a file of an example. */
function edit(path: string, from: string, to: string): void {
  const file = join(checkout.folder, 'examples', path);
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
}

test('rolling-expiry: the plan in the last two weeks names both dates, and apply imports once for 90 days', async () => {
  const stdout = await checkout.succeed('rolling-expiry');
  expect(stdout).toMatch(
    /\+ import_reason += "the material expires on \S+ and is renewed from \S+ on \(renew_before 14d\), to be valid for 90d/,
  );
  expect(stdout).toContain('✔ terraform apply: one import, for another 90 days; then there is nothing to do');
  expect(stdout).toMatch(/Now the material expires 20\S+Z\. The key kept its id/);
  await checkout.expectNothingLeft();
});

test('rotation: the alias moves in the plan, and the old key is still read after it', async () => {
  const stdout = await checkout.succeed('rotation');
  expect(stdout).toMatch(/~ alias += "orders" -> "orders-2025"/);
  expect(stdout).toMatch(/The alias "orders" went from [0-9a-f-]{36} to [0-9a-f-]{36}; what the old one encrypted was read after it\./);
  expect(stdout).toContain('✔ Prove it: each key holds its material');
  await checkout.expectNothingLeft();
});

test('asymmetric-signing-key: openssl verifies what the KMS signed', async () => {
  const stdout = await checkout.succeed('asymmetric-signing-key');
  expect(stdout).toContain('The KMS signed, and openssl said: Verified OK');
  expect(stdout).toContain('✔ terraform plan without releases.pem');
  await checkout.expectNothingLeft();
});

test('plain-terraform: an installed provider is enough, and no settings of the shell get in', async () => {
  const stdout = await checkout.succeed('plain-terraform', {
    HW_AUTH_TOKEN: 'live',
    HW_REGION_NAME: 'elsewhere',
    OS_AUTH_TOKEN: 'live',
    TF_CLI_ARGS_apply: '-no-such-flag',
    TF_VAR_payments_key: 'live',
    https_proxy: 'http://127.0.0.1:9',
  });
  expect(stdout).toContain('✔ Search the state for the material: it is not there');
  expect(stdout).toContain('(ERR_MATERIAL_DIFFERS)');
  expect(stdout).toMatch(/Key [0-9a-f-]{36} holds the material sha256:[0-9a-f]{64};/);
  await checkout.expectNothingLeft();
});

const hsmTools = 'command -v softhsm2-util && command -v pkcs11-tool && /usr/bin/python3 -c "import PyKCS11"';
const hsmInstalled = spawnSync('sh', ['-c', hsmTools]).status === 0;

(hsmInstalled || process.env.CI ? test : test.skip)('hsm-ceremony: the token wraps the key twice, and the KMS holds it', async () => {
  const stdout = await checkout.succeed('hsm-ceremony');
  expect(stdout).toMatch(/\+ import_reason += "the key holds no material any more/);
  expect(stdout).toContain('✔ Prove it again: same key id, same material');
  await checkout.expectNothingLeft();
});

test('fails, and leaves nothing, when an example does not do what it is there for', async () => {
  edit('plain-terraform/main.tf', 'var.payments_key', 'base64sha256(var.payments_key)');
  const { code, stderr } = await checkout.start('plain-terraform').finished;
  expect(code).toBe(1);
  expect(stderr).toContain('The run failed: what the KMS encrypted cannot be read with the material at hand: the key holds another one');
  await checkout.expectNothingLeft();
});

test('every example is in the list, and its README says in two commands how to run it', () => {
  const list = readFileSync(join(examples, 'README.md'), 'utf8');
  for (const name of played) {
    expect(list).toContain(`[${name}](${name}/README.md)`);
    const readme = readFileSync(join(examples, name, 'README.md'), 'utf8');
    expect(readme).toContain(name === 'quickstart' ? 'npm run quickstart' : `npm ci && npm run build\nnode examples/${name}/run.mjs\n`);
    expect(readme).toContain('In your own project: ');
  }
});
