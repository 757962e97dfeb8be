/** The calls about the provider as a whole. Most Terraform processes end after the schema, so values are coded elsewhere. */

import {
  Empty,
  GetFunctionsResponse,
  GetMetadataResponse,
  GetProviderSchemaResponse,
  HealthCheckResponse,
  healthServing,
  StopProviderResponse,
} from './messages';
import { encode } from './protobuf';
import type { Context } from './provider';
import { type Rpc, rpc } from './rpc';
import { schemaMessage } from './schema-message';

/** Destroy is planned too; a host that kept the schema need not ask again. */
const serverCapabilities = { planDestroy: true, getProviderSchemaOptional: true };

export const providerRpcs = {
  GetMetadata: rpc({
    request: Empty,
    response: GetMetadataResponse,
    failure: 'Cannot describe the provider',
    handle: (_request, _context, { definition }) => ({
      serverCapabilities,
      resources: Object.keys(definition.resources).map((typeName) => ({ typeName })),
    }),
  }),
  GetProviderSchema: rpc({
    request: Empty,
    response: GetProviderSchemaResponse,
    failure: 'Cannot describe the schema',
    handle: (_request, _context, { definition }) => ({
      provider: schemaMessage(definition.schema),
      resourceSchemas: Object.fromEntries(
        Object.entries(definition.resources).map(([typeName, { schema }]) => [typeName, schemaMessage(schema, schema.version)]),
      ),
      serverCapabilities,
    }),
  }),
  GetFunctions: rpc({ request: Empty, response: GetFunctionsResponse, failure: 'Cannot list functions', handle: () => ({}) }),
  StopProvider: rpc({
    request: Empty,
    response: StopProviderResponse,
    failure: 'Cannot stop',
    handle: (_request, { log }: Context, { stop }) => {
      log.log('info', 'asked to stop');
      stop.abort();
      return {};
    },
  }),
} as const satisfies Record<string, Rpc>;

export const healthCheckAnswer = () => encode(HealthCheckResponse, { status: healthServing });
