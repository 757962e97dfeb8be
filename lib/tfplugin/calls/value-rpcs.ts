/**
 * The calls that carry values, one row per method:
 * configuration of the provider, and the life of a resource.
 */
import type { AttributeSchema } from '../../schema/model';
import {
  ApplyResourceChangeRequest,
  ApplyResourceChangeResponse,
  ConfigureProviderRequest,
  ConfigureProviderResponse,
  PlanResourceChangeRequest,
  PlanResourceChangeResponse,
  ReadResourceRequest,
  ReadResourceResponse,
  ValidateProviderConfigRequest,
  ValidateProviderConfigResponse,
  ValidateResourceConfigRequest,
  ValidateResourceConfigResponse,
} from '../grpc/messages';
import {
  decodeBlockConfig,
  decodeConfig,
  decodeState,
  type WireValue,
} from '../values/value-decoder';
import { encodeState } from '../values/value-encoder';
import { identityOf } from './identity';
import { attributePath, type Rpc, rpc } from './rpc';
import { configuredClient, resourceDefinition } from './runtime';

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
      const { schema, validate } = resourceDefinition(runtime, typeName);
      const values = decodeConfig(schema, config);
      if (values !== null) {
        const writeOnlyAttributesAllowed = clientCapabilities?.writeOnlyAttributesAllowed ?? false;
        await validate?.({ config: values, writeOnlyAttributesAllowed }, context);
      }
      return {};
    },
  }),

  ReadResource: rpc({
    request: ReadResourceRequest,
    response: ReadResourceResponse,
    failure: ({ typeName }) => `Cannot read ${typeName}`,
    async handle({ typeName, currentState, private: kept, currentIdentity }, context, runtime) {
      const definition = resourceDefinition(runtime, typeName);
      const { schema } = definition;
      const state = decodeState(schema, currentState);
      if (state === null) {
        return { newState: currentState, private: kept, newIdentity: currentIdentity };
      }
      const result = await definition.read(
        { state, private: kept },
        configuredClient(runtime),
        context,
      );
      return {
        newState: encodeState(schema, result.state),
        private: result.private,
        newIdentity: identityOf(schema, result.state),
      };
    },
    fallback: ({ currentState, private: kept, currentIdentity }) => ({
      newState: currentState,
      private: kept,
      newIdentity: currentIdentity,
    }),
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
      const definition = resourceDefinition(runtime, typeName);
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
        // A host may store what is planned as it is, so a key that has no id yet has no identity.
        plannedIdentity:
          isUpdate && result.requiresReplace.length === 0 ? identityOf(schema, prior) : undefined,
      };
    },
  }),

  ApplyResourceChange: rpc({
    request: ApplyResourceChangeRequest,
    response: ApplyResourceChangeResponse,
    failure: ({ typeName, priorState, plannedState }) =>
      `Cannot ${change(priorState, plannedState)} ${typeName}`,
    async handle({ typeName, priorState, plannedState, config, plannedPrivate }, context, runtime) {
      const definition = resourceDefinition(runtime, typeName);
      const { schema } = definition;
      const request = {
        prior: decodeState(schema, priorState),
        planned: decodeState(schema, plannedState),
        config: decodeConfig(schema, config),
        plannedPrivate,
      };
      const client = configuredClient(runtime);
      const result = await runtime.work.hold(() => definition.apply(request, client, context));
      return {
        newState: encodeState(schema, result.state),
        private: result.private,
        newIdentity: identityOf(schema, result.state),
      };
    },
    fallback: ({ priorState, plannedPrivate, plannedIdentity }) => ({
      newState: priorState,
      private: plannedPrivate,
      newIdentity: plannedIdentity,
    }),
  }),
} as const satisfies Record<string, Rpc>;

function alwaysReplacing(attributes: Readonly<Record<string, AttributeSchema>>): string[] {
  return Object.keys(attributes).filter((name) => attributes[name]?.requiresReplace);
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
