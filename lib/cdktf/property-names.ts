/**
 * Every name that the constructs may be told, by the interface that declares it: what these lists do not have is refused. Names that are
 * attributes of Terraform come from the schemas; test/cdktf/property-names.test.ts holds all lists against the interfaces.
 */
import { externalKeySchema } from '../schema/external-key';
import { keyMaterialSchema } from '../schema/key-material';
import type { BlockSchema } from '../schema/model';
import { providerSchema } from '../schema/provider';
import { timeoutsBlock } from '../schema/timeouts';
import { propertyName } from './config-attributes';

/** Terraform's own of every resource. */
const metaArguments = ['dependsOn', 'count', 'provider', 'lifecycle', 'forEach', 'provisioners', 'connection'];

const spelling = ['encoding', 'passwordEnvironment'];

/** Of a key that is made, and of the material in it, wherever both are declared together. */
const sharedByKeys = [
  'description',
  'keySpec',
  'keyUsage',
  'tags',
  'warnBefore',
  'wrappingAlgorithm',
  'pendingDays',
  'timeouts',
  'provider',
];

const rules = ['maximumValidity', 'requirePin', 'allowedWrappingAlgorithms', 'forbiddenSources', 'requiredOnDestroy'];

/** Secrets, and what has no flag of the command. */
const unknownToHooks = ['authToken', 'password', 'secretKey', 'securityToken', 'maxRetries', 'maxRequestsPerSecond'];

export const propertyNames = {
  ByokProviderProps: [...namesOf(providerSchema), 'alias'],
  ExternalKeyConfig: [...namesOf(externalKeySchema), ...metaArguments],
  KeyMaterialConfig: [...namesOf(keyMaterialSchema), ...metaArguments],
  ResourceTimeouts: namesOf(timeoutsBlock),
  ImportedKeyProps: [
    'alias',
    'key',
    'source',
    'expiration',
    'fingerprint',
    'enabled',
    'onDestroy',
    'keyOnDestroy',
    'cancelPendingDeletion',
    'allowInterruption',
    'allowUnverifiedRenewal',
    'allowWeakMaterial',
    'engine',
    'forEach',
    ...sharedByKeys,
  ],
  RotatedKeyProps: ['alias', 'generations', 'current', ...sharedByKeys],
  KeyGeneration: ['name', 'source', 'expiration', 'fingerprint', 'enabled', 'keyOnDestroy'],
  KeyMaterialHooksOptions: [
    ...namesOf(providerSchema).filter((name) => !unknownToHooks.includes(name)),
    'driftToken',
    'recordFolder',
    'command',
  ],
  KeyMaterialSourceOptions: spelling,
  VariableSourceOptions: [...spelling, 'version'],
  PreWrappedOptions: ['importToken', 'encryptedKeyMaterial', 'encryptedPrivatekey', 'version'],
  KeyMaterialPolicyProps: [...rules, 'severity', 'severities', 'now'],
  KeyMaterialPolicySeverities: rules,
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Attributes that a configuration may set, and blocks. */
function namesOf({ attributes, blocks = {} }: BlockSchema): readonly string[] {
  const settable = Object.keys(attributes).filter((name) => attributes[name]?.required || attributes[name]?.optional);
  return [...settable, ...Object.keys(blocks)].map(propertyName);
}
