/** Schema of the provider function `provider::byok::fingerprint`. */
import type { MaterialEncoding } from '../terms/material';
import type { FunctionSchema } from './model';

/**
 * Encodings that a Terraform string can hold. Base64 and hex can also hold a private key in DER.
 */
export const fingerprintEncodings = [
  'base64',
  'hex',
  'raw',
  'pem',
] as const satisfies readonly MaterialEncoding[];

export const fingerprintFunctionSchema = {
  summary: 'Fingerprint of key material',
  description:
    'The fingerprint of key material, `sha256:` and 64 hex digits, as `byok_key_material` and ' +
    '`byok fingerprint` show it. It is computed from the bytes of a symmetric key, or from ' +
    'the public half of a private key, without asking the KMS. The fingerprint of a sensitive ' +
    'or ephemeral value is sensitive or ephemeral, too: `nonsensitive` shows it. It reveals ' +
    'nothing but the reuse of a key.',
  parameters: [
    {
      name: 'material',
      type: 'string',
      description: 'The key material. Error messages never show it.',
    },
    {
      name: 'material_encoding',
      type: 'string',
      allowed: fingerprintEncodings,
      description:
        'How it is encoded: `base64`, `hex`, `raw` (the bytes of the text itself, in UTF-8), ' +
        'or `pem` (one private key, not encrypted). Decoding is strict; white space around ' +
        'the text is allowed.',
    },
  ],
  returnType: 'string',
} as const satisfies FunctionSchema;
