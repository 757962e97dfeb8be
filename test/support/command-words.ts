/** The commands as they are, and how each of them calls what a person sets. */
import type { Command } from 'commander';
import { byokCommand } from '../../lib/cli/command';
import { wordingOf } from '../../lib/cli/wording';
import type { Wording } from '../../lib/lifecycle/wording';

/** By what is typed for it: "byok ceremony start". */
export function allCommands(): ReadonlyMap<string, Command> {
  const found = new Map<string, Command>();
  const add = (command: Command, parents: string) => {
    const path = `${parents}${command.name()}`;
    found.set(path, command);
    for (const child of command.commands) {
      add(child, `${path} `);
    }
  };
  add(byokCommand({ env: {}, homeFolder: '' } as Parameters<typeof byokCommand>[0]), '');
  return found;
}

/** @param path for example "byok apply" */
export function wordsOf(path: string): Wording {
  const command = allCommands().get(path);
  if (command === undefined) {
    throw new Error(`there is no ${path}`);
  }
  return wordingOf(command);
}
