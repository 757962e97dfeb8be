/** A secret in the place of another value is repeated by no message about it. */
import { byokCommand } from '../../lib/cli/command';
import type { Surroundings } from '../../lib/cli/surroundings';
import { allCommands } from '../support/command-words';

/** Everything that is said, by us or by commander. */
async function saidOf(...args: string[]): Promise<string> {
  let said = '';
  const program = byokCommand({
    env: {},
    homeFolder: '',
    print: (text) => {
      said += text;
    },
    remark: (text) => {
      said += text;
    },
  } as Surroundings);
  const commands = [program];
  for (const command of commands) {
    command.exitOverride();
    commands.push(...command.commands);
  }
  try {
    await program.parseAsync(['node', 'byok', ...args]);
    throw new Error('it was accepted');
  } catch (error) {
    // Commander's own error repeats what was said.
    const { code, message } = error as { code: string; message: string };
    return code.startsWith('commander.') ? said : `${said}${message}`;
  }
}

const secrets = [
  'yTqPdrY1V0VbUPRBHmDCOZ4EX8PWmg9Hd1Ag5oVAhpw=',
  'f1'.repeat(32),
  'Tr0ub4dor & 3',
  "a'b\nc",
];
const withChoices = [...allCommands()].flatMap(([path, { options }]) =>
  options
    .filter(({ argChoices }) => argChoices !== undefined)
    .map(({ long }) => [...path.split(' ').slice(1), String(long)]),
);

const keyed = ['apply', 'remove', 'import'];

test.each([
  ...withChoices,
  ['apply', '--fingerprint'],
  ['apply', '--key-id'],
  ['remove', '--key-id'],
  ['import', '--key-id'],
  ['ceremony', 'start', '--key-id'],
  ['create-key', '--alias', 'x', '--tag'],
  ['apply', '--valid-for'],
  ['apply', '--renew-before'],
  ['apply', '--warn-before'],
  ['apply', '--timeout'],
  ['apply', '--expiration-time'],
  ['import', '--expiration-time'],
  ['remove', '--timeout'],
  ['check', '--live', '--warn-before'],
  ['status', '--region'],
  ['emulator', '--port'],
  ['completion'],
  ['ceremony'],
  [],
])('byok %s %s %s', async (...args) => {
  const given = args.filter((arg) => arg !== undefined);
  const more =
    keyed.includes(given[0] ?? '') && !given.includes('--key-id')
      ? ['--key-id', '0d0466b0-e727-4d9c-b35d-f84bb474a37f']
      : [];
  for (const secret of secrets) {
    const said = await saidOf(...given, secret, ...more);
    expect(said).toContain('not shown');
    expect(said).not.toContain(secret);
  }
});

test('nor is the value of an unknown flag', async () => {
  for (const secret of secrets) {
    const said = await saidOf('status', `--material=${secret}`);
    expect(said).toContain('--material=…');
    expect(said).not.toContain(secret);
  }
});

test('slips are shown', async () => {
  expect(await saidOf('aply')).toContain("unknown command 'aply'");
  expect(await saidOf('status', '--regoin', 'x')).toContain("unknown option '--regoin'");
  expect(await saidOf('fingerprint', '--material-encoding', 'base32')).toContain("'base32' is inv");
  expect(await saidOf('remove', '--key-id', '0d0466b0-e727')).toContain(
    'is "0d0466b0-e727"; allowed',
  );
  const key = ['--key-id', '0d0466b0-e727-4d9c-b35d-f84bb474a37f'];
  for (const slip of ['90 days', '3months', 'P90D', '1.5h', '-3d', '90']) {
    expect(await saidOf('remove', ...key, '--timeout', slip)).toContain(`is "${slip}"; allowed`);
  }
  for (const slip of ['tomorrow', '2030-01-31', '2030-01-31 00:00', '2030-01-31T00:00:00.5Z']) {
    expect(await saidOf('import', ...key, '--expiration-time', slip)).toContain(`is "${slip}"; al`);
  }
  for (const slip of ['eu_de', 'EU-DE', 'Frankfurt', 'eu-de.']) {
    expect(await saidOf('status', '--region', slip)).toContain(`is "${slip}"; give`);
  }
});
