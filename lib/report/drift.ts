/**
 * A short text that changes when hooks have something to do. Pure.
 * Terraform stores the token of the last apply, and the next token counts on from there.
 * So the token does not change again after an apply repaired the key.
 */
import type { KeyDetail } from '../kms/model';
import { decide } from '../lifecycle/decide';
import { isRolling } from '../lifecycle/expiration-wish';
import { observeMaterial } from '../lifecycle/material-status';
import { wordsOf } from '../lifecycle/verdict';
import { wording } from '../provider/wording';
import { formatInstant } from '../terms/expiration-time';
import type { Hook } from './hooks-in-state';
import type { Finding } from './material-finding';

export interface Drift {
  readonly token: string;
  /** Remarks about some of the keys, one line each. */
  readonly remarks: readonly string[];
}

/** The token as long as no key was ever due. */
const firstToken = '0';

/** @param keys as the KMS describes them; undefined for a key that it does not know */
export function driftOf(
  hooks: readonly Hook[],
  keys: ReadonlyMap<string, KeyDetail | undefined>,
  now: Date,
): Drift {
  const latest = Math.max(
    Number(firstToken),
    ...hooks.map(({ driftToken }) => countOf(driftToken)),
  );
  const judged = hooks.map((hook) => ({ hook, ...judge(hook, keys.get(hook.keyId), now) }));
  // A key that is due needs a token other than the one it was applied with.
  // That token may be one that other keys already have.
  const taken = judged.some(({ hook, due }) => due && countOf(hook.driftToken) === latest);
  return {
    token: String(taken ? latest + 1 : latest),
    remarks: judged.flatMap(({ hook: { address, keyId }, said }) =>
      said === undefined ? [] : [`key ${keyId}, ${address}: ${said}`],
    ),
  };
}

/**
 * This function has no memory. While something is wrong, each instant has its own token.
 * A token that depended only on the fault would repeat
 * if the same fault came back before the next deployment, and nothing would repair it.
 */
export function driftOfFindings(findings: readonly Finding[], now: Date): Drift {
  const drifted = findings.filter(({ verdict }) => verdict === 'missing' || verdict === 'expiring');
  return {
    token: drifted.length === 0 ? firstToken : formatInstant(now),
    remarks: drifted.map(({ key_id, reason }) => `key ${key_id}: ${reason}`),
  };
}

/** A token that we did not make counts as none. */
function countOf(token: string): number {
  return /^\d{1,9}$/.test(token) ? Number(token) : 0;
}

function judge(
  { wish }: Hook,
  key: KeyDetail | undefined,
  now: Date,
): { readonly due: boolean; readonly said: string | undefined } {
  const { expiration } = wish;
  // The expiry that was applied is known, and it tells expired material from deleted material.
  const lastKnown = expiration.kind === 'fixed' ? expiration.instant : undefined;
  const observation = observeMaterial(
    key,
    lastKnown,
    now,
    isRolling(expiration) ? expiration.renewBeforeMs : undefined,
  );
  const decision = decide(
    wish,
    { observation, proof: undefined, atHand: undefined, preWrapped: undefined },
    now,
    wording,
  );
  return { due: decision.steps.length > 0, said: wordsOf(decision) };
}
