/**
 * The calls about the provider as a whole.
 * They load no value codec, because most provider processes end after the schema.
 */
import {
  Empty,
  GetFunctionsResponse,
  GetMetadataResponse,
  GetProviderSchemaResponse,
  GetResourceIdentitySchemasResponse,
  HealthCheckResponse,
  healthServing,
  StopProviderResponse,
} from '../grpc/messages';
import { encode } from '../grpc/protobuf';
import type { Context, Definitions, FunctionDefinition } from '../provider';
import { type Rpc, rpc } from './rpc';
import { functionMessage, identitySchemaMessage, schemaMessage } from './schema-message';

/**
 * Terraform plans destroys with us, too; a host that kept the schema need not ask again; and a
 * `moved` block may name a resource of another provider.
 */
const serverCapabilities = {
  planDestroy: true,
  getProviderSchemaOptional: true,
  moveResourceState: true,
};

export const providerRpcs = {
  GetMetadata: rpc({
    request: Empty,
    response: GetMetadataResponse,
    failure: 'Cannot describe the provider',
    handle: (_request, _context, { definition }) => ({
      serverCapabilities,
      resources: typeNames(definition.resources),
      dataSources: typeNames(definition.dataSources),
      ephemeralResources: typeNames(definition.ephemeralResources),
      functions: Object.keys(definition.functions ?? {}).map((name) => ({ name })),
    }),
  }),
  GetProviderSchema: rpc({
    request: Empty,
    response: GetProviderSchemaResponse,
    failure: 'Cannot describe the schema',
    handle: (_request, _context, { definition }) => ({
      provider: schemaMessage(definition.schema),
      resourceSchemas: mapValues(definition.resources, ({ schema }) =>
        schemaMessage(schema, schema.version),
      ),
      dataSourceSchemas: mapValues(definition.dataSources, ({ schema }) => schemaMessage(schema)),
      ephemeralResourceSchemas: mapValues(definition.ephemeralResources, ({ schema }) =>
        schemaMessage(schema),
      ),
      functions: signatures(definition.functions),
      serverCapabilities,
    }),
  }),
  GetResourceIdentitySchemas: rpc({
    request: Empty,
    response: GetResourceIdentitySchemasResponse,
    failure: 'Cannot describe the identities',
    handle: (_request, _context, { definition }) => ({
      identitySchemas: Object.fromEntries(
        Object.entries(definition.resources)
          .filter(([, { schema }]) => schema.identity.length > 0)
          .map(([name, { schema }]) => [name, identitySchemaMessage(schema)]),
      ),
    }),
  }),
  GetFunctions: rpc({
    request: Empty,
    response: GetFunctionsResponse,
    failure: 'Cannot list functions',
    handle: (_request, _context, { definition }) => ({
      functions: signatures(definition.functions),
    }),
  }),
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

function typeNames(definitions: Readonly<Record<string, unknown>> = {}): { typeName: string }[] {
  return Object.keys(definitions).map((typeName) => ({ typeName }));
}

function signatures(functions: Definitions<FunctionDefinition> | undefined) {
  return mapValues(functions, ({ schema }) => functionMessage(schema));
}

function mapValues<In, Out>(
  record: Readonly<Record<string, In>> = {},
  map: (value: In) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
