export { ByokError, type ErrorCode, isByokError } from '../errors';
export { Expiration, type ExpirationConfig, type RollingExpirationOptions } from '../schema/expiration';
export type { KeyDestroyPolicy } from '../schema/external-key';
export type { MaterialDestroyPolicy, MaterialEncoding } from '../schema/key-material';
export type { KeySpec, KeyUsage, WrappingAlgorithm } from '../schema/kms';
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
