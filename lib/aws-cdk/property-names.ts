/**
 * Every property name that the constructs accept, by the interface that declares it.
 * Other names are refused.
 */
import { keyOptions } from '../terms/key-options';
import { materialOptions } from '../terms/material-options';

export const propertyNames = {
  ImportedKeyProps: [
    'credentials',
    'cloud',
    'region',
    'projectId',
    'projectName',
    'enterpriseProjectId',
    'kmsEndpoint',
    'authUrl',
    'source',
    'alias',
    'keyId',
    'expiration',
    'checkEvery',
    'runtime',
    'keyOnDestroy',
    'removalPolicy',
    ...keyOptions,
    ...materialOptions,
  ],
  SecretSourceOptions: ['encoding', 'jsonField', 'passwordField'],
  SecureStringSourceOptions: ['encoding', 'encryptionKey'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
