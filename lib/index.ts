export {
  type ByokConnectionProps,
  ByokProvider,
  type ByokProviderProps,
} from './cdktf/byok-provider';
export type { ResourceTimeouts } from './cdktf/byok-resource';
export { ExternalKey, type ExternalKeyConfig } from './cdktf/external-key';
export type { IExternalKey } from './cdktf/external-key-reference';
export { ImportedKey } from './cdktf/imported-key';
export type { ImportedKeyProps } from './cdktf/imported-key-props';
export { KeyMaterial } from './cdktf/key-material';
export type { KeyMaterialConfig, KeyMaterialSourceConfig } from './cdktf/key-material-config';
export { KeyMaterialEngine, type KeyMaterialHooksOptions } from './cdktf/key-material-engine';
export { KeyMaterialPolicy } from './cdktf/key-material-policy';
export {
  type IKeyMaterialVariable,
  KeyMaterialSource,
  type KeyMaterialSourceOptions,
  type PreWrappedOptions,
  type VariableSourceOptions,
} from './cdktf/key-material-source';
export type {
  IResourceCount,
  IResourceProvider,
  ResourceMetaArguments,
} from './cdktf/resource-arguments';
export { type KeyGeneration, RotatedKey, type RotatedKeyProps } from './cdktf/rotated-key';
export { ByokError, type ByokErrorOptions, type ErrorCode, isByokError } from './errors';
export type {
  KeyMaterialPolicyProps,
  KeyMaterialPolicySeverities,
  KeyMaterialPolicySeverity,
  KeyMaterialRules,
  KeyMaterialSourceName,
} from './policy/rules';
export {
  Expiration,
  type ExpirationConfig,
  type RollingExpirationOptions,
} from './terms/expiration';
export type { KeyDestroyPolicy } from './terms/key';
export type { KeyOptions } from './terms/key-options';
export type { KeySpec, KeyUsage, WrappingAlgorithm } from './terms/kms';
export type { MaterialDestroyPolicy, MaterialEncoding } from './terms/material';
export type { MaterialOptions } from './terms/material-options';
