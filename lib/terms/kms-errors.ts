/**
 * Error codes of the KMS and of the gateway in front of it, each described once:
 * status and message as the API reference lists them, what is to blame, what a person should do,
 * and how this program reacts.
 * Decisions use the code and never the text, because live texts differ from the documented ones.
 */

import type { Phrase } from './setting';

/** What is to blame. */
export type Blame = 'caller' | 'material' | 'login' | 'permission' | 'service' | 'throttling';

/**
 * What this program does by itself:
 * - `retry`: pauses and sends the call again, if a second run does no harm
 * - `new-parameters`: fetches import parameters and wraps again, once
 * - `new-login`: fetches a token and sends the call again, once
 * - `describe`: looks at the key,
 *   because we or someone else may already have done what the call asks
 * - `stop`: nothing
 */
export type KmsReaction = 'retry' | 'new-parameters' | 'new-login' | 'describe' | 'stop';

/** Format of the codes of the KMS, the two gateways and IAM. Anything else is not a code. */
export const apiCodeFormat = /^(?:KMS|APIGW|APIG|IAM)\.\d{4}$/;

export interface KmsErrorCode {
  readonly status: number;
  readonly message: string;
  readonly blame: Blame;
  /** What to do about it: a clause that can end an error message. */
  readonly advice: Phrase;
  readonly reaction: KmsReaction;
  /** Replaces `advice` if the caller's clock cannot be the reason. */
  readonly adviceInTime?: string;
}

export const kmsErrorCodes = {
  'KMS.0100': service(500, 'Get-status error.'),
  'KMS.0101': service(500, 'KMS error.'),
  'KMS.0102': service(500, 'Abnormal KMS I/O.'),
  'KMS.0103': service(500, 'A system exception occurred. Contact technical support.'),
  'KMS.0104': service(503, 'A system exception occurred. Contact technical support.'),
  'KMS.0105': {
    ...service(400, 'A system exception occurred. Contact technical support.'),
    reaction: 'stop',
  },
  'KMS.0106': caller(
    400,
    'It is replica service, readonly api allowed.',
    'call the region where the key was created',
  ),
  'KMS.0201': caller(
    400,
    'Invalid request URL.',
    ({ name }) => `check ${name('kmsEndpoint')} and ${name('projectId')}`,
  ),
  'KMS.0202': caller(400, 'Invalid JSON format of the request message.', defect()),
  'KMS.0203': caller(400, 'Request message too long.', defect()),
  'KMS.0204': caller(400, 'Parameters missing in the request message.', defect()),
  'KMS.0205': caller(
    400,
    'Invalid key ID.',
    ({ name }) => `check ${name('keyId')}: 36 characters, as the console shows it`,
  ),
  'KMS.0206': caller(400, 'Invalid sequence number.', defect()),
  'KMS.0207': caller(
    404,
    'The key does not exist.',
    ({ name }) => `check ${name('keyId')}, ${name('region')} and ${name('projectId')}`,
  ),
  'KMS.0209': caller(400, 'The key has been disabled.', 'enable the key first'),
  'KMS.0210': caller(
    400,
    'The key is in Scheduled deletion state and cannot be used.',
    'cancel the deletion of the key first',
  ),
  'KMS.0211': caller(
    400,
    'Cannot perform this operation on Default Master Keys.',
    'use a key of your own, not the default key of a service',
  ),
  'KMS.0214': caller(400, 'The request format is invalid.', defect()),
  'KMS.0215': caller(
    405,
    'Request method not supported.',
    ({ name }) => `check ${name('kmsEndpoint')}`,
  ),
  'KMS.0301': login(403, 'Invalid or null X-Auth-Token.', 'give a valid login'),
  'KMS.0302': login(403, 'Invalid X-Auth-Token.', 'give a valid login'),
  'KMS.0303': login(403, 'X-Auth-Token expired.', 'fetch a new token: tokens live for 24 hours'),
  'KMS.0304': login(
    403,
    'X-Auth-Token contains the OBT tag and cannot be used to access services.',
    'use the login of a user who may use the service',
  ),
  'KMS.0305': login(403, 'Invalid X-Auth-Token project name.', 'log in to the project of the key'),
  'KMS.0306': permission(
    403,
    'No access permissions.',
    'grant the user permission to use this key',
  ),
  'KMS.0307': permission(
    403,
    'No access permissions.',
    'grant the user the kms:cmk permissions of this call',
  ),
  'KMS.0308': caller(400, 'Invalid parameter.', 'check the values that the message names'),
  'KMS.0309': caller(
    400,
    'External keys required.',
    'use a key of origin "external": only such keys accept material',
  ),
  'KMS.0310': state(
    400,
    'The key is not in Pending import state.',
    'check the key: it already holds material, or is scheduled for deletion',
  ),
  'KMS.0311': parameters(
    400,
    'Failed to decrypt data using the RSA private key.',
    ({ name }) => `the wrapping does not fit the import token: check ${name('wrappingAlgorithm')}`,
  ),
  'KMS.0312': caller(400, 'External keys cannot be rotated.', 'make a new key to rotate'),
  'KMS.0314': permission(
    403,
    'Real-name authentication is required to access the API.',
    'complete the real-name authentication of the account',
  ),
  'KMS.0320': permission(400, 'Resource frozen.', 'settle the account: frozen keys cannot be used'),
  'KMS.0321': {
    ...login(
      403,
      'URIs in URL and X-Auth-Token do not match.',
      ({ name }) => `make ${name('projectId')} the project of the login`,
    ),
    reaction: 'stop',
  },
  'KMS.0325': caller(
    400,
    'The asymmetric key is not support this operation.',
    'use a symmetric key',
  ),
  'KMS.0326': permission(
    403,
    'No access permissions.',
    'grant the user the kms:cmk permissions of this call',
  ),
  'KMS.0328': permission(403, 'KMS has been frozen. Renew it and try again.', 'settle the account'),
  'KMS.0329': caller(
    400,
    'Hash algorithm does not match the digest length.',
    'give a digest of the length of the signing algorithm',
  ),
  'KMS.0330': permission(
    403,
    'User has no permission.',
    'grant the user the kms:cmk permissions of this call',
  ),
  'KMS.0331': caller(
    400,
    'The symmetric key is not support this operation.',
    'use an asymmetric key',
  ),
  'KMS.0332': caller(
    400,
    'This key is not support the signing algorithm.',
    ({ name }) => `choose an algorithm of the ${name('keySpec')}`,
  ),
  'KMS.0334': caller(
    400,
    'The cmk is used to encrypt and decrypt.',
    'use a key of usage SIGN_VERIFY',
  ),
  'KMS.0335': caller(
    400,
    'The cmk is used to sign and verify.',
    'use a key of usage ENCRYPT_DECRYPT',
  ),
  'KMS.0339': caller(
    400,
    'The custom keystore do not support import key.',
    'create the key in the default keystore',
  ),
  'KMS.0341': caller(
    400,
    'The hmac key do not support this operation.',
    ({ name }) => `use a ${name('keySpec')} other than HMAC: their material cannot be imported`,
  ),
  'KMS.0401': caller(400, 'Tag list cannot be empty.', 'give at least one tag'),
  'KMS.0402': caller(400, 'Invalid match value.', defect()),
  'KMS.0403': caller(400, 'Invalid match key.', defect()),
  'KMS.0404': caller(400, 'Invalid action.', defect()),
  'KMS.0405': caller(400, 'Invalid tag value.', 'use no control characters and none of * < > \\ ='),
  'KMS.0406': caller(400, 'Invalid tag key.', 'use no control characters and none of * < > \\ ='),
  'KMS.0407': caller(400, 'Invalid tag list size.', 'give fewer tags'),
  'KMS.0409': caller(400, 'Too many tags.', 'a key takes at most 20 tags'),
  'KMS.0410': caller(400, 'Invalid tag value length.', 'use at most 43 characters'),
  'KMS.0411': caller(400, 'Invalid tag key length.', 'use 1 to 36 characters'),
  'KMS.0412': caller(400, 'Invalid tag list.', 'check the tags'),
  'KMS.0413': caller(400, 'Too many tag values.', 'give fewer values'),
  'KMS.0414': caller(400, 'Invalid tags.', 'check the tags'),
  'KMS.0415': caller(400, 'Invalid matches.', defect()),
  'KMS.0416': caller(
    404,
    'Invalid tag ID.',
    'the key has no such tag; look at its tags and try again',
  ),
  'KMS.0417': caller(400, 'Invalid offset.', defect()),
  'KMS.0418': caller(400, 'Offset is not required.', defect()),
  'KMS.1101': caller(
    400,
    'Invalid key_alias.',
    'use 1 to 255 of the characters a-z A-Z 0-9 : / _ - and do not end in "/default"',
  ),
  'KMS.1103': caller(400, 'Invalid key_description.', 'use at most 255 characters'),
  'KMS.1104': state(
    400,
    'Duplicate key aliases.',
    'choose another alias, or import the existing key; a key that is scheduled for deletion keeps its alias until the KMS deletes it',
  ),
  'KMS.1105': caller(400, 'Too many keys.', 'raise the key quota or delete keys'),
  'KMS.1110': caller(400, 'Invalid alg_type.', ({ name }) => `choose another ${name('keySpec')}`),
  'KMS.1114': caller(400, 'EC keys do not support to encrypt/decrypt.', 'use a key that encrypts'),
  'KMS.1115': caller(400, 'Symmetric keys do not support to sign/verify.', 'use an asymmetric key'),
  'KMS.1201': state(
    400,
    'The key is not disabled.',
    'check the key: only a disabled key can be enabled',
  ),
  'KMS.1301': state(
    400,
    'The key is not enabled.',
    'check the key: only an enabled key can be disabled',
  ),
  'KMS.1401': caller(
    400,
    'Set the pending deletion period between 7 to 1096 days.',
    ({ name }) => `set ${name('pendingDays')} from 7 to 1096`,
  ),
  'KMS.1402': state(
    400,
    'The key is already in Pending deletion state.',
    'nothing: its deletion is scheduled',
  ),
  'KMS.1404': caller(
    400,
    'This region is not the original region of the key, and it is not allowed to import-key-material.',
    'import in the region where the key was created',
  ),
  'KMS.1501': state(
    400,
    'The key is not in Pending deletion state.',
    'nothing: its deletion is not scheduled',
  ),
  'KMS.1601': caller(400, 'Invalid limit.', defect()),
  'KMS.1602': caller(400, 'marker must be greater than or equals 0.', defect()),
  'KMS.2105': caller(
    400,
    'The symmetric key not support this encryption algorithm.',
    ({ name }) => `choose an algorithm of the ${name('keySpec')}`,
  ),
  'KMS.2106': caller(
    400,
    'The rsa key not support this encryption algorithm.',
    ({ name }) => `choose an algorithm of the ${name('keySpec')}`,
  ),
  'KMS.2108': caller(400, 'The rsa encryption plain_text is over length.', 'give a shorter text'),
  'KMS.2201': caller(400, 'Invalid cipher_text.', 'give the ciphertext as this KMS made it'),
  'KMS.2601': parameters(
    400,
    'Token expired.',
    'fetch new import parameters: they live for 24 hours',
  ),
  'KMS.2602': caller(
    400,
    'Key expiration time must be later than the current time.',
    ({ name }) => `set a later ${name('expirationTime')}`,
  ),
  'KMS.2603': parameters(
    400,
    'Key IDs in the imported key and token do not match.',
    'fetch import parameters for this key',
  ),
  'KMS.2604': material(
    400,
    'The external key plaintext length must be 32 bits.',
    'give 32 bytes (the message says bits)',
  ),
  'KMS.2605': parameters(400, 'Token verification failed.', 'fetch new import parameters'),
  'KMS.2606': material(
    400,
    'You are importing a deleted key again. The imported plaintext must be the same as the deleted key plaintext.',
    'give the material that was imported into this key first, or make a new key',
  ),
  'KMS.2608': material(
    400,
    'The imported asymmetric private key can not be null.',
    ({ name }) => `send ${name('encryptedPrivatekey')} as well: the key is asymmetric`,
  ),
  'KMS.2609': material(
    400,
    'The imported asymmetric private is invalid.',
    ({ name }) =>
      `give an unencrypted PKCS#8 private key of the type that ${name('keySpec')} names`,
  ),
  'KMS.2610': material(
    400,
    'The temporary key length must be 16 or 32.',
    'wrap the private key under an intermediate key of 32 bytes',
  ),
  'KMS.2701': state(
    400,
    'Key material is not in Enabled or Disabled state and cannot be deleted.',
    'check the key: it holds no material that could be deleted',
  ),
  'KMS.2702': caller(
    400,
    'The imported private key material can not be deleted.',
    'schedule the deletion of the whole key instead',
  ),
  'APIGW.0101': caller(
    404,
    'The API does not exist or has not been published in the environment',
    ({ name }) => `check ${name('kmsEndpoint')}, ${name('cloud')} and ${name('region')}`,
  ),
  'APIGW.0201': caller(400, 'API request error', ({ name }) => `check ${name('kmsEndpoint')}`),
  'APIGW.0202': service(502, 'Backend unavailable'),
  'APIGW.0203': service(504, 'Backend timeout'),
  'APIGW.0301': signature(401, 'Incorrect IAM authentication information'),
  'APIGW.0302': permission(
    403,
    'The IAM user is not authorized to access the API',
    'grant the user permission to call the KMS',
  ),
  'APIGW.0303': signature(401, 'Incorrect app authentication information'),
  'APIGW.0305': login(401, 'Incorrect authentication information', 'check the login'),
  'APIGW.0306': permission(
    403,
    'API access denied',
    'grant the user permission to call the KMS from this address',
  ),
  'APIGW.0307': login(401, 'The token must be updated', 'fetch a new token, for this region'),
  'APIGW.0308': {
    status: 429,
    message: 'The throttling threshold has been reached',
    blame: 'throttling',
    advice: ({ name }) => `lower ${name('maxRequestsPerSecond')}`,
    reaction: 'retry',
  },
  'APIGW.0310': permission(
    403,
    'The project is unavailable',
    ({ name }) => `check ${name('projectId')}, and that the project is not suspended`,
  ),
  'APIGW.0601': service(500, 'Internal server error'),
  'APIGW.0602': caller(400, 'Bad request', ({ name }) => `check ${name('kmsEndpoint')}`),
  'APIGW.0613': service(503, 'IAM unavailable'),
} as const satisfies Record<string, KmsErrorCode>;

export type KmsApiCode = keyof typeof kmsErrorCodes;

/**
 * The gateway calls itself `APIGW.` on Huawei Cloud and `APIG.` elsewhere, with the same numbers.
 */
export function tryFindKmsErrorCode(code: string): KmsErrorCode | undefined {
  const canonical = code.startsWith('APIG.') ? code.replace('APIG.', 'APIGW.') : code;
  return Object.hasOwn(kmsErrorCodes, canonical)
    ? kmsErrorCodes[canonical as KmsApiCode]
    : undefined;
}

// --- rows ---

function caller(status: number, message: string, advice: Phrase): KmsErrorCode {
  return { status, message, blame: 'caller', advice, reaction: 'stop' };
}

/** The key is not in the state that the call needs. */
function state(status: number, message: string, advice: Phrase): KmsErrorCode {
  return { status, message, blame: 'caller', advice, reaction: 'describe' };
}

/** Token and wrapping do not match, or arrived too late. */
function parameters(status: number, message: string, advice: Phrase): KmsErrorCode {
  return { status, message, blame: 'caller', advice, reaction: 'new-parameters' };
}

function material(status: number, message: string, advice: Phrase): KmsErrorCode {
  return { status, message, blame: 'material', advice, reaction: 'stop' };
}

function login(status: number, message: string, advice: Phrase): KmsErrorCode {
  return { status, message, blame: 'login', advice, reaction: 'new-login' };
}

/** The gateway answers the same when a signature is too early or too late. */
function signature(status: number, message: string): KmsErrorCode {
  const clock =
    'with an access key, also check the clock of this machine: 15 minutes off is too much';
  return {
    ...login(status, message, `check the login; ${clock}`),
    adviceInTime: 'check the login',
  };
}

function permission(status: number, message: string, advice: Phrase): KmsErrorCode {
  return { status, message, blame: 'permission', advice, reaction: 'stop' };
}

function service(status: number, message: string): KmsErrorCode {
  return {
    status,
    message,
    blame: 'service',
    advice: 'try again later; if it persists, give the request id to the support of the cloud',
    reaction: 'retry',
  };
}

function defect(): string {
  return 'a defect of this package, which no setting causes';
}
