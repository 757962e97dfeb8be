/**
 * The commands and their flags as data, read from commander's own tree: so completion knows exactly
 * what the parser accepts.
 */
import type { Command, Option } from 'commander';

/** What follows a flag: a file, a folder, one of several words, something else, or nothing. */
export type FlagValue = 'file' | 'folder' | readonly string[] | 'other' | undefined;

export interface FlagNode {
  /** All its spellings: "-h", "--help". */
  readonly names: readonly string[];
  readonly description: string;
  readonly value: FlagValue;
}

export interface CommandNode {
  /** From the program on: "byok ceremony start". */
  readonly path: string;
  readonly name: string;
  readonly description: string;
  readonly flags: readonly FlagNode[];
  /** Words that its argument may be. */
  readonly words: readonly string[];
  readonly commands: readonly CommandNode[];
}

export function commandTree(command: Command, parent = ''): CommandNode {
  const name = command.name();
  const path = parent === '' ? name : `${parent} ${name}`;
  return {
    path,
    name,
    description: firstSentence(command.description()),
    flags: [
      ...command.options.filter(({ hidden }) => !hidden).map(flagOf),
      { names: ['-h', '--help'], description: 'show the help', value: undefined },
    ],
    words: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    commands: command.commands.map((child) => commandTree(child, path)),
  };
}

/** The node itself, and all below it. */
export function allNodes(node: CommandNode): CommandNode[] {
  return [node, ...node.commands.flatMap(allNodes)];
}

function flagOf(option: Option): FlagNode {
  const names = [option.short, option.long].filter((name) => name !== undefined && name !== null);
  return { names, description: firstSentence(option.description), value: valueAfter(option) };
}

/** A value that may be left out is not waited for: another flag may follow. */
function valueAfter({ flags, required, argChoices }: Option): FlagValue {
  if (!required) {
    return undefined;
  }
  if (argChoices !== undefined) {
    return argChoices;
  }
  return flags.endsWith('FILE>') ? 'file' : flags.endsWith('<DIR>') ? 'folder' : 'other';
}

function firstSentence(text: string): string {
  return text.replace(/(?:[.:;] .*|\.)$/s, '');
}
