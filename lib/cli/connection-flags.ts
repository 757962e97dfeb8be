/**
 * The connection to the KMS as flags. There is no flag for a token, a password or a secret key:
 * other users of a machine see the arguments of a process.
 */
import type { Command } from 'commander';
import type { ConnectionConfig } from '../kms/connection';
import { providerSchema } from '../schema/provider';
import type { KmsPlace } from '../terms/connection';

export type ConnectionFlags = KmsPlace &
  Pick<ConnectionConfig, 'userName' | 'domainName' | 'accessKey' | 'caFile'>;

const flags = {
  cloud: 'NAME',
  region: 'NAME',
  project_id: 'ID',
  project_name: 'NAME',
  enterprise_project_id: 'ID',
  kms_endpoint: 'URL',
  auth_url: 'URL',
  user_name: 'NAME',
  domain_name: 'NAME',
  access_key: 'AK',
  ca_file: 'FILE',
} as const satisfies Partial<Record<keyof typeof providerSchema.attributes, string>>;

export function addConnectionFlags(command: Command): Command {
  return Object.entries(flags).reduce((extended, [attribute, value]) => {
    const { description } = providerSchema.attributes[attribute as keyof typeof flags];
    return extended.option(`${flagOf(attribute)} <${value}>`, description.replaceAll('`', ''));
  }, command);
}

/** The flags that were given, for a command that is to be run next. */
export function wordsOf(given: ConnectionFlags): readonly string[] {
  const values: Readonly<Record<string, string | undefined>> = { ...given };
  return Object.keys(flags).flatMap((attribute) => {
    const value = values[attribute.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())];
    return value === undefined ? [] : [flagOf(attribute), value];
  });
}

/** Whether this is one of them, as "--kms-endpoint" is. */
export function isConnectionFlag(name: string): boolean {
  return Object.keys(flags).some((attribute) => flagOf(attribute) === name);
}

function flagOf(attribute: string): string {
  return `--${attribute.replaceAll('_', '-')}`;
}
