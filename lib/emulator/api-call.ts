/** What one API call is to the emulator: a name, a path, the JSON schema of its body, and a function. The table is calls/table.ts. */
import type { ImportTokens } from './import-token';
import type { KeyPlace } from './key';
import type { KeyStore } from './key-store';
import { type BodySchema, bodySchema, type FieldName } from './request-fields';
import type { StaleReads } from './stale-reads';
import type { WrappingKeyPool } from './wrapping-key-pool';

/** Where the real services differ, are not documented, or have limits that a test wants to reach. */
export interface WorldOptions {
  readonly pkcs1PublicKeys: boolean;
  readonly keyQuota: number;
  readonly activationDelay: number;
}

/** Everything that a call may read or change. */
export interface World {
  /** Milliseconds since 1970, by the emulator's clock. */
  now(): number;
  readonly keys: KeyStore;
  readonly wrappingKeys: WrappingKeyPool;
  readonly importTokens: ImportTokens;
  readonly place: KeyPlace;
  readonly staleReads: StaleReads;
  readonly options: WorldOptions;
}

/** The parts of the path that are values, as they stand there. */
export interface PathParams {
  readonly keyId?: string;
  readonly tagKey?: string;
}

type Method = 'POST' | 'GET' | 'DELETE';

export interface ApiCall {
  /** Its name in faults and in the journal: for most the verb at the end of the path, for example "create-key". */
  readonly operation: string;
  readonly method: Method;
  /** Below /v1.0/{project_id}/kms/; `:keyId` and `:tagKey` stand for values. */
  readonly path: string;
  /** Undefined: takes no body. */
  readonly body: BodySchema | undefined;
  /** Undefined is answered as 204. */
  readonly handle: (body: unknown, world: World, params: PathParams) => object | undefined | Promise<object>;
}

/** What most calls are asked with. */
export interface KeyBody {
  readonly key_id: string;
}

export interface ApiCallDefinition<Body> {
  readonly operation: string;
  readonly required: readonly FieldName[];
  /** `sequence` is allowed everywhere and need not be named. */
  readonly optional?: readonly FieldName[];
  /** Fields that mean something else in this call than in the others. */
  readonly special?: Readonly<Record<string, object>>;
  /** @default POST */
  readonly method?: Method;
  /** @default the operation */
  readonly path?: string;
  handle(body: Body, world: World, params: PathParams): object | undefined | Promise<object>;
}

/** @typeParam Body what the named fields hold once fastify has checked them against their schemas */
export function defineCall<Body>(definition: ApiCallDefinition<Body>): ApiCall {
  const { operation, required, optional = [], special = {}, method = 'POST', path = operation, handle } = definition;
  return {
    operation,
    method,
    path,
    body: method === 'POST' ? bodySchema(required, ['sequence', ...optional], special) : undefined,
    handle: (body, world, params) => handle(body as Body, world, params),
  };
}
