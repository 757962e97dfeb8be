/**
 * The fields of request bodies: the JSON schema of each,
 * and the code that the KMS answers for a wrong value.
 * Regular expressions and ranges come from lib/terms/kms.ts.
 */
import { formats, keySpecs, ranges, wrappingAlgorithmNames } from '../terms/kms';
import type { KmsApiCode } from '../terms/kms-errors';
import { signingAlgorithms } from './signing-algorithms';

interface RequestField {
  readonly schema: object;
  /** @default KMS.0308 */
  readonly code?: KmsApiCode;
}

/** Base64 of a message or a signature. */
const signedText = text('^[0-9a-zA-Z+/=]{4,5460}$');

const wholeNumber = { type: 'string', pattern: '^[0-9]{1,11}$' };

const requestFields = {
  key_id: { schema: text(formats.keyId), code: 'KMS.0205' },
  sequence: { schema: text(formats.sequence), code: 'KMS.0206' },
  key_alias: {
    schema: { ...text(formats.keyAlias), not: { pattern: '/default$' } },
    code: 'KMS.1101',
  },
  key_description: {
    schema: { type: 'string', maxLength: ranges.keyDescription.maximum },
    code: 'KMS.1103',
  },
  key_spec: { schema: { enum: Object.keys(keySpecs) }, code: 'KMS.1110' },
  key_usage: { schema: { enum: ['ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'GENERATE_VERIFY_MAC'] } },
  origin: { schema: { enum: ['kms', 'external'] } },
  key_state: { schema: text(formats.keyState) },
  /** A string by the API page. Some clients send a number, and the live service accepts it. */
  limit: {
    schema: { anyOf: [text('^[1-9][0-9]{0,3}$'), { type: 'integer', minimum: 1, maximum: 9999 }] },
    code: 'KMS.1601',
  },
  marker: { schema: { anyOf: [wholeNumber, { type: 'integer', minimum: 0 }] }, code: 'KMS.1602' },
  /**
   * Field of the list of resource instances.
   * A string by the API page, but the vendor's provider sends a number.
   */
  offset: { schema: { anyOf: [wholeNumber, { type: 'integer', minimum: 0 }] }, code: 'KMS.0417' },
  pending_days: { schema: text('^[0-9]{1,4}$'), code: 'KMS.1401' },
  wrapping_algorithm: { schema: { enum: wrappingAlgorithmNames } },
  import_token: { schema: text(formats.importToken) },
  encrypted_key_material: { schema: text(formats.encryptedKeyMaterial) },
  encrypted_privatekey: { schema: text(formats.encryptedPrivatekey) },
  /**
   * Seconds. One vendor documents a number, the other a string, and both accept either.
   * import-material.ts checks the range of the string.
   */
  expiration_time: {
    schema: { anyOf: [{ type: 'integer', ...ranges.expirationTime }, wholeNumber] },
  },
  plain_text: {
    schema: {
      type: 'string',
      minLength: ranges.plainText.minimum,
      maxLength: ranges.plainText.maximum,
    },
  },
  cipher_text: { schema: text(formats.cipherText), code: 'KMS.2201' },
  encryption_algorithm: {
    schema: {
      enum: ['SYMMETRIC_DEFAULT', 'RSAES_OAEP_SHA_256', 'RSAES_OAEP_SHA_1', 'SM2_ENCRYPT'],
    },
  },
  message: { schema: signedText },
  signature: { schema: signedText },
  signing_algorithm: { schema: { enum: Object.keys(signingAlgorithms) } },
  message_type: { schema: { enum: ['DIGEST', 'RAW'] } },
  enterprise_project_id: { schema: text(formats.enterpriseProjectId) },
  additional_authenticated_data: { schema: { type: 'string', maxLength: 128 } },
  encryption_context: { schema: { type: 'object', additionalProperties: { type: 'string' } } },
} as const satisfies Record<string, RequestField>;

export type FieldName = keyof typeof requestFields;

export interface BodySchema {
  readonly type: 'object';
  readonly required: readonly FieldName[];
  readonly properties: Readonly<Record<string, object>>;
}

/** Ignores fields that are not named, as the real service does. */
export function bodySchema(
  required: readonly FieldName[],
  optional: readonly FieldName[],
  special: Readonly<Record<string, object>>,
): BodySchema {
  const named = [...required, ...optional].map((name) => [name, requestFields[name].schema]);
  return { type: 'object', required, properties: { ...Object.fromEntries(named), ...special } };
}

/** One violation as Ajv reports it. */
export interface SchemaViolation {
  readonly keyword: string;
  /** JSON pointer; "" for the body itself. */
  readonly instancePath: string;
  readonly message?: string;
}

/** The code that answers a violation, and a detail that never shows the value. */
export function judgeViolation({ keyword, instancePath, message }: SchemaViolation): {
  code: KmsApiCode;
  detail: string;
} {
  const [, name = ''] = instancePath.split('/');
  const detail = `${name === '' ? 'the body' : name} ${message ?? 'does not fit'}`;
  if (name === '') {
    return { code: keyword === 'required' ? 'KMS.0204' : 'KMS.0202', detail };
  }
  const field: RequestField | undefined = (requestFields as Record<string, RequestField>)[name];
  return { code: field?.code ?? 'KMS.0308', detail };
}

function text(pattern: string): { type: 'string'; pattern: string } {
  return { type: 'string', pattern };
}
