/** From settings to a client: the one place that both the provider and the commands come through. */
import { readFileSync } from 'node:fs';
import { ByokError } from '../errors';
import { type ConnectionConfig, type Environment, readConnection } from './connection';
import { KmsClient, type KmsClientOptions } from './kms-client';

/**
 * @param env the whole environment: variables of the cloud, and of the proxy
 * @throws ByokError ERR_CONFIGURATION when a setting is missing, wrong or unsafe
 */
export function connectKms(
  config: ConnectionConfig,
  env: Environment,
  runtime: Pick<KmsClientOptions, 'now' | 'uptimeMs' | 'random' | 'sleep' | 'newSequence' | 'log' | 'timeoutMs'>,
): KmsClient {
  const { caFile, ...connection } = readConnection(config, env);
  return new KmsClient({ ...connection, ...runtime, env, ca: caFile === undefined ? undefined : readCertificates(caFile) });
}

function readCertificates(path: string): Buffer {
  let pem: Buffer;
  try {
    pem = readFileSync(path);
  } catch (cause) {
    throw new ByokError('ERR_CONFIGURATION', `ca_file "${path}" cannot be read: ${(cause as Error).message}`, {
      attribute: 'ca_file',
      cause,
    });
  }
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
    throw new ByokError('ERR_CONFIGURATION', `ca_file "${path}" holds no PEM certificate ("-----BEGIN CERTIFICATE-----")`, {
      attribute: 'ca_file',
    });
  }
  return pem;
}
