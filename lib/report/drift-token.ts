/**
 * A short text that changes when hooks have something to do. Terraform keeps the one of the last apply, so the next one is counted from
 * there: after the healing it stays. Pure.
 */
import type { KeyDetail } from '../kms/model';
import { decide } from '../lifecycle/decide';
import { isRolling, keep } from '../lifecycle/expiration-wish';
import { observeMaterial } from '../lifecycle/material-status';
import { formatInstant } from '../terms/expiration-time';
import type { Hook } from './hooks-in-state';
import { type Finding, wordsOf } from './material-finding';

export interface Drift {
  readonly token: string;
  /** What there is to say about some of the keys, a line each. */
  readonly remarks: readonly string[];
}

/** The token while nothing was ever found to be due. */
export const firstToken = '0';

/** @param keys as the KMS describes them; undefined for one that it does not know */
export function driftOf(hooks: readonly Hook[], keys: ReadonlyMap<string, KeyDetail | undefined>, now: Date): Drift {
  const latest = Math.max(Number(firstToken), ...hooks.map(({ driftToken }) => countOf(driftToken)));
  const judged = hooks.map((hook) => ({ hook, ...judge(hook, keys.get(hook.keyId), now) }));
  // A key that is due needs another token than it was applied with; one that others have already will do.
  const taken = judged.some(({ hook, due }) => due && countOf(hook.driftToken) === latest);
  return {
    token: String(taken ? latest + 1 : latest),
    remarks: judged.flatMap(({ hook: { address, keyId }, said }) => (said === undefined ? [] : [`key ${keyId}, ${address}: ${said}`])),
  };
}

/**
 * Nothing is remembered from before: while something is wrong, each moment has its own token. One that told only what is wrong would come
 * again when the same goes wrong before the next deploy, and nothing would heal it.
 */
export function driftOfFindings(findings: readonly Finding[], now: Date): Drift {
  const drifted = findings.filter(({ verdict }) => verdict === 'missing' || verdict === 'expiring');
  return {
    token: drifted.length === 0 ? firstToken : formatInstant(now),
    remarks: drifted.map(({ key_id, reason }) => `key ${key_id}: ${reason}`),
  };
}

/** Tokens that somebody made up count as none. */
function countOf(token: string): number {
  return /^\d{1,9}$/.test(token) ? Number(token) : 0;
}

function judge({ wish }: Hook, key: KeyDetail | undefined, now: Date): { readonly due: boolean; readonly said: string | undefined } {
  const { expiration } = wish;
  // The expiry that was applied is known, which tells expired material from deleted material.
  const lastKnown = expiration === keep || isRolling(expiration) ? undefined : expiration;
  const observation = observeMaterial(key, lastKnown, now, isRolling(expiration) ? expiration.renewBeforeMs : undefined);
  const decision = decide(wish, { observation, proof: undefined, atHand: undefined, preWrapped: undefined }, now);
  return { due: decision.steps.length > 0, said: wordsOf(decision) };
}
