import type { Command } from 'commander';
import { byokCommand } from '../../lib/cli/command';
import { fitted } from '../../lib/cli/help-text';
import type { Surroundings } from '../../lib/cli/surroundings';

const surroundings: Surroundings = {
  env: {},
  homeFolder: '/home/somebody',
  now: () => new Date(0),
  print: () => undefined,
  remark: () => undefined,
  readInput: async () => undefined,
  exitWith: () => undefined,
  untilStopped: () => new Promise(() => undefined),
};

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

/** What `--help` prints in a terminal of this width. */
function helpOf(command: Command, width: number): string {
  let text = '';
  command.configureOutput({ getOutHelpWidth: () => width, writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
}

/** For a shell: what is quoted is one, and a backslash continues the line. */
const isOneWord = (line: string) => /^\s*(?:[^\s'"]|'[^']*'|"[^"]*")+(?: \\)?$/.test(line);

const commands = allCommands(byokCommand(surroundings)).map(
  (command) => [command.name(), command] as const,
);

test.each(commands)(
  'the help of %s fits into terminals, and says the same in each',
  (_, command) => {
    const words = (text: string) => text.split(/[\s\\]+/).filter((word) => word !== '');
    const wide = helpOf(command, 1000);
    for (const width of [40, 60, 72, 80, 100, 140]) {
      const text = helpOf(command, width);
      expect(text.split('\n').filter((line) => line.length > width && !isOneWord(line))).toEqual(
        [],
      );
      expect(words(text)).toEqual(words(wide));
    }
  },
);

test('paragraphs are filled to the width, and blank lines stay', () => {
  expect(fitted('\none two three\nfour five\n\nsix', 12)).toBe(
    '\none two\nthree four\nfive\n\nsix',
  );
  expect(fitted('one two\nthree', 80)).toBe('one two three');
});

test('a command line is broken where the shell reads on, never inside quotes', () => {
  const line = "  $ byok create-key --alias orders --description 'orders of the database' --json";
  expect(fitted(line, 44)).toBe(
    "  $ byok create-key --alias orders \\\n      --description \\\n      'orders of the database' --json",
  );
  expect(fitted(line, 80)).toBe(line);
});

test('what stands beside a command hangs in its column, or below where there is no room', () => {
  const table =
    '  $ byok status          which keys there are, and\n                         when they expire';
  expect(fitted(table, 80)).toBe(
    '  $ byok status          which keys there are, and when they expire',
  );
  expect(fitted(table, 50)).toBe(
    '  $ byok status          which keys there are, and\n                         when they expire',
  );
  expect(fitted(table, 40)).toBe(
    '  $ byok status\n      which keys there are, and when\n      they expire',
  );
});
