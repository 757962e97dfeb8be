import { spawn } from 'node:child_process';
import {
  commandOf,
  isDestroyCommand,
  isTestCommand,
  isWholeApply,
} from '../../lib/provider/destroy-command';

test.each([
  'terraform destroy',
  'terraform -chdir=stacks/payments destroy -auto-approve -input=false',
  'tofu destroy -target=byok_key_material.orders',
  '/usr/local/bin/terraform apply -destroy -auto-approve',
  'terraform plan --destroy -out=tfplan',
  'terraform plan -input=false -destroy=true',
])('a destroy: %s', (command) => {
  expect(isDestroyCommand(command.split(' '))).toBe(true);
});

test.each([
  '',
  'terraform',
  'terraform plan',
  'terraform apply -auto-approve',
  'terraform apply destroy',
  'terraform plan -destroy=false',
  'terraform plan -target=byok_key_material.destroy',
  'terraform -destroy refresh',
  'destroy apply',
])('no destroy: %s', (command) => {
  expect(isDestroyCommand(command.split(' '))).toBe(false);
});

test.each([
  ['terraform test', true],
  ['terraform -chdir=stacks/payments test -verbose', true],
  ['terraform plan -var name=test', false],
  ['terraform apply test', false],
  ['test plan', false],
  ['', false],
])('a test: %s is %s', (command, expected) => {
  expect(isTestCommand(command.split(' '))).toBe(expected);
});

test.each([
  ['terraform apply', true],
  ['terraform apply -auto-approve -var s=RSA_2048 -var-file prod.tfvars', true],
  [
    'terraform -chdir=stacks/payments apply -target byok_external_key.k -replace=byok_external_key.k',
    true,
  ],
  ['tofu apply -exclude byok_external_key.k -parallelism 1', true],
  ['terraform apply saved.tfplan', false],
  ['terraform apply -auto-approve -var=s=RSA_2048 saved.tfplan', false],
  ['terraform apply -input=false -no-color saved.tfplan', false],
  ['terraform plan', false],
  ['terraform destroy', false],
])('plan and apply in one: %s is %s', (command, expected) => {
  expect(isWholeApply(command.split(' '))).toBe(expected);
});

test('the command of a process is its program and arguments', async () => {
  const child = spawn(
    process.execPath,
    ['-e', 'console.log(); setInterval(() => {}, 1000)', 'destroy'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  try {
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect(commandOf(child.pid ?? 0)).toEqual(
      expect.arrayContaining([process.execPath, '-e', 'destroy']),
    );
  } finally {
    child.kill();
  }
});

test('the command of a process that is gone is empty', () => {
  expect(isDestroyCommand(commandOf(2 ** 22 + 1))).toBe(false);
});
