/**
 * Schemas of the data sources `byok_key` and `byok_keys`. Both show a key with the same attributes.
 */

import { keyStateMeanings } from '../terms/kms';
import { materialStatuses } from '../terms/material';
import { listMeanings } from './list-meanings';
import type { AttributeSchema, AttributeType, BlockSchema } from './model';

/**
 * A data source has no history, so it cannot tell deleted material
 * from material that never existed.
 */
const {
  deleted_outside: _deleted,
  key_not_found: _notFound,
  ...statusesWithoutHistory
} = materialStatuses;

export const observedMaterialStatuses = {
  ...statusesWithoutHistory,
  absent: 'the key holds no material, because none was imported yet or because it was deleted',
} as const;

export type ObservedMaterialStatus = keyof typeof observedMaterialStatuses;

/** One key, as the KMS reports it. */
export const observedKeyAttributes = {
  key_id: { type: 'string', computed: true, description: 'Id of the key, 36 characters.' },
  alias: { type: 'string', computed: true, description: 'Name of the key.' },
  description: {
    type: 'string',
    computed: true,
    description: 'Description of the key; empty if it has none.',
  },
  key_spec: {
    type: 'string',
    computed: true,
    description: 'Spec of the key, for example `AES_256`; null if the KMS does not say.',
  },
  key_usage: {
    type: 'string',
    computed: true,
    description:
      'What the key may do: `ENCRYPT_DECRYPT` or `SIGN_VERIFY`; null if the KMS does not say.',
  },
  key_state: {
    type: 'string',
    computed: true,
    description: `State of the key as the KMS reports it: ${listMeanings(keyStateMeanings)}.`,
  },
  origin: {
    type: 'string',
    computed: true,
    description: '`external` for imported material, `kms` for material that the KMS made.',
  },
  creation_date: {
    type: 'string',
    computed: true,
    description: 'When the key was created, RFC 3339; null if the KMS does not say.',
  },
  expiration_time: {
    type: 'string',
    computed: true,
    description:
      'When the KMS deletes the imported material: RFC 3339, or `never`; null while the key holds no imported material.',
  },
  material_status: {
    type: 'string',
    computed: true,
    description:
      `What we see of the imported material: ${listMeanings(observedMaterialStatuses)}. Null on ` +
      'keys whose material the KMS made.',
  },
} as const satisfies Record<string, AttributeSchema>;

export type ObservedKeyAttribute = keyof typeof observedKeyAttributes;

export const keyDataSourceSchema = {
  description: 'One key of the project, by its id or by its alias.',
  attributes: {
    ...observedKeyAttributes,
    key_id: {
      ...observedKeyAttributes.key_id,
      optional: true,
      description: 'Id of the key, 36 characters. Give this or `alias`.',
    },
    alias: {
      ...observedKeyAttributes.alias,
      optional: true,
      description: 'Name of the key; exactly one key must have it. Give this or `key_id`.',
    },
  },
} as const satisfies BlockSchema;

const observedKeyType: AttributeType = [
  'object',
  Object.fromEntries(
    Object.entries<AttributeSchema>(observedKeyAttributes).map(([name, { type }]) => [name, type]),
  ),
];

export const keysDataSourceSchema = {
  description:
    'All keys of origin *external* in the project, with their state and the expiry of their material.',
  attributes: {
    key_state: {
      type: 'string',
      optional: true,
      allowed: Object.keys(keyStateMeanings),
      description: `Only keys in this state: ${listMeanings(keyStateMeanings)}.`,
    },
    keys: {
      type: ['list', observedKeyType],
      computed: true,
      description: `The keys, by alias and then by id. Each has the attributes that \`byok_key\` shows: ${Object.keys(
        observedKeyAttributes,
      )
        .map((name) => `\`${name}\``)
        .join(', ')}.`,
    },
  },
} as const satisfies BlockSchema;
