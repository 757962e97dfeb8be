/**
 * Every property name that the constructs accept, by the interface that declares it.
 * Other names are refused.
 * The schemas provide the names of Terraform attributes;
 * test/package/property-names.test.ts compares all lists with the interfaces.
 */
import { policyNames, ruleNames } from '../policy/rules';
import { externalKeySchema } from '../schema/external-key';
import { keyMaterialSchema } from '../schema/key-material';
import type { BlockSchema } from '../schema/model';
import { providerSchema } from '../schema/provider';
import { timeoutsBlock } from '../schema/timeouts';
import { keyOptions } from '../terms/key-options';
import { materialOptions } from '../terms/material-options';
import { propertyName } from './config-attributes';

/** Arguments that Terraform gives every resource. */
const metaArguments = [
  'dependsOn',
  'count',
  'provider',
  'lifecycle',
  'forEach',
  'provisioners',
  'connection',
];

const spelling = ['encoding', 'passwordEnvironment'];

/** Properties that all generations share. */
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

/** Secrets, and properties without a flag of the command. */
const unknownToHooks = [
  'authToken',
  'password',
  'secretKey',
  'securityToken',
  'maxRetries',
  'maxRequestsPerSecond',
];

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
    'keyOnDestroy',
    'engine',
    'forEach',
    'timeouts',
    'provider',
    ...keyOptions,
    ...materialOptions,
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
  KeyMaterialPolicyProps: [...policyNames, 'now'],
  KeyMaterialPolicySeverities: ruleNames,
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Attributes and blocks that a configuration may set. */
function namesOf({ attributes, blocks = {} }: BlockSchema): readonly string[] {
  const settable = Object.keys(attributes).filter(
    (name) => attributes[name]?.required || attributes[name]?.optional,
  );
  return [...settable, ...Object.keys(blocks)].map(propertyName);
}
