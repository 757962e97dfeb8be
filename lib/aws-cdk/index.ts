/**
 * The AWS construct. Its files import `aws-cdk-lib/core` and not the root, whose types are those of
 * every service: a compiler reads less than half of the files.
 */
export { ByokError, type ErrorCode, isByokError } from '../errors';
export {
  Expiration,
  type ExpirationConfig,
  type RollingExpirationOptions,
} from '../terms/expiration';
export type { KeyDestroyPolicy } from '../terms/key';
export type { KeyOptions } from '../terms/key-options';
export type { KeySpec, KeyUsage, WrappingAlgorithm } from '../terms/kms';
export type { MaterialDestroyPolicy, MaterialEncoding } from '../terms/material';
export type { MaterialOptions } from '../terms/material-options';
export { ImportedKey } from './imported-key';
export type { ImportedKeyProps, KmsConnectionProps } from './imported-key-props';
export {
  KeyMaterialSource,
  type KeyMaterialSourceConfig,
  type SecretSourceOptions,
  type SecureStringSourceOptions,
} from './key-material-source';
export type { MaterialPlace } from './key-properties';
export { KmsCredentials, type KmsCredentialsConfig } from './kms-credentials';
