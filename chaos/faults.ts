/**
 * What can go wrong between the provider and the KMS, one row each: as the emulator is told, and
 * whether the provider dies with it.
 */
import type { Fault } from '../lib/emulator';
import type { Random } from './random';

export interface FaultKind {
  readonly fault?: Fault;
  /**
   * SIGKILL of the provider at this call: before the KMS carries it out, or after, with the answer
   * on its way.
   */
  readonly kill?: 'before' | 'after';
  /** Ctrl-C at this call, so often. */
  readonly interrupt?: 1 | 2;
  /** Somebody else imports between the provider's get-parameters-for-import and its import. */
  readonly race?: true;
}

/** Long enough for two calls of somebody else to come in between. */
const overtakenMs = 150;

/**
 * Longer than the provider waits for one call (see surroundings.cjs); the KMS carries it out all
 * the same.
 */
const overTimeoutMs = 550;

export const faultKinds = {
  'killed before the call': { kill: 'before', fault: { drop: 'before' } },
  'killed after the call': { kill: 'after' },
  'connection lost before the call': { fault: { drop: 'before' } },
  'answer lost after the call': { fault: { drop: 'after' } },
  '429': { fault: { status: 429 } },
  '500': { fault: { status: 500 } },
  '500 after the call': { fault: { status: 500, committed: true } },
  '502 after the call': { fault: { status: 502, committed: true } },
  '502': { fault: { status: 502 } },
  '503': { fault: { status: 503 } },
  '504': { fault: { status: 504 } },
  '504 after the call': { fault: { status: 504, committed: true } },
  '403': { fault: { status: 403, errorCode: 'KMS.0306' } },
  garbled: { fault: { body: 'garbled' } },
  timeout: { fault: { delayMs: overTimeoutMs } },
  'a login page instead of the call': {
    fault: { answer: '<html><body>Please log in</body></html>' },
  },
  'a login page after the call': {
    fault: { answer: '<html><body>Please log in</body></html>', committed: true },
  },
  'a success that holds an error': {
    fault: { answer: '{"error":{"error_code":"KMS.0307","error_msg":"refused"}}' },
  },
  'a success that holds an error, after the call': {
    fault: { answer: '{"error":{"error_code":"KMS.0101"}}', committed: true },
  },
  'an empty list instead of the call': { fault: { answer: '[]' } },
  'an empty list after the call': { fault: { answer: '[]', committed: true } },
  'null instead of the call': { fault: { answer: 'null' } },
  'null after the call': { fault: { answer: 'null', committed: true } },
  'a bare 200 instead of the call': { fault: { answer: '' } },
  'a bare 200 after the call': { fault: { answer: '', committed: true } },
  'an answer about another key': { fault: { body: 'other-key' } },
  interrupted: { interrupt: 1 },
  'interrupted twice': { interrupt: 2 },
  'somebody else imports first': { race: true, fault: { delayMs: overtakenMs } },
  'somebody else imports first, and the answer is lost': {
    race: true,
    fault: { delayMs: overtakenMs, drop: 'before' },
  },
} as const satisfies Record<string, FaultKind>;

export type FaultName = keyof typeof faultKinds;

const kinds = Object.entries<FaultKind>(faultKinds);
const namesOf = (rows: typeof kinds) =>
  rows.map(([name]) => name as FaultName) as [FaultName, ...FaultName[]];
const kills = namesOf(kinds.filter(([, { kill }]) => kill !== undefined));
const races = namesOf(kinds.filter(([, { race }]) => race === true));
const interrupts = namesOf(kinds.filter(([, { interrupt }]) => interrupt !== undefined));
export const oddSuccesses = namesOf(
  kinds.filter(([, { fault }]) => fault?.answer !== undefined || fault?.body === 'other-key'),
);
const others = [...kills, ...races, ...interrupts, ...oddSuccesses];
const disturbances = namesOf(kinds.filter(([name]) => !others.includes(name as FaultName)));
const writes = [
  'create-key',
  'import-key-material',
  'get-parameters-for-import',
  'delete-imported-key-material',
  'schedule-key-deletion',
  'cancel-key-deletion',
  'enable-key',
  'disable-key',
  'update-key-alias',
] as const;

/** One fault of one command. */
export interface FaultOrder {
  readonly name: FaultName;
  /** Undefined: any call. */
  readonly operation: string | undefined;
  /** How many calls that it could hit pass first. */
  readonly skip: number;
  /** How many it hits one after the other. */
  readonly times: number;
}

/**
 * Kills take a third of all, successes that are none and interrupts a fifth, somebody else a tenth;
 * half of what is left aims at a writing call, the rest at whichever comes.
 */
export function drawFault(random: Random): FaultOrder {
  if (random.chance(0.1)) {
    // The first import that the KMS sees is theirs.
    return { name: random.pick(races), operation: 'import-key-material', skip: 1, times: 1 };
  }
  const kind = random.next();
  const name = random.pick(
    kind < 0.33 ? kills : kind < 0.5 ? oddSuccesses : kind < 0.56 ? interrupts : disturbances,
  );
  const aimed = random.chance(0.5);
  return {
    name,
    operation: aimed ? random.pick(writes) : undefined,
    skip: random.below(aimed ? 2 : 8),
    times:
      name === 'timeout' || 'kill' in faultKinds[name] || 'interrupt' in faultKinds[name]
        ? 1
        : random.chance(0.25)
          ? 1 + random.below(6)
          : 1,
  };
}
