/**
 * Whether the Terraform that started this provider was told to destroy, to plan and apply at once,
 * or to test, which ends with a destroy. Before a destroy it plans an update like any other, and
 * tells no provider what that plan is for; `cdktf destroy` cannot leave it out either. Only the
 * command line tells. Never decides about a change: the plan of an update that runs before a
 * destroy is thrown away.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** As Go's flag package reads it. */
const destroyFlag = /^--?destroy(=(1|t|true))?$/i;

/** @param command program and arguments; a flag that only stands in TF_CLI_ARGS is not seen */
export function isDestroyCommand([, ...args]: readonly string[]): boolean {
  const subcommand = subcommandOf(args);
  return (
    subcommand === 'destroy' ||
    (['plan', 'apply'].includes(subcommand) && args.some((arg) => destroyFlag.test(arg)))
  );
}

/** @param command program and arguments */
export function isTestCommand([, ...args]: readonly string[]): boolean {
  return subcommandOf(args) === 'test';
}

/** Flags of `apply` whose value may be the next argument: `-var x=y` is no saved plan. */
const flagsWithValue =
  /^--?(var|var-file|target|target-file|exclude|exclude-file|replace|lock-timeout|parallelism|state|state-out|backup|invoke|json-into)$/;

/**
 * Whether plan and apply are both of this command, so that what the one finds can be left for the
 * other. @param command program and arguments
 */
export function isWholeApply([, ...args]: readonly string[]): boolean {
  // The system ends each argument, the last one too.
  const positional = args.filter(
    (arg, index) =>
      arg !== '' && !arg.startsWith('-') && !flagsWithValue.test(args[index - 1] ?? ''),
  );
  return positional.length === 1 && positional[0] === 'apply';
}

function subcommandOf(args: readonly string[]): string {
  return args.find((arg) => !arg.startsWith('-')) ?? '';
}

/** @returns program and arguments of a process; empty where the system does not tell */
export function commandOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return commandByPs(pid);
  }
}

/** Where there is no /proc. Arguments with spaces fall apart, which no flag of ours has. */
function commandByPs(pid: number): readonly string[] {
  try {
    const told = execFileSync('ps', ['-o', 'args=', '-p', String(pid)], {
      encoding: 'utf8',
      timeout: 2000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return told.trim().split(/\s+/);
  } catch {
    return [];
  }
}
