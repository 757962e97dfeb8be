/** The provider "byok": its schema, its resources, and what it makes of its block. */
import type { Environment } from '../kms/connection';
import { type ProviderAttribute, providerSchema } from '../schema/provider';
import { Secret } from '../secret';
import type { Context, ProviderDefinition } from '../tfplugin/provider';
import { unknown, type Values } from '../tfplugin/value';
import { integer, text } from './attributes';
import type { Client, Connection, Surroundings } from './client';
import { fingerprintFunction } from './fingerprint-function';
import { importParametersEphemeral } from './import-parameters-ephemeral';
import { keyDataSource } from './key-data-source';
import { externalKeyResource } from './key-resource';
import { keysDataSource } from './keys-data-source';
import { keyMaterialResource } from './material-resource';

export function byokProvider(surroundings: Surroundings): ProviderDefinition<Client> {
  return {
    schema: providerSchema,
    resources: { byok_external_key: externalKeyResource, byok_key_material: keyMaterialResource },
    dataSources: { byok_key: keyDataSource, byok_keys: keysDataSource },
    ephemeralResources: { byok_import_parameters: importParametersEphemeral },
    functions: { fingerprint: fingerprintFunction },

    async configure({ config }, context) {
      const known = Object.values(config).every((value) => value !== unknown);
      return { ...surroundings, ...(known ? connect(config, surroundings.env, surroundings, context) : { kms: undefined }) };
    },
  };
}

function connect(config: Values, env: Environment, { now, sleep }: Surroundings, { log }: Context): Connection {
  // Most processes that Terraform starts end before they are configured.
  const { connectKms } = require('../kms/connect') as typeof import('../kms/connect');
  const { DescribeBatcher } = require('../kms/describe-batcher') as typeof import('../kms/describe-batcher');
  const secret = (name: ProviderAttribute) => {
    const value = text(config, name);
    return value === undefined ? undefined : Secret.fromText(value);
  };
  const kms = connectKms(
    {
      cloud: text(config, 'cloud'),
      region: text(config, 'region'),
      projectId: text(config, 'project_id'),
      projectName: text(config, 'project_name'),
      enterpriseProjectId: text(config, 'enterprise_project_id'),
      kmsEndpoint: text(config, 'kms_endpoint'),
      authUrl: text(config, 'auth_url'),
      authToken: secret('auth_token'),
      userName: text(config, 'user_name'),
      password: secret('password'),
      domainName: text(config, 'domain_name'),
      accessKey: text(config, 'access_key'),
      secretKey: secret('secret_key'),
      securityToken: secret('security_token'),
      caFile: text(config, 'ca_file'),
      maxRetries: integer(config, 'max_retries'),
      maxRequestsPerSecond: integer(config, 'max_requests_per_second'),
    },
    env,
    { now, sleep, log: (level, message, fields) => log.log(level, message, fields) },
  );
  return { kms, reads: new DescribeBatcher({ kms }) };
}
