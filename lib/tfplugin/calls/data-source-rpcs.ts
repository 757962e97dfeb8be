/** The calls for data sources, one row per method. */
import {
  ReadDataSourceRequest,
  ReadDataSourceResponse,
  ValidateConfigRequest,
  ValidateConfigResponse,
} from '../grpc/messages';
import type { DataSourceDefinition } from '../provider';
import { decodeBlockConfig, decodeConfig } from '../values/value-decoder';
import { encodeState } from '../values/value-encoder';
import { type Rpc, rpc } from './rpc';
import { configuredClient, findDefinition, type Runtime } from './runtime';

export const dataSourceRpcs = {
  ValidateDataResourceConfig: rpc({
    request: ValidateConfigRequest,
    response: ValidateConfigResponse,
    failure: ({ typeName }) => `Invalid configuration of ${typeName}`,
    async handle({ typeName, config }, context, runtime) {
      const definition = dataSource(runtime, typeName);
      const values = decodeConfig(definition.schema, config);
      if (values !== null) {
        await definition.validate?.(values, context);
      }
      return {};
    },
  }),

  ReadDataSource: rpc({
    request: ReadDataSourceRequest,
    response: ReadDataSourceResponse,
    failure: ({ typeName }) => `Cannot read ${typeName}`,
    async handle({ typeName, config }, context, runtime) {
      const definition = dataSource(runtime, typeName);
      const { schema } = definition;
      const values = decodeBlockConfig(schema, config);
      return {
        state: encodeState(
          schema,
          await definition.read(values, configuredClient(runtime), context),
        ),
      };
    },
  }),
} as const satisfies Record<string, Rpc>;

function dataSource({ definition }: Runtime, typeName: string): DataSourceDefinition<unknown> {
  return findDefinition(definition.dataSources, 'data source', typeName);
}
