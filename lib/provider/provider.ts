/** The provider "byok": its schema, its resources, and what it makes of its block. */
import type { Environment } from '../kms/connection';
import { keyDataSourceSchema, keysDataSourceSchema } from '../schema/data-sources';
import { externalKeySchema } from '../schema/external-key';
import { fingerprintFunctionSchema } from '../schema/fingerprint-function';
import { importParametersSchema } from '../schema/import-parameters';
import { keyMaterialSchema } from '../schema/key-material';
import { type ProviderAttribute, providerSchema } from '../schema/provider';
import { Secret } from '../secret';
import type { Context, ProviderDefinition, ResourceDefinition } from '../tfplugin/provider';
import { unknown, type Values } from '../tfplugin/values/value';
import { integer, text } from './attributes';
import type { Client, Connection, Surroundings } from './client';
import { Run } from './run';

export function byokProvider(surroundings: Surroundings): ProviderDefinition<Client> {
  return {
    schema: providerSchema,
    resources: {
      byok_external_key: {
        schema: externalKeySchema,
        load: () =>
          partOfRun(
            (require('./key/resource') as typeof import('./key/resource')).externalKeyResource,
          ),
      },
      byok_key_material: {
        schema: keyMaterialSchema,
        load: () =>
          partOfRun(
            (require('./material/resource') as typeof import('./material/resource'))
              .keyMaterialResource,
          ),
      },
    },
    dataSources: {
      byok_key: {
        schema: keyDataSourceSchema,
        load: () =>
          (require('./key-data-source') as typeof import('./key-data-source')).keyDataSource,
      },
      byok_keys: {
        schema: keysDataSourceSchema,
        load: () =>
          (require('./keys-data-source') as typeof import('./keys-data-source')).keysDataSource,
      },
    },
    ephemeralResources: {
      byok_import_parameters: {
        schema: importParametersSchema,
        load: () =>
          (
            require('./import-parameters-ephemeral') as typeof import('./import-parameters-ephemeral')
          ).importParametersEphemeral,
      },
    },
    functions: {
      fingerprint: {
        schema: fingerprintFunctionSchema,
        load: () =>
          (require('./fingerprint-function') as typeof import('./fingerprint-function'))
            .fingerprintFunction,
      },
    },

    async configure({ config }, context) {
      const known = Object.values(config).every((value) => value !== unknown);
      const connection = known
        ? connect(config, surroundings.env, surroundings, context)
        : { kms: undefined };
      return {
        ...surroundings,
        run: new Run(surroundings.joinRun(), connection.kms?.project),
        ...connection,
      };
    },
  };
}

/** A removal is planned after the other reads and plans of the run, which it waits for. */
function partOfRun(resource: ResourceDefinition<Client>): ResourceDefinition<Client> {
  return {
    ...resource,
    read: (request, client, context) =>
      client.run.during(() => resource.read(request, client, context)),
    plan: (request, client, context) =>
      client.run.during(() => resource.plan(request, client, context)),
  };
}

function connect(
  config: Values,
  env: Environment,
  { now, sleep }: Surroundings,
  { log, diagnostics }: Context,
): Connection {
  // Most processes that Terraform starts end before they are configured.
  const { connectKms } = require('../kms/connect') as typeof import('../kms/connect');
  const { DescribeBatcher } =
    require('../kms/describe-batcher') as typeof import('../kms/describe-batcher');
  const { wording } = require('./wording') as typeof import('./wording');
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
    {
      now,
      sleep,
      spelling: wording,
      log: (level, message, fields) => log.log(level, message, fields),
      remark: (sentence) =>
        diagnostics.warning('A variable of the environment has no effect', `${sentence}.`),
    },
  );
  return { kms, reads: new DescribeBatcher({ kms }) };
}
