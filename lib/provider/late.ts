/**
 * Definitions of which only the schema is there at once. Every command of Terraform starts
 * processes that tell the schema and end: they need neither the lifecycle nor any cryptography. The
 * compiler holds each to all that its definition may do.
 */
import type { BlockSchema, FunctionSchema, ResourceSchema } from '../schema/model';
import type {
  DataSourceDefinition,
  EphemeralResourceDefinition,
  FunctionDefinition,
  ResourceDefinition,
} from '../tfplugin/provider';
import type { Client } from './client';

/**
 * A bundled module copies its exports at every require; a plan of a thousand resources has ten
 * thousand calls.
 */
function once<T extends object>(load: () => T): () => T {
  let loaded: T | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}

/** Ours can all be imported. */
type Resource = ResourceDefinition<Client> &
  Required<Pick<ResourceDefinition<Client>, 'importState'>>;

export function lateResource(schema: ResourceSchema, load: () => Resource): Resource {
  const loaded = once(load);
  return {
    schema,
    validate: (request, context) => loaded().validate?.(request, context),
    read: (request, client, context) =>
      client.run.during(() => loaded().read(request, client, context)),
    plan: (request, client, context) =>
      client.run.during(() => loaded().plan(request, client, context)),
    apply: (request, client, context) => loaded().apply(request, client, context),
    importState: (request, client, context) => loaded().importState(request, client, context),
  };
}

export function lateDataSource(
  schema: BlockSchema,
  load: () => DataSourceDefinition<Client>,
): DataSourceDefinition<Client> {
  const loaded = once(load);
  return {
    schema,
    validate: (config, context) => loaded().validate?.(config, context),
    read: (config, client, context) => loaded().read(config, client, context),
  };
}

/** Ours keep nothing, so there is nothing to renew or close. */
type Ephemeral = Omit<EphemeralResourceDefinition<Client>, 'renew' | 'close'>;

export function lateEphemeralResource(schema: BlockSchema, load: () => Ephemeral): Ephemeral {
  const loaded = once(load);
  return {
    schema,
    validate: (config, context) => loaded().validate?.(config, context),
    open: (config, client, context) => loaded().open(config, client, context),
  };
}

export function lateFunction(
  schema: FunctionSchema,
  load: () => FunctionDefinition,
): FunctionDefinition {
  const loaded = once(load);
  return { schema, call: (args) => loaded().call(args) };
}
