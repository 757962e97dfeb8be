/**
 * The calls by which a state comes in from elsewhere: from an older version of this provider, from a
 * resource of another one, or from what exists in the cloud.
 */
import { ByokError } from '../../errors';
import {
  ImportResourceStateRequest,
  ImportResourceStateResponse,
  MoveResourceStateRequest,
  MoveResourceStateResponse,
  UpgradeResourceIdentityRequest,
  UpgradeResourceIdentityResponse,
  UpgradeResourceStateRequest,
  UpgradeResourceStateResponse,
} from '../grpc/messages';
import type { Context, ResourceDefinition } from '../provider';
import type { Values } from '../values/value';
import { decodeStateAttributes } from '../values/value-decoder';
import { encodeState } from '../values/value-encoder';
import { identityOf, idOf } from './identity';
import { type Rpc, rpc } from './rpc';
import { configuredClient, resourceDefinition } from './runtime';
import { identityVersion } from './schema-message';

export const takeoverRpcs = {
  UpgradeResourceState: rpc({
    request: UpgradeResourceStateRequest,
    response: UpgradeResourceStateResponse,
    failure: ({ typeName }) => `Cannot read the saved state of ${typeName}`,
    async handle({ typeName, version, rawState }, context, runtime) {
      const definition = resourceDefinition(runtime, typeName);
      const state = parseState(rawState?.json);
      return {
        upgradedState: encodeState(
          definition.schema,
          await upgradeState(definition, typeName, version, state, context),
        ),
      };
    },
  }),

  /**
   * Asked before the provider is configured, again in every plan until one is applied. The host checks
   * the target's state as any other, and reads the object after.
   */
  MoveResourceState: rpc({
    request: MoveResourceStateRequest,
    response: MoveResourceStateResponse,
    failure: ({ sourceTypeName, targetTypeName }) =>
      `Cannot move ${sourceTypeName} to ${targetTypeName}`,
    async handle(request, context, runtime) {
      const { sourceTypeName: typeName, targetTypeName, sourcePrivate } = request;
      const definition = resourceDefinition(runtime, targetTypeName);
      const { schema } = definition;
      const version = request.sourceSchemaVersion;
      const raw = parseState(request.sourceState?.json);
      // The same type: only the address of the provider is another one.
      if (typeName === targetTypeName) {
        const state = await upgradeState(definition, typeName, version, raw, context);
        return {
          targetState: encodeState(schema, state),
          targetPrivate: sourcePrivate,
          targetIdentity: identityOf(schema, state),
        };
      }
      if (definition.move === undefined) {
        throw new ByokError(
          'ERR_REFUSED',
          `${targetTypeName} cannot take over a resource of another type`,
        );
      }
      const source = { providerAddress: request.sourceProviderAddress, typeName, version };
      const moved = definition.move({ ...source, state: raw });
      return {
        targetState: encodeState(schema, moved.state),
        targetPrivate: moved.private,
        targetIdentity: identityOf(schema, moved.state),
      };
    },
  }),

  UpgradeResourceIdentity: rpc({
    request: UpgradeResourceIdentityRequest,
    response: UpgradeResourceIdentityResponse,
    failure: ({ typeName }) => `Cannot read the saved identity of ${typeName}`,
    handle({ typeName, version, rawIdentity }, _context, runtime) {
      const { schema } = resourceDefinition(runtime, typeName);
      if (version > identityVersion) {
        throw new ByokError(
          'ERR_ARGUMENT',
          `the identity was written by a newer provider (version ${version} of ${typeName}, this one knows ${identityVersion}): use that version or a later one`,
        );
      }
      const json = rawIdentity?.json;
      return json === undefined || json.length === 0
        ? {}
        : { upgradedIdentity: identityOf(schema, parseState(json) as Values) };
    },
  }),

  ImportResourceState: rpc({
    request: ImportResourceStateRequest,
    response: ImportResourceStateResponse,
    failure: ({ typeName, id, identity }) =>
      `Cannot import ${typeName}${identity === undefined ? ` "${id}"` : ''}`,
    async handle({ typeName, id: given, identity }, context, runtime) {
      const definition = resourceDefinition(runtime, typeName);
      if (definition.importState === undefined) {
        throw new ByokError('ERR_REFUSED', `${typeName} cannot be imported`);
      }
      const id = identity === undefined ? given : idOf(definition.schema, identity);
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
            identity: identityOf(definition.schema, result.state),
          },
        ],
      };
    },
  }),
} as const satisfies Record<string, Rpc>;

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
