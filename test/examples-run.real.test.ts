/**
 * The examples as a newcomer runs them, against the emulator with the real terraform. Each proves
 * in its own steps, by plain HTTP and cryptography of its own, that the KMS holds the right bytes;
 * here it is seen that they were run and what they showed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './support/checkout';
import { ExampleCheckout } from './support/example-checkout';
import { buildNullProvider, installNullProvider } from './support/null-provider';
import { scratchFolder } from './support/scratch-folder';

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
  expect(stdout).toContain(
    '✔ terraform apply: one import, for another 90 days; then there is nothing to do',
  );
  expect(stdout).toMatch(/Now the material expires 20\S+Z\. The key kept its id/);
  await checkout.expectNothingLeft();
});

test('rotation: the alias moves in the plan, and the old key is still read after it', async () => {
  const stdout = await checkout.succeed('rotation');
  expect(stdout).toMatch(/~ alias += "orders" -> "orders-2025"/);
  expect(stdout).toMatch(
    /The alias "orders" went from [0-9a-f-]{36} to [0-9a-f-]{36}; what the old one encrypted was read after it\./,
  );
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

/** Keys and ids are others in each run. */
function withoutChance(comment: string): string {
  return comment.replaceAll(/[0-9a-f]{64}|[0-9a-f]{4}…[0-9a-f]{4}|[0-9a-f-]{36}/g, 'x');
}

test('review: a real plan becomes a comment, which tells what stops working, and the way back', async () => {
  const stdout = await checkout.succeed('review');
  expect(stdout).toContain(
    '## Keys: 1 stops working, 1 has an outage, 1 is less protected, 1 is filled\n',
  );
  expect(stdout).toContain('| `archive` | **material deleted, key scheduled for deletion** |');
  expect(stdout).toMatch(/\| `payments` \| deleted and imported again \| short outage at apply \|/);
  expect(stdout).toContain('Used in this plan by `terraform_data.archive` (`input`, `output`)');
  expect(stdout).toMatch(/Way back, within 7 days: .* import material `sha256:[0-9a-f]{64}` again/);
  // docs/review.md shows a picture of it; after a change: npm run pictures.
  const committed = readFileSync(join(examples, 'review', 'comment.md'), 'utf8');
  expect(withoutChance(stdout)).toContain(withoutChance(committed));
  await checkout.expectNothingLeft();
});

const hsmTools =
  'command -v softhsm2-util && command -v pkcs11-tool && /usr/bin/python3 -c "import PyKCS11"';
const hsmInstalled = spawnSync('sh', ['-c', hsmTools]).status === 0;

(hsmInstalled || process.env.CI ? test : test.skip)(
  'hsm-ceremony: the token wraps the key twice, and the KMS holds it',
  async () => {
    const stdout = await checkout.succeed('hsm-ceremony');
    expect(stdout).toMatch(/\+ import_reason += "the key no longer holds material/);
    expect(stdout).toContain('✔ Prove it again: same key id, same material');
    expect(stdout).toContain('✔ byok ceremony finish, and prove it');
    await checkout.expectNothingLeft();
  },
);

/**
 * As on a machine whose only source of providers is a mirror. @returns path of the CLI
 * configuration
 */
function mirrorOnly(folder: string): string {
  const file = join(folder, 'terraform.rc');
  mkdirSync(join(folder, 'terraform.d', 'plugins'), { recursive: true });
  writeFileSync(
    file,
    `provider_installation {\n  filesystem_mirror {\n    path = "${folder}/terraform.d/plugins"\n  }\n}\n`,
  );
  return file;
}

test('null-hooks: cdktf deploy itself has byok import and heal, and cdktf destroy has it delete', async () => {
  const folder = scratchFolder();
  installNullProvider(buildNullProvider(), folder);
  const stdout = await checkout.succeed('null-hooks', {
    TF_CLI_CONFIG_FILE: mirrorOnly(folder),
    BYOK_DRIFT_TOKEN: '41',
  });
  expect(stdout).toMatch(
    /✔ byok check --drift-token, cdkt[fn] deploy: another token, and the material is imported again/,
  );
  expect(stdout).toContain('The drift token went from 0 to 1.');
  expect(stdout).toMatch(/"fingerprint": "sha256:[0-9a-f]{64}"/);
  await checkout.expectNothingLeft();
});

test('null-hooks: fails in one sentence, with nothing done, where the null provider cannot be had', async () => {
  const { code, stderr } = await checkout.start('null-hooks', {
    TF_CLI_CONFIG_FILE: mirrorOnly(scratchFolder()),
  }).finished;
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /\n\nThe run failed: terraform cannot get hashicorp\/null in version 3\.2\.4, .*; nothing was deployed\n$/,
  );
  await checkout.expectNothingLeft();
});

test('aws-cdk: the function of the synthesized stack answers CloudFormation, and no settings of the shell get in', async () => {
  const stdout = await checkout.succeed('aws-cdk', {
    AWS_ENDPOINT_URL_SSM: 'http://127.0.0.1:9',
    AWS_PROFILE: 'live',
    CDK_OUTDIR: '/nowhere',
    HW_AUTH_TOKEN: 'live',
  });
  const key = / {2}Create {2}SUCCESS, key ([0-9a-f-]{36}), expires 20\S+Z\n/.exec(stdout)?.[1];
  expect(stdout).toContain(`  Update  SUCCESS, key ${key}, expires 2035-01-31T00:00:00Z\n`);
  expect(stdout).toMatch(
    / {2}rule {4}the material was imported: .*\n +metrics: DaysUntilExpiry [\d.]+, NeedsAttention 0\n/,
  );
  expect(stdout).toContain(`  Delete  SUCCESS, key ${key}\n`);
  await checkout.expectNothingLeft();
});

test('fails, and leaves nothing, when an example does not do what it is there for', async () => {
  edit('plain-terraform/main.tf', 'var.payments_key', 'base64sha256(var.payments_key)');
  const { code, stderr } = await checkout.start('plain-terraform').finished;
  expect(code).toBe(1);
  expect(stderr).toContain(
    'The run failed: what the KMS encrypted cannot be read with the material at hand: the key holds another one',
  );
  await checkout.expectNothingLeft();
});

test('every example is in the list, and its README says in two commands how to run it', () => {
  const list = readFileSync(join(examples, 'README.md'), 'utf8');
  for (const name of played) {
    expect(list).toContain(`[${name}](${name}/README.md)`);
    const readme = readFileSync(join(examples, name, 'README.md'), 'utf8');
    expect(readme).toContain(
      name === 'quickstart'
        ? 'npm run quickstart'
        : `npm ci && npm run build\nnode examples/${name}/run.mjs\n`,
    );
    expect(readme).toContain('In your own project:');
  }
});
