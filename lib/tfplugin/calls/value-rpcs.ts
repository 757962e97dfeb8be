/**
 * The calls that carry values, one row per method:
 * configuration of the provider, and the life of a resource.
 */
import { ByokError } from '../../errors';
import type { AttributeSchema } from '../../schema/model';
import {
  ApplyResourceChangeRequest,
  ApplyResourceChangeResponse,
  ConfigureProviderRequest,
  ConfigureProviderResponse,
  ImportResourceStateRequest,
  ImportResourceStateResponse,
  PlanResourceChangeRequest,
  PlanResourceChangeResponse,
  ReadResourceRequest,
  ReadResourceResponse,
  UpgradeResourceStateRequest,
  UpgradeResourceStateResponse,
  ValidateProviderConfigRequest,
  ValidateProviderConfigResponse,
  ValidateResourceConfigRequest,
  ValidateResourceConfigResponse,
} from '../grpc/messages';
import type { Context, ResourceDefinition } from '../provider';
import type { Values } from '../values/value';
import {
  decodeBlockConfig,
  decodeConfig,
  decodeState,
  decodeStateAttributes,
  type WireValue,
} from '../values/value-decoder';
import { encodeState } from '../values/value-encoder';
import { attributePath, type Rpc, rpc } from './rpc';
import { configuredClient, findDefinition, type Runtime } from './runtime';

export const valueRpcs = {
  ValidateProviderConfig: rpc({
    request: ValidateProviderConfigRequest,
    response: ValidateProviderConfigResponse,
    failure: 'Invalid provider configuration',
    async handle({ config }, context, { definition }) {
      const values = decodeConfig(definition.schema, config);
      if (values !== null) {
        await definition.validate?.(values, context);
      }
      return {};
    },
  }),

  ConfigureProvider: rpc({
    request: ConfigureProviderRequest,
    response: ConfigureProviderResponse,
    failure: 'Cannot configure the provider',
    async handle({ config, terraformVersion }, context, runtime) {
      const { definition } = runtime;
      const values = decodeBlockConfig(definition.schema, config);
      runtime.configured = {
        client: await definition.configure({ config: values, terraformVersion }, context),
      };
      return {};
    },
  }),

  ValidateResourceConfig: rpc({
    request: ValidateResourceConfigRequest,
    response: ValidateResourceConfigResponse,
    failure: ({ typeName }) => `Invalid configuration of ${typeName}`,
    async handle({ typeName, config, clientCapabilities }, context, runtime) {
      const { schema, validate } = resource(runtime, typeName);
      const values = decodeConfig(schema, config);
      if (values !== null) {
        const writeOnlyAttributesAllowed = clientCapabilities?.writeOnlyAttributesAllowed ?? false;
        await validate?.({ config: values, writeOnlyAttributesAllowed }, context);
      }
      return {};
    },
  }),

  UpgradeResourceState: rpc({
    request: UpgradeResourceStateRequest,
    response: UpgradeResourceStateResponse,
    failure: ({ typeName }) => `Cannot read the saved state of ${typeName}`,
    async handle({ typeName, version, rawState }, context, runtime) {
      const definition = resource(runtime, typeName);
      const state = parseState(rawState?.json);
      return {
        upgradedState: encodeState(
          definition.schema,
          await upgradeState(definition, typeName, version, state, context),
        ),
      };
    },
  }),

  ReadResource: rpc({
    request: ReadResourceRequest,
    response: ReadResourceResponse,
    failure: ({ typeName }) => `Cannot read ${typeName}`,
    async handle({ typeName, currentState, private: kept }, context, runtime) {
      const definition = resource(runtime, typeName);
      const state = decodeState(definition.schema, currentState);
      if (state === null) {
        return { newState: currentState, private: kept };
      }
      const result = await definition.read(
        { state, private: kept },
        configuredClient(runtime),
        context,
      );
      return { newState: encodeState(definition.schema, result.state), private: result.private };
    },
    fallback: ({ currentState, private: kept }) => ({ newState: currentState, private: kept }),
  }),

  PlanResourceChange: rpc({
    request: PlanResourceChangeRequest,
    response: PlanResourceChangeResponse,
    failure: ({ typeName }) => `Cannot plan ${typeName}`,
    async handle(
      { typeName, priorState, proposedNewState, config, priorPrivate },
      context,
      runtime,
    ) {
      const definition = resource(runtime, typeName);
      const { schema } = definition;
      const prior = decodeState(schema, priorState);
      const proposed = decodeState(schema, proposedNewState);
      const request = { prior, proposed, config: decodeConfig(schema, config), priorPrivate };
      const result = await definition.plan(request, configuredClient(runtime), context);
      const isUpdate = prior !== null && result.planned !== null;
      return {
        plannedState: encodeState(schema, result.planned),
        // Terraform itself drops the paths with unchanged values.
        requiresReplace: isUpdate
          ? [...new Set([...alwaysReplacing(schema.attributes), ...result.requiresReplace])].map(
              (name) => attributePath([name]),
            )
          : [],
        plannedPrivate: result.private,
      };
    },
  }),

  ApplyResourceChange: rpc({
    request: ApplyResourceChangeRequest,
    response: ApplyResourceChangeResponse,
    failure: ({ typeName, priorState, plannedState }) =>
      `Cannot ${change(priorState, plannedState)} ${typeName}`,
    async handle({ typeName, priorState, plannedState, config, plannedPrivate }, context, runtime) {
      const definition = resource(runtime, typeName);
      const { schema } = definition;
      const request = {
        prior: decodeState(schema, priorState),
        planned: decodeState(schema, plannedState),
        config: decodeConfig(schema, config),
        plannedPrivate,
      };
      const client = configuredClient(runtime);
      const result = await runtime.work.hold(() => definition.apply(request, client, context));
      return { newState: encodeState(schema, result.state), private: result.private };
    },
    fallback: ({ priorState, plannedPrivate }) => ({
      newState: priorState,
      private: plannedPrivate,
    }),
  }),

  ImportResourceState: rpc({
    request: ImportResourceStateRequest,
    response: ImportResourceStateResponse,
    failure: ({ typeName, id }) => `Cannot import ${typeName} "${id}"`,
    async handle({ typeName, id }, context, runtime) {
      const definition = resource(runtime, typeName);
      if (definition.importState === undefined) {
        throw new ByokError('ERR_REFUSED', `${typeName} cannot be imported`);
      }
      const result = await definition.importState({ id }, configuredClient(runtime), context);
      if (result.state === null) {
        if (!context.diagnostics.hasError) {
          throw new ByokError('ERR_ARGUMENT', `there is no ${typeName} with the id "${id}"`);
        }
        return {};
      }
      return {
        importedResources: [
          {
            typeName,
            state: encodeState(definition.schema, result.state),
            private: result.private,
          },
        ],
      };
    },
  }),
} as const satisfies Record<string, Rpc>;

function resource({ definition }: Runtime, typeName: string): ResourceDefinition<unknown> {
  return findDefinition(definition.resources, 'resource type', typeName);
}

function alwaysReplacing(attributes: Readonly<Record<string, AttributeSchema>>): string[] {
  return Object.keys(attributes).filter((name) => attributes[name]?.requiresReplace);
}

function parseState(json: Uint8Array | undefined): Record<string, unknown> {
  if (json === undefined || json.length === 0) {
    throw new ByokError(
      'ERR_ARGUMENT',
      'the state is in the format of Terraform 0.11 or older: upgrade it with Terraform 0.12 first',
    );
  }
  return JSON.parse(Buffer.from(json).toString('utf8')) as Record<string, unknown>;
}

async function upgradeState(
  { schema, upgrade }: ResourceDefinition<unknown>,
  typeName: string,
  version: number,
  state: Record<string, unknown>,
  context: Context,
): Promise<Values> {
  if (version === schema.version) {
    return decodeStateAttributes(schema, state);
  }
  if (version > schema.version) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `the state was written by a newer provider (schema version ${version} of ${typeName}, this one knows ${schema.version}): use that version or a later one`,
    );
  }
  if (upgrade === undefined) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `schema version ${version} of ${typeName} is too old for this provider, which knows ${schema.version}: apply with a version in between first`,
    );
  }
  return upgrade({ version, state }, context);
}

function change(prior: WireValue | undefined, planned: WireValue | undefined): string {
  return isNull(prior) ? 'create' : isNull(planned) ? 'destroy' : 'update';
}

/** Reads only the wire format: a headline must not fail because a value does not fit its schema. */
function isNull(value: WireValue | undefined): boolean {
  const nil = 0xc0;
  return (
    value === undefined ||
    value.msgpack[0] === nil ||
    (value.msgpack.length === 0 && Buffer.from(value.json).toString() === 'null')
  );
}
