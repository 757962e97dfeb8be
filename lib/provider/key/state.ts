/** The state of `byok_external_key`, from what the KMS says. */
import { KmsError } from '../../kms/kms-error';
import type { KeyDetail } from '../../kms/model';
import { scheduledNotice } from '../../lifecycle/cancel-deletion';
import type { Notice } from '../../lifecycle/context';
import { disabledNotice } from '../../lifecycle/notices';
import { externalKeySchema } from '../../schema/external-key';
import { formatInstant } from '../../terms/expiration-time';
import { defaultKeySpec, keyStates } from '../../terms/kms';
import type { Context } from '../../tfplugin/provider';
import type { Value, Values } from '../../tfplugin/values/value';
import { flag, text, textMap } from '../attributes';
import type { ConnectedClient } from '../client';
import { wording } from '../wording';

/** What a person should act on, although the plan shows no difference. */
export function noticesOfState(key: KeyDetail, enabled: boolean | undefined): readonly Notice[] {
  if (key.keyState === keyStates.pendingDeletion) {
    return [scheduledNotice(key, wording)];
  }
  return key.keyState === keyStates.disabled && enabled !== false
    ? [disabledNotice(wording, key.keyId)]
    : [];
}

/**
 * If we may not read the tags, we keep them as they were: a failed refresh would also block
 * destroy.
 */
export async function refreshedTags(
  { reads }: ConnectedClient,
  keyId: string,
  state: Values,
  context: Context,
): Promise<Value> {
  const known = textMap(state, 'tags');
  if (known === undefined) {
    return null;
  }
  try {
    return { ...(await reads.refreshTags(keyId, known, { signal: context.signal })) };
  } catch (error) {
    if (!(error instanceof KmsError)) {
      throw error;
    }
    context.diagnostics.warning(
      'The tags of the key were not refreshed',
      `${error.message}. The last known ones are kept.`,
      'tags',
    );
    return state.tags ?? null;
  }
}

export function emptyState(): Values {
  return Object.fromEntries(
    [...Object.keys(externalKeySchema.attributes), ...Object.keys(externalKeySchema.blocks)].map(
      (name) => [name, null],
    ),
  );
}

/** What the KMS says replaces what was known; attributes that the KMS does not hold stay. */
export function refreshed(state: Values, key: KeyDetail): Values {
  const managed = flag(state, 'enabled');
  const enabledByState: Readonly<Record<string, boolean>> = {
    [keyStates.enabled]: true,
    [keyStates.disabled]: false,
  };
  return {
    ...state,
    ...observed(key, state),
    alias: key.keyAlias,
    description:
      key.keyDescription === '' && text(state, 'description') === undefined
        ? null
        : key.keyDescription,
    enabled: managed === undefined ? null : (enabledByState[key.keyState] ?? managed),
    // Someone scheduled the deletion behind our back. A difference to the configuration makes the
    // plan show the rescue.
    cancel_pending_deletion:
      key.keyState === keyStates.pendingDeletion && flag(state, 'cancel_pending_deletion') === true
        ? false
        : (state.cancel_pending_deletion ?? null),
  };
}

/** @param known stands in for what old answers leave out */
export function observed(
  key: KeyDetail,
  known: Values,
): Record<'id' | 'key_id' | 'key_spec' | 'key_usage' | 'origin' | 'creation_date', Value> {
  return {
    id: key.keyId,
    key_id: key.keyId,
    key_spec: key.keySpec ?? text(known, 'key_spec') ?? defaultKeySpec,
    key_usage: key.keyUsage ?? text(known, 'key_usage') ?? null,
    origin: key.origin,
    creation_date: creationDate(key, text(known, 'creation_date')),
  };
}

/**
 * For a key made here, this is the moment when the KMS answered its creation. That is accurate
 * enough, so it stays and does not move by a second.
 */
const sameMomentMs = 60_000;

function creationDate(
  { creationDate: shown }: KeyDetail,
  known: string | undefined,
): string | null {
  if (shown === undefined) {
    return known ?? null;
  }
  const same = known !== undefined && Math.abs(Date.parse(known) - shown.getTime()) < sameMomentMs;
  return same ? known : formatInstant(shown);
}
