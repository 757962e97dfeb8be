/**
 * Every command that talks to the KMS is told where it is in the same way: by the same flags, and
 * by the same variables.
 */
import type { Command } from 'commander';
import { byokCommand } from '../../lib/cli/command';
import { environmentVariables } from '../../lib/terms/connection';

const nothing = () => undefined;
const byok = byokCommand({
  env: {},
  homeFolder: '/home/nobody',
  now: () => new Date(0),
  print: nothing,
  remark: nothing,
  readInput: async () => undefined,
  exitWith: nothing,
  untilStopped: async () => '',
});

function commandOf(...path: readonly string[]): Command {
  return path.reduce((parent, name) => {
    const command = parent.commands.find((child) => child.name() === name);
    expect(command?.name()).toBe(name);
    return command ?? parent;
  }, byok);
}

const flagsOf = (command: Command) =>
  command.options.map(({ flags, description }) => `${flags}: ${description}`);
const ofStatus = flagsOf(commandOf('status')).filter((flag) => !flag.startsWith('--json'));

test('they name the KMS, the project and the login, and no secret', () => {
  expect(ofStatus.map((flag) => flag.split(' ')[0])).toEqual([
    '--cloud',
    '--region',
    '--project-id',
    '--project-name',
    '--enterprise-project-id',
    '--kms-endpoint',
    '--auth-url',
    '--user-name',
    '--domain-name',
    '--access-key',
    '--ca-file',
  ]);
});

test.each(['check', 'import', 'apply', 'remove', 'ceremony start', 'ceremony finish'])(
  'byok %s takes them as byok status does',
  (words) => {
    expect(flagsOf(commandOf(...words.split(' ')))).toEqual(expect.arrayContaining(ofStatus));
  },
);

test('no variable says where the wrapping key comes from: it takes the flag', () => {
  expect(Object.keys(environmentVariables)).not.toContain('kmsEndpoint');
});
