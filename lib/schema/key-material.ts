/**
 * Schema of `byok_key_material`: your own material, imported into an external key and kept there.
 */

import { defaultWrappingAlgorithm, wrappingAlgorithmNames } from '../terms/kms';
import {
  defaultMaterialDestroyPolicy,
  defaultMaterialEncoding,
  defaultWarnBefore,
  materialDestroyPolicies,
  materialEncodings,
  materialStatuses,
} from '../terms/material';
import { listMeanings } from './list-meanings';
import type { ResourceSchema } from './model';
import { timeoutsBlock } from './timeouts';

export const keyMaterialSchema = {
  version: 0,
  identity: ['key_id'],
  description:
    'Key material of your own, imported into an external key. If it is deleted or expires, ' +
    'the next apply imports the same material again, in place. The material itself is never ' +
    'in a state, plan or log.',
  attributes: {
    key_id: {
      type: 'string',
      required: true,
      requiresReplace: true,
      description:
        'The key to import into; it must be of origin `external`. A change imports the material into the other key.',
    },
    material_wo: {
      type: 'string',
      optional: true,
      writeOnly: true,
      description:
        'The material as a write-only value, best from an ephemeral variable or resource. Needs Terraform 1.11 or OpenTofu 1.11.',
    },
    material_wo_version: {
      type: 'number',
      optional: true,
      description:
        'Counter for a write-only source. With `material_wo` it only makes a change of the ' +
        'source visible in the plan: the fingerprint decides. With pre-wrapped material, a ' +
        'new number means that there is a new token to import with.',
    },
    material_file: {
      type: 'string',
      optional: true,
      description:
        'Path of the file that holds the material, relative to the folder in which Terraform runs.',
    },
    material_env: {
      type: 'string',
      optional: true,
      description: 'Name of the environment variable that holds the material.',
    },
    material_command: {
      type: ['list', 'string'],
      optional: true,
      description:
        'Program and arguments, run without a shell, that write the material to standard ' +
        'output. It runs in apply only, for at most 60 seconds. From the environment it sees ' +
        'only `PATH`, `HOME`, locale, temporary folder, and variables named `BYOK_…`.',
    },
    wrap_command: {
      type: ['list', 'string'],
      optional: true,
      description:
        'Program and arguments that wrap the material inside an HSM, so that the material ' +
        'never leaves it. We ask it by JSON on standard input, first for a fingerprint, then ' +
        'for the wrapped material. The rules of `material_command` apply.',
    },
    import_token_wo: {
      type: 'string',
      optional: true,
      writeOnly: true,
      description:
        'Pre-wrapped material: the import token that it was wrapped for, as returned by get-parameters-for-import. Valid for 24 hours.',
    },
    encrypted_key_material_wo: {
      type: 'string',
      optional: true,
      writeOnly: true,
      description:
        'Pre-wrapped material: the symmetric key, or for an asymmetric key the intermediate ' +
        'key, wrapped with the public key of the token. Base64.',
    },
    encrypted_privatekey_wo: {
      type: 'string',
      optional: true,
      writeOnly: true,
      description:
        'Pre-wrapped material of an asymmetric key: the PKCS#8 private key, wrapped with the ' +
        'intermediate key by AES key wrap with padding. Base64.',
    },
    material_encoding: {
      type: 'string',
      optional: true,
      default: defaultMaterialEncoding,
      allowed: materialEncodings,
      description:
        'How the source encodes the material: `base64`, `hex`, or `raw` bytes as they are; ' +
        'for a private key also `pem`, `der` (PKCS#8, PKCS#1 or SEC 1) or `pkcs12`. Decoding ' +
        'is strict; white space around Base64 and hex is allowed. PEM, DER and PKCS#12 may ' +
        'also come in Base64.',
    },
    material_password_wo: {
      type: 'string',
      optional: true,
      writeOnly: true,
      description: 'Password of an encrypted private key, as a write-only value.',
    },
    material_password_env: {
      type: 'string',
      optional: true,
      description:
        'Name of the environment variable that holds the password of an encrypted private key.',
    },
    wrapping_algorithm: {
      type: 'string',
      optional: true,
      default: defaultWrappingAlgorithm,
      allowed: wrappingAlgorithmNames,
      description:
        'How the material is wrapped on its way to the KMS; a change takes effect at the next ' +
        'import. `RSAES_PKCS1_V1_5` and `RSAES_OAEP_SHA_1` are legacy.',
    },
    expiration_time: {
      type: 'string',
      optional: true,
      computed: true,
      description:
        'When the KMS deletes the material: RFC 3339 in whole seconds, epoch seconds, or ' +
        '`never`. Default: never, or the existing expiry of an adopted key. This KMS cannot ' +
        'change it in place: a change deletes the material and imports it again.',
    },
    valid_for: {
      type: 'string',
      optional: true,
      description:
        'Rolling expiry, instead of `expiration_time`: how long the material is valid after ' +
        'each import, for example `90d` or `36h`. Needs `renew_before`.',
    },
    renew_before: {
      type: 'string',
      optional: true,
      description:
        'Rolling expiry: how long before expiry an apply starts to renew the material, for ' +
        'example `14d`. Before that, no plan shows a change.',
    },
    warn_before: {
      type: 'string',
      optional: true,
      default: defaultWarnBefore,
      description:
        'How long before expiry plans start to warn. There is no warning for material with a rolling expiry.',
    },
    fingerprint: {
      type: 'string',
      optional: true,
      computed: true,
      description:
        'Identifies the material without revealing it: `sha256:` and 64 hex digits, as `byok ' +
        'fingerprint` prints it. If you set it, it is a pin: no other material is imported.',
    },
    on_destroy: {
      type: 'string',
      optional: true,
      default: defaultMaterialDestroyPolicy,
      allowed: Object.keys(materialDestroyPolicies),
      description: `What destroy does: ${listMeanings(materialDestroyPolicies)}.`,
    },
    allow_interruption: {
      type: 'bool',
      optional: true,
      default: true,
      description:
        '`false` refuses a change of `expiration_time`, because the key cannot be used between deletion and import.',
    },
    allow_unverified_renewal: {
      type: 'bool',
      optional: true,
      default: false,
      description:
        '`true` allows material to be deleted and imported again even if nothing proves that the given material is the same.',
    },
    allow_weak_material: {
      type: 'bool',
      optional: true,
      default: false,
      description:
        '`true` allows a first import of plainly weak material (few different bytes, a ' +
        'repeated pattern, text, a counter, an RSA exponent below 65537).',
    },
    id: { type: 'string', computed: true, description: 'Same as `key_id`.' },
    key_state: {
      type: 'string',
      computed: true,
      description:
        'State of the key as the KMS reports it: `2` enabled, `3` disabled, `4` scheduled for deletion, `5` pending import.',
    },
    key_spec: {
      type: 'string',
      computed: true,
      description: 'Spec of the key, for example `AES_256`.',
    },
    material_status: {
      type: 'string',
      computed: true,
      description:
        'What we see of the material: ' +
        `${listMeanings({ ...materialStatuses, expiring: 'the material expires within `renew_before`, and the next apply renews it' })}.`,
    },
    fingerprint_verified: {
      type: 'bool',
      computed: true,
      description:
        'Whether it is proven that the key holds the material with this `fingerprint`: by an ' +
        'import that succeeded or, for a private key, by the public key in the KMS.',
    },
    imported_at: {
      type: 'string',
      computed: true,
      description: 'When Terraform last imported the material, RFC 3339; null on an adopted key.',
    },
    import_reason: {
      type: 'string',
      computed: true,
      description: 'Why the latest import was planned, in words.',
    },
  },
  blocks: { timeouts: timeoutsBlock },
} as const satisfies ResourceSchema;
