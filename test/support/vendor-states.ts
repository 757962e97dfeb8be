/**
 * What the states of the vendors' resources hold: names and types of attributes, by resource. All
 * have schema version 0.
 */
import type { AttributeType } from '../../lib/schema/model';

type Shape = Readonly<Record<string, AttributeType>>;

const texts = (...names: readonly string[]): Shape =>
  Object.fromEntries(names.map((name) => [name, 'string']));

const ofAnyKey: Shape = {
  ...texts(
    'id',
    'key_alias',
    'key_description',
    'domain_id',
    'creation_date',
    'scheduled_deletion_date',
    'default_key_flag',
    'expiration_time',
    'origin',
    'pending_days',
  ),
  is_enabled: 'bool',
  rotation_enabled: 'bool',
  rotation_interval: 'number',
  rotation_number: 'number',
  tags: ['map', 'string'],
};

const huaweiKey: Shape = {
  ...ofAnyKey,
  ...texts(
    'key_id',
    'region',
    'key_algorithm',
    'key_usage',
    'keystore_id',
    'enterprise_project_id',
    'key_state',
  ),
};

const ofAnyMaterial = texts(
  'id',
  'key_id',
  'region',
  'import_token',
  'encrypted_key_material',
  'expiration_time',
  'key_state',
);

export const vendorStates: Readonly<Record<string, Shape>> = {
  huaweicloud_kms_key: huaweiKey,
  huaweicloud_kms_key_v1: huaweiKey,
  huaweicloud_kms_key_material: {
    ...ofAnyMaterial,
    ...texts('encrypted_privatekey', 'key_usage'),
  },
  opentelekomcloud_kms_key_v1: {
    ...ofAnyKey,
    ...texts('realm', 'key_state'),
    allow_cancel_deletion: 'bool',
  },
  opentelekomcloud_kms_key_material_v1: ofAnyMaterial,
};
