/** Puts what the log of a plan says of refusals to the keys that the plan shows. Pure. */
import { isRecord, type JsonRecord } from '../../json';
import type { KeyReview, ReviewedEffect } from './key-review';
import type { Refusal } from './plan-log';
import { isOurs, textOf } from './planned-change';
import { objectsBefore } from './used-by';

/** What a state has of a key. */
interface RecordedKey {
  readonly alias: string | undefined;
  readonly addresses: readonly string[];
}

/**
 * Each refusal goes to its key; one about a key that the plan does not show makes an entry.
 *
 * @param plan undefined: there is only a log
 */
export function withRefusals(
  keys: readonly KeyReview[],
  refusals: readonly Refusal[],
  stack: string,
  plan: JsonRecord | undefined,
): readonly KeyReview[] {
  const all = [...keys];
  const recorded = recordedKeys(plan);
  for (const { key_id: keyId, ...refusal } of refusals) {
    const at = all.findIndex((key) =>
      refusal.address === ''
        ? keyId !== null && key.key_id === keyId
        : key.addresses.includes(refusal.address),
    );
    const key = all[at];
    if (key === undefined) {
      all.push(
        onlyRefused(refusal, keyId, stack, keyId === null ? undefined : recorded.get(keyId)),
      );
    } else {
      all[at] = { ...key, effects: [refusal, ...key.effects] };
    }
  }
  return all;
}

/** A removal that is refused is in no plan, and its message has no address: the state has both. */
function recordedKeys(plan: JsonRecord | undefined): ReadonlyMap<string, RecordedKey> {
  const found = new Map<string, RecordedKey>();
  for (const { type, address, values } of plan === undefined ? [] : objectsBefore(plan)) {
    const attributes = isRecord(values) ? values : {};
    const keyId = textOf(attributes.key_id);
    if (isOurs(type) && keyId !== undefined && typeof address === 'string') {
      const known = found.get(keyId);
      found.set(keyId, {
        alias: known?.alias ?? textOf(attributes.alias),
        addresses: [...(known?.addresses ?? []), address].sort(),
      });
    }
  }
  return found;
}

function onlyRefused(
  refusal: ReviewedEffect,
  keyId: string | null,
  stack: string,
  recorded: RecordedKey | undefined,
): KeyReview {
  const addresses = refusal.address === '' ? (recorded?.addresses ?? []) : [refusal.address];
  return {
    stack,
    name: recorded?.alias ?? addresses[0] ?? keyId ?? 'a key',
    key_id: keyId,
    addresses,
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
