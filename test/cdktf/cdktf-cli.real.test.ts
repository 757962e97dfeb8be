/** What the command line of cdktf makes of warnings and errors, and of HCL. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkedFolder } from '../support/checkout';
import { cleanEnvironment, type Run, runCommand } from '../support/terraform-workspace';

const app = `const { App, Aspects, TerraformStack } = require('cdktf');
const { ByokProvider, Expiration, ImportedKey, KeyMaterialPolicy, KeyMaterialSource, RotatedKey } = require('cdktf-byok');

const app = new App();
const stack = new TerraformStack(app, 'payments');
new ByokProvider(stack, 'byok', { region: 'eu-de', maxRetries: 1 });
new ImportedKey(stack, 'old', {
  alias: 'old',
  source: KeyMaterialSource.fromEnvironment('OLD_KEY'),
  expiration: Expiration.at('2001-09-09T01:46:40Z'),
  timeouts: { create: '1m', delete: '2m' },
});
const generations = ['1', '2'].map((name) => ({ name, source: KeyMaterialSource.fromFile('keys/' + name) }));
new RotatedKey(stack, 'rotated', { alias: 'rotated', generations });
Aspects.of(stack).add(new KeyMaterialPolicy({ requirePin: true, severity: process.env.SEVERITY }));
app.synth();
`;

let folder: string;

beforeEach(() => {
  folder = linkedFolder();
  writeFileSync(join(folder, 'main.js'), app);
  writeFileSync(
    join(folder, 'cdktf.json'),
    '{"language":"typescript","app":"node main.js","sendCrashReports":"false"}',
  );
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function synth(severity: string, ...args: string[]): Promise<Run> {
  const env = cleanEnvironment({ HOME: folder, CI: '1', SEVERITY: severity });
  return runCommand(join(folder, 'node_modules', '.bin', 'cdktf'), ['synth', ...args], {
    cwd: folder,
    env,
  });
}

test('prints an expiry in the past and what violates a policy with the paths of the constructs, and writes complete HCL', async () => {
  const { code, text } = await synth('warning', '--hcl');
  expect(text).toMatch(
    /payments\/old\/Resource\W+expirationTime is "2001-09-09T01:46:40Z", which is past/,
  );
  for (const path of [
    'payments/old/Resource',
    'payments/rotated/1/Resource',
    'payments/rotated/2/Resource',
  ]) {
    expect(text).toMatch(
      new RegExp(`${path}\\W+KeyMaterialPolicy, requirePin: fingerprint is not given`),
    );
  }
  expect(code).toBe(0);
  const hcl = readFileSync(
    join(folder, 'cdktf.out', 'stacks', 'payments', 'cdk.tf'),
    'utf8',
  ).replace(/\s+/g, ' ');
  for (const part of [
    'provider "byok" { region = "eu-de" max_retries = 1 }',
    'timeouts { create = "1m" delete = "2m" }',
    'material_env = "OLD_KEY"',
    'expiration_time = "2001-09-09T01:46:40Z"',
    'alias = "rotated-1"',
    'alias = "rotated" ',
    'material_file = "../../../keys/1"',
    'material_file = "../../../keys/2"',
  ]) {
    expect(hcl).toContain(part);
  }
});

test('fails when a policy is violated', async () => {
  const { code, text } = await synth('error');
  expect(text).toMatch(
    /payments\/rotated\/1\/Resource\W+KeyMaterialPolicy, requirePin: fingerprint is not given/,
  );
  expect(code).not.toBe(0);
});
