/** What can go wrong between the provider and the KMS, one row each: as the emulator is told, and whether the provider dies with it. */
import type { Fault } from '../lib/emulator';
import type { Random } from './random';

export interface FaultKind {
  readonly fault?: Fault;
  /** SIGKILL of the provider at this call: before the KMS carries it out, or after, with the answer on its way. */
  readonly kill?: 'before' | 'after';
  /** Somebody else imports between the provider's get-parameters-for-import and its import. */
  readonly race?: true;
}

/** Long enough for two calls of somebody else to come in between. */
const overtakenMs = 150;

/** Longer than the provider waits for one call (see surroundings.cjs); the KMS carries it out all the same. */
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
  'somebody else imports first': { race: true, fault: { delayMs: overtakenMs } },
  'somebody else imports first, and the answer is lost': { race: true, fault: { delayMs: overtakenMs, drop: 'before' } },
} as const satisfies Record<string, FaultKind>;

export type FaultName = keyof typeof faultKinds;

const kinds = Object.entries<FaultKind>(faultKinds);
const namesOf = (rows: typeof kinds) => rows.map(([name]) => name as FaultName) as [FaultName, ...FaultName[]];
const kills = namesOf(kinds.filter(([, { kill }]) => kill !== undefined));
const races = namesOf(kinds.filter(([, { race }]) => race === true));
const disturbances = namesOf(kinds.filter(([, { kill, race }]) => kill === undefined && race === undefined));
const writes = [
  'create-key',
  'import-key-material',
  'get-parameters-for-import',
  'delete-imported-key-material',
  'schedule-key-deletion',
  'cancel-key-deletion',
  'enable-key',
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

/** Kills take a third of all, and somebody else a tenth; half of what is left aims at a writing call, the rest at whichever comes. */
export function drawFault(random: Random): FaultOrder {
  if (random.chance(0.1)) {
    // The first import that the KMS sees is theirs.
    return { name: random.pick(races), operation: 'import-key-material', skip: 1, times: 1 };
  }
  const name = random.chance(0.37) ? random.pick(kills) : random.pick(disturbances);
  const aimed = random.chance(0.5);
  return {
    name,
    operation: aimed ? random.pick(writes) : undefined,
    skip: random.below(aimed ? 2 : 8),
    times: name === 'timeout' || 'kill' in faultKinds[name] ? 1 : random.chance(0.25) ? 1 + random.below(6) : 1,
  };
}
