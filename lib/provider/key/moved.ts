/** `byok_external_key` takes over a key that a resource of a vendor's provider had. */
import { isRecord, type JsonRecord } from '../../json';
import { refuseOrigin } from '../../lifecycle/require-external-key';
import { formatInstant } from '../../terms/expiration-time';
import { defaultPendingDays } from '../../terms/key';
import { keyRules } from '../../terms/rules';
import type { MovedResult, MoveRequest } from '../../tfplugin/provider';
import type { Value } from '../../tfplugin/values/value';
import { acceptVendorState, vendorText } from '../vendor-state';
import { wording } from '../wording';
import { encodeKeyMemory } from './memory';
import { emptyState } from './state';

/**
 * What the configuration alone decides stays null: `enabled` of the vendors is true by default, and
 * says nothing of what was wished.
 *
 * @throws ByokError as acceptVendorState, ERR_KEY_UNSUITABLE for a key of another origin
 */
export function movedKey(request: MoveRequest): MovedResult {
  const { keyId, moved } = acceptVendorState('key', request);
  const { state } = request;
  const origin = vendorText(state, 'origin');
  const unsuitable =
    origin === undefined ? undefined : refuseOrigin({ keyId, origin }, wording, undefined);
  if (unsuitable !== undefined) {
    throw unsuitable;
  }
  return {
    state: {
      ...emptyState(),
      id: keyId,
      key_id: keyId,
      alias: vendorText(state, 'key_alias') ?? null,
      description: vendorText(state, 'key_description') ?? null,
      key_spec: vendorText(state, 'key_algorithm') ?? null,
      key_usage: vendorText(state, 'key_usage') ?? null,
      origin: origin ?? null,
      creation_date: instantOf(vendorText(state, 'creation_date')),
      tags: tagsOf(state),
      pending_days: pendingDaysOf(vendorText(state, 'pending_days')),
    },
    private: encodeKeyMemory({ adopted: false, moved }),
  };
}

/** Epoch milliseconds, as the API says them. */
function instantOf(milliseconds: string | undefined): string | null {
  return milliseconds !== undefined && /^\d{1,14}$/.test(milliseconds)
    ? formatInstant(new Date(Number(milliseconds)))
    : null;
}

function tagsOf({ tags }: JsonRecord): Value {
  const written = Object.entries(isRecord(tags) ? tags : {}).filter(
    (tag): tag is [string, string] => typeof tag[1] === 'string',
  );
  return written.length === 0 ? null : Object.fromEntries(written);
}

/** A text with them. The default of the vendors is ours, too. */
function pendingDaysOf(written: string | undefined): number | null {
  const days = Number(written);
  return keyRules.pendingDays.accepts(days) && days !== defaultPendingDays ? days : null;
}
