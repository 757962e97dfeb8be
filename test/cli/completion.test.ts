/**
 * The scripts run in the shells themselves. Those that are not on this machine are left out; bash
 * is on each.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { byokCommand } from '../../lib/cli/command';
import { commandTree } from '../../lib/cli/command-tree';
import { type ByokProcess, bundleByok } from './byok-process';

let byok: ByokProcess;
const folder = mkdtempSync(join(tmpdir(), 'byok-completion-'));

beforeAll(() => {
  byok = bundleByok();
  mkdirSync(join(folder, 'keys'));
  writeFileSync(join(folder, 'orders.key'), '');
});

afterAll(() => {
  byok.remove();
  rmSync(folder, { recursive: true, force: true });
});

const { PATH = '' } = process.env;
const isInstalled = (shell: string) => spawnSync(shell, ['--version']).status === 0;

/** What the shell offers after these words, the last of which is being typed. */
type Offers = (words: readonly string[]) => string[];

const scripts = new Map<string, string>();

function scriptOf(shell: string): string {
  const known = scripts.get(shell);
  if (known !== undefined) {
    return known;
  }
  const { status, stdout, stderr } = byok.run(['completion', shell]);
  expect([status, stderr]).toEqual([0, '']);
  scripts.set(shell, stdout);
  return stdout;
}

function lines(command: string, args: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    env: { PATH, HOME: folder, TERM: 'dumb' },
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .sort();
}

const quoted = (word: string) => `'${word}'`;

const inBash: Offers = (words) => {
  const script = `${scriptOf('bash')}
COMP_WORDS=(byok ${words.map(quoted).join(' ')})
COMP_CWORD=${words.length}
_byok
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return lines('bash', ['--noprofile', '--norc', '-c', script]);
};

/** The widgets of zsh need a terminal: what they are given is printed in their place. */
const inZsh: Offers = (words) => {
  const script = `compdef() { :; }
_files() { if [[ $1 == -/ ]]; then print -rl -- *(N/); else print -rl -- *(N); fi; }
_describe() { local -a all; all=("\${(@P)2}"); print -rl -- \${\${(M)all:#$PREFIX*}%%:*}; }
compadd() { shift; print -rl -- \${(M)@:#$PREFIX*}; }
${scriptOf('zsh')}
words=(byok ${words.map(quoted).join(' ')}) CURRENT=${words.length + 1} PREFIX=${quoted(words.at(-1) ?? '')}
_byok; true`;
  return lines('zsh', ['-f', '-c', script]);
};

const inFish: Offers = (words) => {
  const script = `${scriptOf('fish')}\ncomplete -C ${quoted(`byok ${words.join(' ')}`)}`;
  return lines('fish', ['--no-config', '-c', script]).map(
    (line) => line.split('\t')[0]?.replace(/\/$/, '') ?? '',
  );
};

const shells: readonly (readonly [string, Offers])[] = [
  ['bash', inBash],
  ['zsh', inZsh],
  ['fish', inFish],
];

describe.each(shells.filter(([shell]) => isInstalled(shell)))('%s', (_, offers) => {
  test('offers every command, and the one that is begun', () => {
    expect(offers([''])).toEqual(
      expect.arrayContaining([
        'apply',
        'ceremony',
        'check',
        'completion',
        'create-key',
        'emulator',
        'import',
        'remove',
      ]),
    );
    expect(offers(['stat'])).toEqual(['status']);
    expect(offers(['ceremony', ''])).toEqual(expect.arrayContaining(['finish', 'start']));
    expect(offers(['ceremony', 'st'])).toEqual(['start']);
  });

  test('offers the flags of the command it is in, also behind other flags and their values', () => {
    expect(offers(['create-key', '--al'])).toEqual(['--alias']);
    expect(offers(['create-key', '--alias', 'remove', '--key-u'])).toEqual(['--key-usage']);
    expect(offers(['ceremony', 'finish', '--exp'])).toEqual(['--expiration-time']);
    expect(offers(['status', '--al'])).toEqual([]);
  });

  test('offers the words that may follow, files and folders', () => {
    expect(offers(['completion', ''])).toEqual(['bash', 'fish', 'zsh']);
    expect(offers(['create-key', '--key-spec', 'EC'])).toEqual(['EC_P256', 'EC_P384']);
    expect(offers(['import', '--material-file', ''])).toEqual(['keys', 'orders.key']);
    expect(offers(['provider', 'install', '--plugin-dir', ''])).toEqual(['keys']);
    expect(offers(['import', '--key-id', ''])).toEqual([]);
  });
});

test('bash takes the script by itself, and completes on the Tab key of its own machinery', () => {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'byok'), `#!/bin/sh\nexec '${process.execPath}' '${byok.file}' "$@"\n`);
  chmodSync(join(bin, 'byok'), 0o755);
  const script = 'source <(byok completion bash); complete -p byok';
  const { stdout } = spawnSync('bash', ['--noprofile', '--norc', '-c', script], {
    env: { PATH: `${bin}${delimiter}${PATH}` },
    encoding: 'utf8',
  });
  expect(stdout).toBe('complete -F _byok byok\n');
});

test('knows every command and every flag that the help shows', () => {
  const tree = commandTree(byokCommand({ homeFolder: '/' } as Parameters<typeof byokCommand>[0]));
  const script = scriptOf('bash');
  for (const { name, flags } of tree.commands) {
    expect(script).toContain(`'byok ${name}'`);
    const { stdout } = byok.run([name, '--help']);
    expect(flags.flatMap(({ names }) => names).filter((flag) => !stdout.includes(flag))).toEqual(
      [],
    );
  }
});

test('refuses a shell that it has no script for', () => {
  const { status, stderr } = byok.run(['completion', 'csh']);
  expect([status, stderr]).toEqual([
    1,
    expect.stringContaining('Allowed choices are bash, zsh, fish'),
  ]);
});
