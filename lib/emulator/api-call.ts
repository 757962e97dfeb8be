/** What one API call is to the emulator: a name, the JSON schema of its body, and a function. The table is calls/table.ts. */
import type { ImportTokens } from './import-token';
import type { KeyPlace } from './key';
import type { KeyStore } from './key-store';
import { type BodySchema, bodySchema, type FieldName } from './request-fields';
import type { WrappingKeyPool } from './wrapping-key-pool';

/** Everything that a call may read or change. */
export interface World {
  /** Milliseconds since 1970, by the emulator's clock. */
  now(): number;
  readonly keys: KeyStore;
  readonly wrappingKeys: WrappingKeyPool;
  readonly importTokens: ImportTokens;
  readonly place: KeyPlace;
}

export interface ApiCall {
  /** The verb at the end of the path, for example "create-key". */
  readonly operation: string;
  readonly body: BodySchema;
  readonly handle: (body: unknown, world: World) => object | Promise<object>;
}

export interface ApiCallDefinition<Body> {
  readonly operation: string;
  readonly required: readonly FieldName[];
  /** `sequence` is allowed everywhere and need not be named. */
  readonly optional?: readonly FieldName[];
  /** Fields that mean something else in this call than in the others. */
  readonly special?: Readonly<Record<string, object>>;
  handle(body: Body, world: World): object | Promise<object>;
}

/** @typeParam Body what the named fields hold once fastify has checked them against their schemas */
export function defineCall<Body>({ operation, required, optional = [], special = {}, handle }: ApiCallDefinition<Body>): ApiCall {
  return {
    operation,
    body: bodySchema(required, ['sequence', ...optional], special),
    handle: (body, world) => handle(body as Body, world),
  };
}
