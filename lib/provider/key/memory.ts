/** What Terraform keeps beside the state of `byok_external_key`. Nothing in it is secret. */
import { tryParseRecord } from '../../json';
import type { PrivateState } from '../../tfplugin/provider';
import { type MovedFrom, toMovedFrom } from '../vendor-state';

export interface KeyMemory {
  /** The key existed before it was created here, and may not be ours. */
  readonly adopted: boolean;
  /** In the plan of a new key, its alias: the destroy part of a replacement receives the same. */
  readonly successorAlias?: string | undefined;
  /** In a plan that gives up keys: those that another object uses, and which stay. */
  readonly kept?: readonly string[] | undefined;
  /** From the first plan of a replacement, for the second one: the key that is destroyed. */
  readonly ends?: string | undefined;
  /** From Read, for the plan that follows: another object in the state has the key, too. */
  readonly shared?: boolean | undefined;
  /** Until Read has found the key: it was moved here from another provider. */
  readonly moved?: MovedFrom | undefined;
}

const version = 1;

export function encodeKeyMemory({
  adopted,
  successorAlias,
  kept = [],
  ends,
  shared,
  moved,
}: KeyMemory): PrivateState {
  const written = {
    version,
    adopted,
    successorAlias,
    kept: kept.length === 0 ? undefined : kept,
    ends,
    shared: shared === true ? true : undefined,
    moved,
  };
  return Buffer.from(JSON.stringify(written), 'utf8');
}

/**
 * What an earlier plan left there (its apply may have been refused) does not concern the next one.
 */
export function withoutPlan(bytes: PrivateState): PrivateState {
  const { adopted, moved, ...ofPlan } = decodeKeyMemory(bytes);
  return Object.values(ofPlan).every((value) => value === undefined)
    ? bytes
    : encodeKeyMemory({ adopted, moved });
}

/** Anything that is not exactly what we write counts as nothing. */
export function decodeKeyMemory(bytes: PrivateState): KeyMemory {
  const record = tryParseRecord(Buffer.from(bytes).toString('utf8'));
  const { version: found, adopted, successorAlias, kept, ends, shared, moved } = record ?? {};
  return found === version
    ? {
        adopted: adopted === true,
        successorAlias: typeof successorAlias === 'string' ? successorAlias : undefined,
        kept: Array.isArray(kept) ? kept.filter((keyId) => typeof keyId === 'string') : undefined,
        ends: typeof ends === 'string' ? ends : undefined,
        shared: shared === true ? true : undefined,
        moved: toMovedFrom(moved),
      }
    : { adopted: false };
}
