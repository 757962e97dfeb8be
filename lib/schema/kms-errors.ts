/**
 * Error codes of the KMS and of the gateway in front of it: status and message as the API reference lists them, and what a
 * person should do. The client decides by code, never by text: live texts differ from the documented ones.
 */

export interface KmsErrorCode {
  readonly status: number;
  readonly message: string;
  /** What to do about it: a clause that an error message may end in. */
  readonly advice?: string;
}

export const kmsErrorCodes = {
  'KMS.0101': { status: 500, message: 'KMS error.' },
  'KMS.0102': { status: 500, message: 'Abnormal KMS I/O.' },
  'KMS.0104': { status: 503, message: 'A system exception occurred. Contact technical support.' },
  'KMS.0201': { status: 400, message: 'Invalid request URL.' },
  'KMS.0202': { status: 400, message: 'Invalid JSON format of the request message.' },
  'KMS.0203': { status: 400, message: 'Request message too long.' },
  'KMS.0204': { status: 400, message: 'Parameters missing in the request message.' },
  'KMS.0205': { status: 400, message: 'Invalid key ID.' },
  'KMS.0206': { status: 400, message: 'Invalid sequence number.' },
  'KMS.0207': { status: 404, message: 'The key does not exist.', advice: 'check key_id, region and project_id' },
  'KMS.0209': { status: 400, message: 'The key has been disabled.', advice: 'enable the key first' },
  'KMS.0210': {
    status: 400,
    message: 'The key is in Scheduled deletion state and cannot be used.',
    advice: 'cancel the deletion of the key first',
  },
  'KMS.0214': { status: 400, message: 'The request format is invalid.' },
  'KMS.0215': { status: 405, message: 'Request method not supported.' },
  'KMS.0301': { status: 403, message: 'Invalid or null X-Auth-Token.', advice: 'give a valid token' },
  'KMS.0302': { status: 403, message: 'Invalid X-Auth-Token.', advice: 'give a valid token' },
  'KMS.0303': { status: 403, message: 'X-Auth-Token expired.', advice: 'fetch a new token: tokens live for 24 hours' },
  'KMS.0304': {
    status: 403,
    message: 'X-Auth-Token contains the OBT tag and cannot be used to access services.',
    advice: 'use a token of a user who may use the service',
  },
  'KMS.0305': { status: 403, message: 'Invalid X-Auth-Token project name.', advice: 'fetch the token for the project of the key' },
  'KMS.0306': { status: 403, message: 'No access permissions.', advice: 'grant the user permission to use this key' },
  'KMS.0307': { status: 403, message: 'No access permissions.', advice: 'grant the user the kms:cmk permissions of this call' },
  'KMS.0308': { status: 400, message: 'Invalid parameter.' },
  'KMS.0309': {
    status: 400,
    message: 'External keys required.',
    advice: 'use a key of origin "external": material cannot be imported into any other',
  },
  'KMS.0310': { status: 400, message: 'The key is not in Pending import state.' },
  'KMS.0311': {
    status: 400,
    message: 'Failed to decrypt data using the RSA private key.',
    advice: 'the wrapping does not fit the import token: check wrapping_algorithm',
  },
  'KMS.0312': { status: 400, message: 'External keys cannot be rotated.', advice: 'rotate by making a new key' },
  'KMS.0320': { status: 400, message: 'Resource frozen.', advice: 'settle the account: frozen keys cannot be used' },
  'KMS.0321': { status: 403, message: 'URIs in URL and X-Auth-Token do not match.', advice: 'make project_id the project of the token' },
  'KMS.0339': { status: 400, message: 'The custom keystore do not support import key.', advice: 'create the key in the default keystore' },
  'KMS.0331': { status: 400, message: 'The symmetric key is not support this operation.' },
  'KMS.1101': {
    status: 400,
    message: 'Invalid key_alias.',
    advice: 'use 1 to 255 of the characters a-z A-Z 0-9 : / _ - and do not end in "/default"',
  },
  'KMS.1103': { status: 400, message: 'Invalid key_description.', advice: 'use at most 255 characters' },
  'KMS.1104': { status: 400, message: 'Duplicate key aliases.', advice: 'choose another alias, or import the existing key' },
  'KMS.1105': { status: 400, message: 'Too many keys.', advice: 'raise the key quota or delete keys' },
  'KMS.1110': { status: 400, message: 'Invalid alg_type.', advice: 'choose another key_spec' },
  'KMS.1114': { status: 400, message: 'EC keys do not support to encrypt/decrypt.' },
  'KMS.1201': { status: 400, message: 'The key is not disabled.' },
  'KMS.1301': { status: 400, message: 'The key is not enabled.' },
  'KMS.1401': {
    status: 400,
    message: 'Set the pending deletion period between 7 to 1096 days.',
    advice: 'set pending_days from 7 to 1096',
  },
  'KMS.1402': { status: 400, message: 'The key is already in Pending deletion state.' },
  'KMS.1404': {
    status: 400,
    message: 'This region is not the original region of the key, and it is not allowed to import-key-material.',
    advice: 'import in the region where the key was created',
  },
  'KMS.1501': { status: 400, message: 'The key is not in Pending deletion state.' },
  'KMS.1601': { status: 400, message: 'Invalid limit.' },
  'KMS.1602': { status: 400, message: 'marker must be greater than or equals 0.' },
  'KMS.2105': { status: 400, message: 'The symmetric key not support this encryption algorithm.' },
  'KMS.2201': { status: 400, message: 'Invalid cipher_text.' },
  'KMS.2601': { status: 400, message: 'Token expired.', advice: 'fetch new import parameters' },
  'KMS.2602': { status: 400, message: 'Key expiration time must be later than the current time.', advice: 'set a later expiration_time' },
  'KMS.2603': {
    status: 400,
    message: 'Key IDs in the imported key and token do not match.',
    advice: 'fetch import parameters for this very key',
  },
  'KMS.2604': {
    status: 400,
    message: 'The external key plaintext length must be 32 bits.',
    advice: 'give 32 bytes (the message says bits)',
  },
  'KMS.2605': { status: 400, message: 'Token verification failed.', advice: 'fetch new import parameters' },
  'KMS.2606': {
    status: 400,
    message: 'You are importing a deleted key again. The imported plaintext must be the same as the deleted key plaintext.',
    advice: 'give the very material that this key was first imported with, or make a new key',
  },
  'KMS.2701': { status: 400, message: 'Key material is not in Enabled or Disabled state and cannot be deleted.' },
  'KMS.2702': {
    status: 400,
    message: 'The imported private key material can not be deleted.',
    advice: 'schedule the deletion of the whole key instead',
  },
  'APIGW.0101': {
    status: 404,
    message: 'The API does not exist or has not been published in the environment',
    advice: 'check the KMS endpoint',
  },
  'APIGW.0202': { status: 502, message: 'Backend unavailable' },
  'APIGW.0203': { status: 504, message: 'Backend timeout' },
  'APIGW.0301': { status: 401, message: 'Incorrect IAM authentication information', advice: 'check the credentials' },
  'APIGW.0306': { status: 403, message: 'API access denied' },
  'APIGW.0307': { status: 401, message: 'The token must be updated', advice: 'fetch a new token, for this region' },
  'APIGW.0308': { status: 429, message: 'The throttling threshold has been reached', advice: 'lower max_requests_per_second' },
} as const satisfies Record<string, KmsErrorCode>;

export type KmsApiCode = keyof typeof kmsErrorCodes;

/** The gateway calls itself `APIGW.` on Huawei Cloud and `APIG.` elsewhere, with the same numbers. */
export function findKmsErrorCode(code: string): KmsErrorCode | undefined {
  const canonical = code.startsWith('APIG.') ? code.replace('APIG.', 'APIGW.') : code;
  return (kmsErrorCodes as Record<string, KmsErrorCode>)[canonical];
}
