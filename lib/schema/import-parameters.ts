/**
 * Schema of the ephemeral resource `byok_import_parameters`:
 * what you need to wrap material outside of Terraform.
 */
import { defaultWrappingAlgorithm, wrappingAlgorithmNames } from '../terms/kms';
import type { BlockSchema } from './model';

export const importParametersSchema = {
  description:
    'Public key and import token for wrapping material elsewhere, for example in an HSM. They ' +
    'belong together, are valid for 24 hours and are stored nowhere: every plan and apply ' +
    'fetches a new pair.',
  attributes: {
    key_id: {
      type: 'string',
      required: true,
      description: 'The key to import into; it must be of origin `external`.',
    },
    wrapping_algorithm: {
      type: 'string',
      optional: true,
      computed: true,
      default: defaultWrappingAlgorithm,
      allowed: wrappingAlgorithmNames,
      description:
        'How the material will be wrapped; the token is bound to it. `RSAES_PKCS1_V1_5` and `RSAES_OAEP_SHA_1` are legacy.',
    },
    available: {
      type: 'bool',
      computed: true,
      description:
        'Whether there are parameters. While the key is not pending import (it holds ' +
        'material, for example), this is `false` and all attributes below are null.',
    },
    public_key: {
      type: 'string',
      computed: true,
      description: 'The wrapping key as the KMS sends it: DER SubjectPublicKeyInfo in Base64.',
    },
    public_key_pem: {
      type: 'string',
      computed: true,
      description: 'The same wrapping key as PEM.',
    },
    import_token: {
      type: 'string',
      computed: true,
      sensitive: true,
      description: 'The token that goes with the wrapped material, in Base64.',
    },
    parameters_expire_at: {
      type: 'string',
      computed: true,
      description:
        'When the KMS stops accepting this pair, RFC 3339. Not the expiry of any material.',
    },
  },
} as const satisfies BlockSchema;
