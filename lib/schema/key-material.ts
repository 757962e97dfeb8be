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
  description:
    'Key material of your own, imported into an external key. When it was deleted or expired, the next apply imports the same material again, in place. The material itself is in no state, plan or log.',
  attributes: {
    key_id: {
      type: 'string',
      required: true,
      requiresReplace: true,
      description:
        'The key to import into; it must be of origin `external`. Another key means another import.',
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
        'Counter beside a write-only source. With `material_wo` it is for those who want to see a change of source in the plan: the fingerprint is what decides. With pre-wrapped material a new number says that there is a new token to import with.',
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
        'Program and arguments, run without a shell, that write the material to standard output. It runs in apply only, for at most 60 seconds, and sees only `PATH`, `HOME`, locale and temporary folder of the environment, and variables named `BYOK_…`.',
    },
    wrap_command: {
      type: ['list', 'string'],
      optional: true,
      description:
        'Program and arguments that wrap the material inside an HSM, so that it never leaves it: it is asked by JSON on standard input for a fingerprint, then for the wrapped material. It runs under the rules of `material_command`.',
    },
    import_token_wo: {
      type: 'string',
      optional: true,
      writeOnly: true,
      description:
        'Pre-wrapped material: the import token that it was wrapped for, as get-parameters-for-import answered it. Valid for 24 hours.',
    },
    encrypted_key_material_wo: {
      type: 'string',
      optional: true,
      writeOnly: true,
      description:
        'Pre-wrapped material: the symmetric key, or for an asymmetric key the intermediate key, wrapped with the public key of the token. Base64.',
    },
    encrypted_privatekey_wo: {
      type: 'string',
      optional: true,
      writeOnly: true,
      description:
        'Pre-wrapped material of an asymmetric key: the PKCS#8 private key, wrapped with the intermediate key by AES key wrap with padding. Base64.',
    },
    material_encoding: {
      type: 'string',
      optional: true,
      default: defaultMaterialEncoding,
      allowed: materialEncodings,
      description:
        'How the source spells the material: `base64`, `hex`, or `raw` bytes as they are; for a private key also `pem`, `der` (PKCS#8, PKCS#1 or SEC 1) or `pkcs12`. Decoding is strict; white space around Base64 and hex is allowed. PEM, DER and PKCS#12 may also come in Base64.',
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
        'How the material is wrapped on its way to the KMS; acts at the next import. `RSAES_PKCS1_V1_5` and `RSAES_OAEP_SHA_1` are legacy.',
    },
    expiration_time: {
      type: 'string',
      optional: true,
      computed: true,
      description:
        'When the KMS deletes the material: RFC 3339 in whole seconds, epoch seconds, or `never`. Omitted: never, or on an adopted key what is there. This KMS cannot change it in place: a change deletes the material and imports it again.',
    },
    valid_for: {
      type: 'string',
      optional: true,
      description:
        'Rolling expiry, instead of `expiration_time`: how long the material is valid after each import, for example `90d` or `36h`. Goes with `renew_before`.',
    },
    renew_before: {
      type: 'string',
      optional: true,
      description:
        'Rolling expiry: from how long before the expiry on an apply renews the material, for example `14d`. Outside that window no plan shows anything.',
    },
    warn_before: {
      type: 'string',
      optional: true,
      default: defaultWarnBefore,
      description:
        'From how long before the expiry on plans warn of it. Material that is renewed by itself is not warned about.',
    },
    fingerprint: {
      type: 'string',
      optional: true,
      computed: true,
      description:
        'Identifies the material without revealing it: `sha256:` and 64 hex digits, as `byok fingerprint` prints it. Given in the configuration it is a pin: nothing else is imported.',
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
        '`false` refuses a change of `expiration_time`, since the key cannot be used between deletion and import.',
    },
    allow_unverified_renewal: {
      type: 'bool',
      optional: true,
      default: false,
      description:
        '`true` lets material be deleted and imported again although nothing proves that the material at hand is the same.',
    },
    allow_weak_material: {
      type: 'bool',
      optional: true,
      default: false,
      description:
        '`true` lets plainly weak material (few different bytes, a repeated pattern, text, a counter, an RSA exponent below 65537) be imported for the first time.',
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
      description: `What was found: ${listMeanings({ ...materialStatuses, expiring: 'the material expires within `renew_before`, and the next apply renews it' })}.`,
    },
    fingerprint_verified: {
      type: 'bool',
      computed: true,
      description:
        'Whether an import that was seen to succeed proves that the key holds the material of this `fingerprint`.',
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
