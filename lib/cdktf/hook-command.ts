/**
 * The command line of a provisioner. A shell reads it, so values are quoted.
 * A value that only Terraform or the synthesis will know comes through the
 * environment of the provisioner.
 * It never holds a secret: Terraform prints command lines,
 * and every user of a machine can see them.
 */
import { Fn } from 'cdktf';
import type { Construct } from 'constructs';
import { isLiteral } from './config-attributes';
import { pathFromStackFolder } from './stack-folder';

/** A flag of `byok`. Without a value it is a switch. */
export interface HookFlag {
  readonly name: string;
  readonly value?: string;
}

/** The arguments of a local-exec provisioner. */
export interface HookCommand {
  readonly command: string;
  readonly environment: Record<string, string>;
}

/** @param program undefined means the `byok` beside the app, else the one on PATH */
export function hookCommand(
  scope: Construct,
  program: string | undefined,
  subcommand: string,
  flags: readonly HookFlag[],
): HookCommand {
  const started =
    program === undefined
      ? {
          words: 'PATH="$BYOK_BIN:$PATH" byok',
          variables: { BYOK_BIN: pathFromStackFolder(scope, 'node_modules/.bin', 'command') },
        }
      : {
          words: '"$BYOK_COMMAND"',
          variables: {
            BYOK_COMMAND: program.includes('/')
              ? pathFromStackFolder(scope, program, 'command')
              : program,
          },
        };
  const passed = flags.flatMap(({ name, value }) =>
    value === undefined || isLiteral(value) ? [] : [[variableOf(name), value]],
  );
  const words = flags.flatMap(({ name, value }) => [
    name,
    ...(value === undefined ? [] : [wordOf(name, value)]),
  ]);
  return {
    // byok must not be the last command. A shell replaces itself with its last command,
    // and Terraform kills its shell at the first Ctrl-C. byok must live on to finish what it began.
    command: `${[started.words, subcommand, ...words].join(' ')}; exit $?`,
    environment: { ...started.variables, ...Object.fromEntries(passed) },
  };
}

/**
 * A list as JSON. A value that is not a list is refused at synthesis,
 * which reports all faults together.
 */
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
