/**
 * Definitions of which only the schema is there at once. Every command of Terraform starts processes that tell the schema and end: they
 * need neither the lifecycle nor any cryptography. The compiler holds each to all that its definition may do.
 */
import type { BlockSchema, FunctionSchema, ResourceSchema } from '../schema/model';
import type { DataSourceDefinition, EphemeralResourceDefinition, FunctionDefinition, ResourceDefinition } from '../tfplugin/provider';
import type { Client } from './client';

/** Ours can all be imported. */
type Resource = ResourceDefinition<Client> & Required<Pick<ResourceDefinition<Client>, 'importState'>>;

export function lateResource(schema: ResourceSchema, load: () => Resource): Resource {
  return {
    schema,
    validate: (request, context) => load().validate?.(request, context),
    read: (request, client, context) => load().read(request, client, context),
    plan: (request, client, context) => load().plan(request, client, context),
    apply: (request, client, context) => load().apply(request, client, context),
    importState: (request, client, context) => load().importState(request, client, context),
  };
}

export function lateDataSource(schema: BlockSchema, load: () => DataSourceDefinition<Client>): DataSourceDefinition<Client> {
  return {
    schema,
    validate: (config, context) => load().validate?.(config, context),
    read: (config, client, context) => load().read(config, client, context),
  };
}

/** Ours keep nothing, so there is nothing to renew or close. */
type Ephemeral = Omit<EphemeralResourceDefinition<Client>, 'renew' | 'close'>;

export function lateEphemeralResource(schema: BlockSchema, load: () => Ephemeral): Ephemeral {
  return {
    schema,
    validate: (config, context) => load().validate?.(config, context),
    open: (config, client, context) => load().open(config, client, context),
  };
}

export function lateFunction(schema: FunctionSchema, load: () => FunctionDefinition): FunctionDefinition {
  return { schema, call: (args) => load().call(args) };
}
