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
  description:
    'A KMS key of origin *external*: it has no material until `byok_key_material` imports some. Its state is not an attribute here, since importing changes it.',
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
      description: 'What kind of key it is. Another one means another key.',
    },
    key_usage: {
      type: 'string',
      optional: true,
      computed: true,
      requiresReplace: true,
      description:
        'What the key may do; follows from `key_spec` when omitted (`ENCRYPT_DECRYPT` for AES_256). Another one means another key.',
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
        'Whether the key may be used. Omitted: not managed here. A key without material can be neither enabled nor disabled; the wish is kept until it can. An import enables a key; one that was disabled when it lost its material is disabled again.',
    },
    tags: {
      type: ['map', 'string'],
      optional: true,
      description: `Tags of the key: names of up to ${ranges.tagKey.maximum}, values of up to ${ranges.tagValue.maximum} characters. Declared, they are all the tags that the key has; omitted, tags are not looked at.`,
    },
    pending_days: {
      type: 'number',
      optional: true,
      default: defaultPendingDays,
      description: `Days between \`terraform destroy\` and the end of the key, ${ranges.pendingDays.minimum} to ${ranges.pendingDays.maximum}.`,
    },
    cancel_pending_deletion: {
      type: 'bool',
      optional: true,
      default: false,
      description:
        'When somebody scheduled the key for deletion: take that back at the next apply. The key is then disabled, or pending import.',
    },
    on_destroy: {
      type: 'string',
      optional: true,
      default: defaultKeyDestroyPolicy,
      allowed: Object.keys(keyDestroyPolicies),
      description: `What destroy does: ${listMeanings(keyDestroyPolicies)}. Omitted, a key that was taken over by its alias, as after an interrupted apply, is kept, too.`,
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
        'When the key was created, RFC 3339; of a key that this resource made, to within seconds.',
    },
  },
  blocks: { timeouts: timeoutsBlock },
} as const satisfies ResourceSchema;
