/**
 * Finds out whether the Terraform that started this provider runs a destroy, plans and applies at
 * once, or runs tests, which end with a destroy. Before a destroy, Terraform plans an update like
 * any other and tells no provider what that plan is for (`cdktf destroy` cannot leave it out
 * either). Only the command line tells. This never decides about a change: Terraform discards the
 * plan of an update that precedes a destroy.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Read as Go's flag package reads it. */
const destroyFlag = /^--?destroy(=(1|t|true))?$/i;

/** @param command program and arguments; a flag that is only in TF_CLI_ARGS is not seen */
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

/** Flags of `apply` whose value may be the next argument: `-var x=y` is not a saved plan. */
const flagsWithValue =
  /^--?(var|var-file|target|target-file|exclude|exclude-file|replace|lock-timeout|parallelism|state|state-out|backup|invoke|json-into)$/;

/**
 * Whether this command both plans and applies, so that its plan may leave findings for its apply.
 * @param command program and arguments
 */
export function isWholeApply([, ...args]: readonly string[]): boolean {
  // The system ends each argument with a NUL, the last one too.
  const positional = args.filter(
    (arg, index) =>
      arg !== '' && !arg.startsWith('-') && !flagsWithValue.test(args[index - 1] ?? ''),
  );
  return positional.length === 1 && positional[0] === 'apply';
}

function subcommandOf(args: readonly string[]): string {
  return args.find((arg) => !arg.startsWith('-')) ?? '';
}

/** @returns program and arguments of a process; empty if the system does not tell */
export function commandOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return commandByPs(pid);
  }
}

/** For systems without /proc. Arguments with spaces fall apart, but no flag of ours has any. */
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
