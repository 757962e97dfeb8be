/**
 * docs/cli.md: every command and flag, read off commander's own tree, with the help that the
 * command prints.
 */
import { type Argument, Command, type Option } from 'commander';
import { byokCommand } from '../../lib/cli/command';
import { addConnectionFlags } from '../../lib/cli/connection-flags';
import type { Surroundings } from '../../lib/cli/surroundings';
import { fenced, joined } from './markdown';

/** Nothing is run: commands are only asked what they are. */
const nowhere: Surroundings = {
  env: {},
  homeFolder: '',
  now: () => new Date(0),
  print: () => undefined,
  remark: () => undefined,
  readInput: async () => undefined,
  exitWith: () => undefined,
  untilStopped: async () => 'it never ran',
};

const connectionLink = '[connection flags](#connection-flags)';

export function cliPage(): string {
  const program = byokCommand(nowhere);
  const connection = addConnectionFlags(new Command()).options;
  return joined([
    '---\npage_title: "Commands - byok"\ndescription: |-\n  Every command and flag of byok.\n---',
    '<!-- Written by "npm run docs" from lib/cli; edit there. -->',
    '# Commands',
    program.description(),
    'In a project that has `cdktf-byok` installed, write `npx cdktf-byok` for `byok`. Each command also takes `-h` and `--help`. What `--json` prints: [JSON](json.md).',
    program.options
      .filter(({ hidden }) => !hidden)
      .map(flagLine)
      .join('\n'),
    ...help(program),
    ...program.commands.flatMap((command) => section(command, program.name(), connection)),
    '## Connection flags',
    'Where the KMS is, and who logs in. Tokens, passwords and secret keys have no flag, since others on the machine could see it: they come from the environment, as for the [provider](index.md#schema).',
    connection.map(flagLine).join('\n'),
    '[All pages](index.md)',
  ]);
}

function section(
  command: Command,
  parent: string,
  connection: readonly Option[],
  level = '##',
): string[] {
  const path = `${parent} ${command.name()}`;
  const isConnection = ({ flags }: Option) => connection.some((option) => option.flags === flags);
  const lines = [
    ...command.registeredArguments.map(argumentLine),
    ...command.options.filter((option) => !option.hidden && !isConnection(option)).map(flagLine),
    ...(command.options.some(isConnection) ? [`- the ${connectionLink}`] : []),
  ];
  return [
    `${level} ${path}`,
    inProse(command.description()),
    ...(command.commands.length === 0 ? [`Usage: \`${path} ${command.usage()}\``] : []),
    ...(lines.length === 0 ? [] : [lines.join('\n')]),
    ...help(command),
    ...command.commands.flatMap((child) => section(child, path, connection, `${level}#`)),
  ];
}

function flagLine({
  flags,
  description,
  mandatory,
  defaultValue,
  defaultValueDescription,
  argChoices,
}: Option): string {
  const told =
    defaultValueDescription ??
    (['string', 'number'].includes(typeof defaultValue) ? String(defaultValue) : '');
  return listLine(flags, description, {
    required: mandatory,
    byDefault: told === 'none' ? '' : told,
    allowed: argChoices,
  });
}

function argumentLine(argument: Argument): string {
  const { required, description, argChoices: allowed } = argument;
  return listLine(`<${argument.name()}>`, description, { required, byDefault: '', allowed });
}

interface Told {
  readonly required: boolean;
  /** Empty: there is none. */
  readonly byDefault: string;
  readonly allowed: readonly string[] | undefined;
}

function listLine(
  spelling: string,
  description: string,
  { required, byDefault, allowed }: Told,
): string {
  return [
    `- \`${spelling}\`${required ? ' (required)' : ''}: ${inProse(description).replace(/\.$/, '')}.`,
    ...(byDefault === '' ? [] : [`Default: \`${byDefault}\`.`]),
    ...(allowed === undefined
      ? []
      : [`Allowed: ${allowed.map((word) => `\`${word}\``).join(', ')}.`]),
  ].join(' ');
}

/**
 * What stands below the flags, as `--help` prints it on an endless line: paragraphs at the margin,
 * everything else is code.
 */
function help(command: Command): string[] {
  let printed = '';
  command.configureOutput({
    writeOut: (text) => {
      printed += text;
    },
    getOutHelpWidth: () => Number.POSITIVE_INFINITY,
  });
  command.outputHelp();
  const blocks =
    printed.slice(command.helpInformation().length).match(/(?:^ .*\n?)+|^\S.*/gm) ?? [];
  return blocks.map((block) =>
    block.startsWith(' ')
      ? fenced('console', block.trimEnd().replace(/^ {2}/gm, ''))
      : inProse(block),
  );
}

/** Flags and names of variables are code; nothing else in a help text is Markdown. */
function inProse(text: string): string {
  return text
    .split(/("[^"]*"|(?<![\w-])--[a-z][a-z-]*|\b[A-Z]+_[A-Z_]+\*?|\b[A-Z]{2,}_\*)/)
    .map((part, index) =>
      index % 2 === 1 && !part.startsWith('"') ? `\`${part}\`` : part.replace(/[<*]/g, '\\$&'),
    )
    .join('');
}
