/**
 * The resources of the vendors' providers from which a `moved` block may lead here, and what all of
 * their states have in common. Their tokens and wrapped material end here.
 */
import { ByokError } from '../errors';
import { isRecord, type JsonRecord } from '../json';
import type { KeyDetail } from '../kms/model';
import { refuseOrigin } from '../lifecycle/require-external-key';
import { keyRules } from '../terms/rules';
import type { MoveRequest } from '../tfplugin/provider';
import { wording } from './wording';

/** Whose states have a key, and whose have material, with the last part of the provider's address. */
export const vendorResources = {
  key: {
    huaweicloud_kms_key: 'huaweicloud',
    huaweicloud_kms_key_v1: 'huaweicloud',
    opentelekomcloud_kms_key_v1: 'opentelekomcloud',
  },
  material: {
    huaweicloud_kms_key_material: 'huaweicloud',
    opentelekomcloud_kms_key_material_v1: 'opentelekomcloud',
  },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

/**
 * Kept from a move until the KMS has shown the key once. A move, unlike an import, sees no KMS: under
 * another region or project, Read would take the key for gone, and the plan would make another one.
 */
export interface MovedFrom {
  readonly type: string;
  readonly region: string | undefined;
}

/** All attributes that the vendors' states give us are texts; "" stands for none. */
export function vendorText(state: JsonRecord, name: string): string | undefined {
  const value = state[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * @throws ByokError ERR_REFUSED for another type or provider, ERR_ARGUMENT for another version of its
 *   schema, or a state without the id of a key
 */
export function acceptVendorState(
  kind: keyof typeof vendorResources,
  { providerAddress, typeName, version, state }: MoveRequest,
): { readonly keyId: string; readonly moved: MovedFrom } {
  const accepted: Readonly<Record<string, string>> = vendorResources[kind];
  if (!Object.hasOwn(accepted, typeName)) {
    throw new ByokError(
      'ERR_REFUSED',
      `${typeName} is none of the resources that can be moved here; allowed are ${Object.keys(accepted).join(', ')}`,
    );
  }
  if (providerAddress.split('/').at(-1) !== accepted[typeName]) {
    throw new ByokError(
      'ERR_REFUSED',
      `${typeName} is a resource of provider "${providerAddress}"; allowed is ${accepted[typeName]}`,
    );
  }
  if (version !== 0) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `the state of ${typeName} has schema version ${version}; allowed is 0, as all versions so far have written it: ` +
        'remove it with removed { lifecycle { destroy = false } } and import the key instead',
    );
  }
  const keyId = vendorText(state, 'key_id') ?? vendorText(state, 'id') ?? '';
  if (!keyRules.keyId.accepts(keyId)) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `the state of ${typeName} has no id of a key; allowed are ${keyRules.keyId.allowed}`,
    );
  }
  return { keyId, moved: { type: typeName, region: vendorText(state, 'region') } };
}

/** Anything that is not exactly what we write counts as nothing. */
export function toMovedFrom(value: unknown): MovedFrom | undefined {
  return isRecord(value) && typeof value.type === 'string'
    ? { type: value.type, region: typeof value.region === 'string' ? value.region : undefined }
    : undefined;
}

/**
 * @param key as described; undefined if the KMS does not know it
 * @throws ByokError ERR_KEY_NOT_FOUND, ERR_KEY_UNSUITABLE
 */
export function requireMovedKey(
  keyId: string,
  key: KeyDetail | undefined,
  { type, region }: MovedFrom,
  place: string,
): void {
  if (key === undefined) {
    const there = region === undefined ? '' : ` in region ${region}`;
    throw new ByokError(
      'ERR_KEY_NOT_FOUND',
      `the KMS of ${place} does not know key "${keyId}", which ${type} had${there}; give the provider the ` +
        'region and the project of the key, or if it is gone, take it out of the state; nothing was changed',
      { attribute: 'key_id' },
    );
  }
  const unsuitable = refuseOrigin(key, wording, 'key_id');
  if (unsuitable !== undefined) {
    throw unsuitable;
  }
}
