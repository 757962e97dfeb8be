/** What Terraform keeps beside the state of `byok_external_key`. Nothing in it is secret. */
import { tryParseRecord } from '../../json';
import type { PrivateState } from '../../tfplugin/provider';

export interface KeyMemory {
  /** It was there already when it was created here; whose it is, nobody knows. */
  readonly adopted: boolean;
  /** Of the plan of a new key, its alias: the destroy leg of a replacement is given the same. */
  readonly successorAlias?: string | undefined;
  /** Of a plan that gives keys up: those that another object has, and which stay. */
  readonly kept?: readonly string[] | undefined;
  /** Of the first plan of a replacement, for the second one: the key that ends. */
  readonly ends?: string | undefined;
  /** By Read, for the plan that follows: another object of the state has the key, too. */
  readonly shared?: boolean | undefined;
}

const version = 1;

export function encodeKeyMemory({
  adopted,
  successorAlias,
  kept = [],
  ends,
  shared,
}: KeyMemory): PrivateState {
  const written = {
    version,
    adopted,
    successorAlias,
    kept: kept.length === 0 ? undefined : kept,
    ends,
    shared: shared === true ? true : undefined,
  };
  return Buffer.from(JSON.stringify(written), 'utf8');
}

/**
 * What an earlier plan left there, as when its apply was refused, is no concern of the next one.
 */
export function withoutPlan(bytes: PrivateState): PrivateState {
  const { adopted, ...ofPlan } = decodeKeyMemory(bytes);
  return Object.values(ofPlan).every((value) => value === undefined)
    ? bytes
    : encodeKeyMemory({ adopted });
}

/** Anything that is not exactly what we write says nothing. */
export function decodeKeyMemory(bytes: PrivateState): KeyMemory {
  const record = tryParseRecord(Buffer.from(bytes).toString('utf8'));
  const { version: found, adopted, successorAlias, kept, ends, shared } = record ?? {};
  return found === version
    ? {
        adopted: adopted === true,
        successorAlias: typeof successorAlias === 'string' ? successorAlias : undefined,
        kept: Array.isArray(kept) ? kept.filter((keyId) => typeof keyId === 'string') : undefined,
        ends: typeof ends === 'string' ? ends : undefined,
        shared: shared === true ? true : undefined,
      }
    : { adopted: false };
}
