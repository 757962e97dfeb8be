/** `byok completion`: prints what a shell needs to complete this command. */
import { Argument, Command } from 'commander';
import { commandTree } from './command-tree';
import { completionScripts, type Shell } from './completion-scripts';
import { epilogue } from './help-text';
import type { Surroundings } from './surroundings';

const help = `
Completes commands, flags, and what follows a flag where it is one of some words, a file or a folder. Nothing is asked of the KMS.

Examples:
  $ echo 'source <(byok completion bash)' >> ~/.bashrc
  $ echo 'source <(byok completion zsh)' >> ~/.zshrc
  $ byok completion fish > ~/.config/fish/completions/byok.fish`;

export function completionCommand({ print }: Surroundings): Command {
  const command = new Command('completion')
    .description('Print the completion script of a shell.')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(completionScripts)))
    .addHelpText('after', epilogue(help));
  return command.action((shell: Shell) =>
    print(completionScripts[shell](commandTree(rootOf(command)))),
  );
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}
