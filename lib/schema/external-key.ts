/**
 * Schema of `byok_external_key`: a KMS key of origin "external",
 * the shell that takes imported material.
 */
import { defaultKeyDestroyPolicy, defaultPendingDays, keyDestroyPolicies } from '../terms/key';
import { defaultKeySpec, keySpecs, ranges } from '../terms/kms';
import { listMeanings } from './list-meanings';
import type { ResourceSchema } from './model';
import { timeoutsBlock } from './timeouts';

export const externalKeySchema = {
  version: 0,
  identity: ['key_id'],
  description:
    'A KMS key of origin *external*: it has no material until `byok_key_material` imports ' +
    'some. The state of the key is not an attribute, because an import changes it.',
  attributes: {
    alias: {
      type: 'string',
      required: true,
      description: 'Name of the key: 1 to 255 of `a-z A-Z 0-9 : / _ -`, not ending in `/default`.',
    },
    key_spec: {
      type: 'string',
      optional: true,
      computed: true,
      default: defaultKeySpec,
      allowed: Object.keys(keySpecs),
      requiresReplace: true,
      description: 'What kind of key it is. A change makes a new key.',
    },
    key_usage: {
      type: 'string',
      optional: true,
      computed: true,
      requiresReplace: true,
      description:
        'What the key may do. Default: follows from `key_spec` (`ENCRYPT_DECRYPT` for AES_256). A change makes a new key.',
    },
    description: {
      type: 'string',
      optional: true,
      description: `Up to ${ranges.keyDescription.maximum} characters.`,
    },
    enabled: {
      type: 'bool',
      optional: true,
      description:
        'Whether the key may be used. If you leave it out, it is not managed here. The KMS ' +
        'can neither enable nor disable a key without material; once it holds material, the ' +
        'next apply does. An import enables a key; if the key was disabled when it lost its ' +
        'material, it is disabled again.',
    },
    tags: {
      type: ['map', 'string'],
      optional: true,
      description:
        `Tags of the key: names of up to ${ranges.tagKey.maximum}, values of up to ` +
        `${ranges.tagValue.maximum} characters. If you declare tags, the key has exactly these; ` +
        'if you leave them out, tags are ignored.',
    },
    pending_days: {
      type: 'number',
      optional: true,
      default: defaultPendingDays,
      description:
        `Days between \`terraform destroy\` and the end of the key, ` +
        `${ranges.pendingDays.minimum} to ${ranges.pendingDays.maximum}.`,
    },
    cancel_pending_deletion: {
      type: 'bool',
      optional: true,
      default: false,
      description:
        'If someone scheduled the key for deletion, cancel that at the next apply. The key is then disabled, or pending import.',
    },
    on_destroy: {
      type: 'string',
      optional: true,
      default: defaultKeyDestroyPolicy,
      allowed: Object.keys(keyDestroyPolicies),
      description:
        `What destroy does: ${listMeanings(keyDestroyPolicies)}. If you leave it out, a key ` +
        'that was adopted by its alias (after an interrupted apply, for example) is kept, too.',
    },
    id: { type: 'string', computed: true, description: 'Same as `key_id`.' },
    key_id: {
      type: 'string',
      computed: true,
      description: 'Id of the key in the KMS, 36 characters. Never changes while the key lives.',
    },
    origin: { type: 'string', computed: true, description: 'Always `external`.' },
    creation_date: {
      type: 'string',
      computed: true,
      description:
        'When the key was created, RFC 3339; accurate to within seconds if this resource made it.',
    },
  },
  blocks: { timeouts: timeoutsBlock },
} as const satisfies ResourceSchema;
