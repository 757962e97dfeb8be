/** Puts what the log of a plan says of refusals to the keys that the plan shows. Pure. */
import type { KeyReview, ReviewedEffect } from './key-review';
import type { Refusal } from './plan-log';

/** Each refusal goes to its key; one about a key that the plan does not show makes an entry. */
export function withRefusals(
  keys: readonly KeyReview[],
  refusals: readonly Refusal[],
  stack: string,
): readonly KeyReview[] {
  const all = [...keys];
  for (const { key_id: keyId, ...refusal } of refusals) {
    const at = all.findIndex((key) =>
      refusal.address === ''
        ? keyId !== null && key.key_id === keyId
        : key.addresses.includes(refusal.address),
    );
    const key = all[at];
    if (key === undefined) {
      all.push(onlyRefused(refusal, keyId, stack));
    } else {
      all[at] = { ...key, effects: [refusal, ...key.effects] };
    }
  }
  return all;
}

function onlyRefused(refusal: ReviewedEffect, keyId: string | null, stack: string): KeyReview {
  return {
    stack,
    name: refusal.address === '' ? (keyId ?? 'a key') : refusal.address,
    key_id: keyId,
    addresses: refusal.address === '' ? [] : [refusal.address],
    path: null,
    effects: [refusal],
    expiration_before: null,
    expiration_after: null,
    pin: null,
    fingerprint: null,
    fingerprint_before: null,
    source: null,
    used_by: [],
    found_changed: false,
  };
}
