/**
 * The calls for ephemeral resources, one row per method. Terraform stores none of their answers.
 */
import {
  CloseEphemeralResourceRequest,
  CloseEphemeralResourceResponse,
  OpenEphemeralResourceRequest,
  OpenEphemeralResourceResponse,
  RenewEphemeralResourceRequest,
  RenewEphemeralResourceResponse,
  type Timestamp,
  ValidateConfigRequest,
  ValidateConfigResponse,
} from '../grpc/messages';
import type { Input } from '../grpc/protobuf';
import type { EphemeralResourceDefinition, Lease } from '../provider';
import { decodeBlockConfig, decodeConfig } from '../values/value-decoder';
import { encodeState } from '../values/value-encoder';
import { type Rpc, rpc } from './rpc';
import { configuredClient, findDefinition, type Runtime } from './runtime';

export const ephemeralRpcs = {
  ValidateEphemeralResourceConfig: rpc({
    request: ValidateConfigRequest,
    response: ValidateConfigResponse,
    failure: ({ typeName }) => `Invalid configuration of ${typeName}`,
    async handle({ typeName, config }, context, runtime) {
      const definition = ephemeralResource(runtime, typeName);
      const values = decodeConfig(definition.schema, config);
      if (values !== null) {
        await definition.validate?.(values, context);
      }
      return {};
    },
  }),

  OpenEphemeralResource: rpc({
    request: OpenEphemeralResourceRequest,
    response: OpenEphemeralResourceResponse,
    failure: ({ typeName }) => `Cannot open ${typeName}`,
    async handle({ typeName, config }, context, runtime) {
      const definition = ephemeralResource(runtime, typeName);
      const { schema } = definition;
      const values = decodeBlockConfig(schema, config);
      const { result, ...lease } = await definition.open(
        values,
        configuredClient(runtime),
        context,
      );
      return { result: encodeState(schema, result), ...leaseMessage(lease) };
    },
  }),

  RenewEphemeralResource: rpc({
    request: RenewEphemeralResourceRequest,
    response: RenewEphemeralResourceResponse,
    failure: ({ typeName }) => `Cannot renew ${typeName}`,
    async handle({ typeName, private: kept }, context, runtime) {
      const definition = ephemeralResource(runtime, typeName);
      return leaseMessage(
        (await definition.renew?.(kept, configuredClient(runtime), context)) ?? { private: kept },
      );
    },
  }),

  CloseEphemeralResource: rpc({
    request: CloseEphemeralResourceRequest,
    response: CloseEphemeralResourceResponse,
    failure: ({ typeName }) => `Cannot close ${typeName}`,
    async handle({ typeName, private: kept }, context, runtime) {
      await ephemeralResource(runtime, typeName).close?.(kept, configuredClient(runtime), context);
      return {};
    },
  }),
} as const satisfies Record<string, Rpc>;

function ephemeralResource(
  { definition }: Runtime,
  typeName: string,
): EphemeralResourceDefinition<unknown> {
  return findDefinition(definition.ephemeralResources, 'ephemeral resource', typeName);
}

function leaseMessage({ private: kept, renewAt }: Lease) {
  return { private: kept, renewAt: renewAt === undefined ? undefined : timestamp(renewAt) };
}

function timestamp(instant: Date): Input<typeof Timestamp> {
  const seconds = Math.floor(instant.getTime() / 1000);
  return { seconds, nanos: (instant.getTime() - seconds * 1000) * 1_000_000 };
}
