/** One command under faults, and what a trace says of it. */
import type { Emulator, JournalEntry } from '../lib/emulator';
import type { FaultLine } from './fault-line';
import type { FaultName, FaultOrder } from './faults';
import type { CommandResult, Terraform } from './terraform';

export type Command = () => Promise<CommandResult>;

export interface Played {
  readonly result: CommandResult;
  readonly calls: readonly JournalEntry[];
  /** Faults that hit. */
  readonly hits: readonly FaultName[];
}

export async function play(
  line: FaultLine,
  terraform: Terraform,
  orders: readonly FaultOrder[],
  command: Command,
  race?: (keyId: string) => Promise<void>,
): Promise<Played> {
  let result: CommandResult = {
    ok: false,
    messages: [],
    actions: [],
    planned: false,
    recorded: false,
    shown: {},
  };
  let calls: readonly JournalEntry[] = [];
  const interference = {
    kill: () => terraform.kill(),
    interrupt: (times: 1 | 2) => terraform.interrupt(times),
    race,
  };
  const hits = await line.during(orders, interference, async () => {
    result = await command();
    calls = line.emulator.calls();
  });
  return { result, calls, hits };
}

/** @param declared as a trace is to show it */
export function describe(
  { result, hits }: Played,
  declared: unknown,
  orders: readonly FaultOrder[],
  emulator: Emulator,
  skewMs: number,
): string {
  const ordered = orders.map(
    ({ name, operation, skip, times }) =>
      `${name} at ${operation ?? 'any call'} +${skip} ×${times}`,
  );
  const calls = emulator.calls().map(({ operation, status, errorCode, dropped }) => {
    const outcome =
      dropped === undefined
        ? `${status ?? ''}${errorCode === undefined ? '' : ` ${errorCode}`}`
        : `dropped ${dropped}`;
    return `${operation} ${outcome}`;
  });
  return [
    result.ok ? 'ok' : 'failed',
    `[${result.actions.join(', ')}]`,
    `declared ${JSON.stringify(declared)}`,
    `clock ${emulator.now().toISOString()} skew ${skewMs}`,
    `faults ordered: ${ordered.join('; ') || 'none'}; hit: ${hits.join('; ') || 'none'}`,
    `calls: ${calls.join(', ')}`,
    ...result.messages,
  ].join('\n    ');
}
