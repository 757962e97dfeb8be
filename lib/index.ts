export { ByokProvider, type ByokProviderProps } from './cdktf/byok-provider';
export type { ResourceTimeouts } from './cdktf/byok-resource';
export { Expiration, type ExpirationConfig, type RollingExpirationOptions } from './cdktf/expiration';
export { ExternalKey, type ExternalKeyConfig } from './cdktf/external-key';
export { ImportedKey, type ImportedKeyProps } from './cdktf/imported-key';
export { KeyMaterial, type KeyMaterialConfig, type KeyMaterialSourceConfig } from './cdktf/key-material';
export {
  type IKeyMaterialVariable,
  KeyMaterialSource,
  type KeyMaterialSourceOptions,
  type PreWrappedOptions,
  type VariableSourceOptions,
} from './cdktf/key-material-source';
export { type KeyGeneration, RotatedKey, type RotatedKeyProps } from './cdktf/rotated-key';
export { ByokError, type ErrorCode, isByokError } from './errors';
export type { KeyDestroyPolicy } from './schema/external-key';
export type { MaterialDestroyPolicy, MaterialEncoding } from './schema/key-material';
export type { KeySpec, KeyUsage, WrappingAlgorithm } from './schema/kms';
