/**
 * The command line of a provisioner. A shell reads it, so a value stands in quotes, and one that only Terraform or the synthesis will know
 * comes through the environment of the provisioner. Never a secret: Terraform prints command lines, and everybody on a machine sees them.
 */
import { Fn } from 'cdktf';
import type { Construct } from 'constructs';
import { isLiteral } from './config-attributes';
import { pathFromStackFolder } from './stack-folder';

/** A flag of `byok`; without a value it is a switch. */
export interface HookFlag {
  readonly name: string;
  readonly value?: string;
}

/** Of a local-exec provisioner. */
export interface HookCommand {
  readonly command: string;
  readonly environment: Record<string, string>;
}

/** @param program undefined: `byok` beside the app, else on PATH */
export function hookCommand(scope: Construct, program: string | undefined, subcommand: string, flags: readonly HookFlag[]): HookCommand {
  const started =
    program === undefined
      ? { words: 'PATH="$BYOK_BIN:$PATH" byok', variables: { BYOK_BIN: pathFromStackFolder(scope, 'node_modules/.bin', 'command') } }
      : {
          words: '"$BYOK_COMMAND"',
          variables: { BYOK_COMMAND: program.includes('/') ? pathFromStackFolder(scope, program, 'command') : program },
        };
  const passed = flags.flatMap(({ name, value }) => (value === undefined || isLiteral(value) ? [] : [[variableOf(name), value]]));
  const words = flags.flatMap(({ name, value }) => [name, ...(value === undefined ? [] : [wordOf(name, value)])]);
  return {
    // Not the last command: a shell replaces itself by that one, and Terraform kills its shell at the first Ctrl-C. byok must live to end
    // what it has begun.
    command: `${[started.words, subcommand, ...words].join(' ')}; exit $?`,
    environment: { ...started.variables, ...Object.fromEntries(passed) },
  };
}

/** A list as JSON. What is none is refused at synthesis, where all faults are told together. */
export function jsonText(list: readonly string[]): string {
  return !Array.isArray(list) || list.every(isLiteral) ? JSON.stringify(list) : Fn.jsonencode(list);
}

function wordOf(flag: string, value: string): string {
  if (!isLiteral(value)) {
    return `"$${variableOf(flag)}"`;
  }
  return /^[\w./:@%+=,-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}

function variableOf(flag: string): string {
  return `BYOK_${flag.replace(/^--/, '').replaceAll('-', '_').toUpperCase()}`;
}
